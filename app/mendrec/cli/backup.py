"""Backup and restore of a home on the command line, and the key that opens a backup."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mendrec.bootstrap_operations import open_backup, open_restore
from mendrec.cli.files import UnwritableFile, read_text, require_folder_of, writing
from mendrec.cli.session import Session, pass_session
from mendrec.crypto.age import SecretIdentity
from mendrec.domain.errors import InputError


@click.command("backup-key", epilog="Example: mendrec backup-key backup-key.txt")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_session
def backup_key(session: Session, file: Path) -> None:
    """Make a key for backups: its secret half into FILE, its public half on the screen."""
    identity = SecretIdentity.generate()
    require_folder_of(file)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InputError(
            f"{file} is there already.", remedy="Name another file; keys are never overwritten."
        ) from error
    except OSError as error:
        raise UnwritableFile(f"{file} can't be written.") from error
    with writing(file), os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"# public key: {identity.recipient}\n{identity.reveal_text()}\n")
        stream.flush()
        os.fsync(stream.fileno())
    session.out.result(
        {"recipient": identity.recipient, "file": str(file)},
        f"{identity.recipient}\nBack up to it: mendrec backup FILE --to {identity.recipient}\n"
        f"Keep {file} away from this machine: without it no backup opens, and whoever has it opens all.",
    )


@click.command(epilog="Example: mendrec backup /backups/node.age --to age1…")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to", "recipient", required=True, metavar="AGE1…", help="Whom it is encrypted to (`mendrec backup-key`)."
)
@click.option(
    "--with-passwords", is_flag=True, help="Take keys/NAME/password in: whoever opens the backup has the keys."
)
@click.option("--with-stores", is_flag=True, help="Take the objects of directory stores in.")
@pass_session
def backup(session: Session, file: Path, recipient: str, with_passwords: bool, with_stores: bool) -> None:
    """Copy the home away, encrypted, in one file. The node may go on running."""
    service = open_backup(session.config)
    require_folder_of(file)
    with writing(file):
        done = service.run(file, recipient, with_passwords=with_passwords, with_stores=with_stores)
    left = [] if with_passwords else ["the passwords of keys (--with-passwords)"]
    left += [] if with_stores else ["the stores' objects (--with-stores)"]
    session.out.result(
        {"file": str(file), "files": done.files, "rows": done.rows, "sizeBytes": done.size_bytes, "without": left},
        f"{file}: {done.files} files and {done.rows} rows in {done.size_bytes} bytes."
        + (f"\nNot in it: {', '.join(left)}. Keep them elsewhere." if left else ""),
    )


@click.command(epilog="Example: mendrec --home clinic restore /backups/node.age --identity backup-key.txt")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The secret half of the backup key.",
)
@pass_session
def restore(session: Session, file: Path, identity: Path) -> None:
    """Bring a home back from a backup, whole or not at all. Overwrites nothing."""
    key = _identity(read_text(identity, "identity file"))
    if not file.is_file():
        raise InputError(f"There is no file {file}.", remedy="Name a file that `mendrec backup` made.")
    home = session.home.absolute()
    with writing(home):
        done = open_restore().run(file, home, key)
    session.out.result(
        {"home": str(home), "files": done.files, "rows": done.rows},
        f"Restored {done.files} files and {done.rows} rows into {home}. Next: mendrec --home {session.home} doctor\n"
        "The index is built anew from the chain by the first command that needs it.",
    )


def _identity(text: str) -> SecretIdentity:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1:
        raise InputError("The identity file does not hold one age identity.", remedy="`mendrec backup-key` makes one.")
    return SecretIdentity.from_text(lines[0])


COMMANDS = (backup_key, backup, restore)
