"""Records on the command line: upload, list, open."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mendrec.cli.files import require_folder_of, writing
from mendrec.cli.output import when
from mendrec.cli.session import Session, idempotency_option, pass_session
from mendrec.domain.errors import ConfigurationError, InputError
from mendrec.domain.model import Purpose
from mendrec.services.intake.plan import plan_intake

_RECORD = re.compile(r"[0-9]{1,15}(?:/[0-9]{1,9})?")


def parse_record(text: str) -> tuple[int, int | None]:
    """Reads ``SEQUENCE`` or ``SEQUENCE/LEAF``. Raises InputError."""
    sequence, slash, leaf = text.partition("/")
    if not _RECORD.fullmatch(text):
        raise InputError(f"{text[:40]!r} does not name a record.", remedy="Write 3, or 3/17 for one record of a batch.")
    return int(sequence), int(leaf) if slash else None


@click.command(epilog="Example: mendrec --as cardiologist upload patient bundle.json scan.dcm letter.pdf -c imaging")
@click.argument("patient")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-c", "--category", metavar="CODE", help="For files whose category does not follow from their content.")
@click.option("--private", is_flag=True, help="Only the patient will be able to open it.")
@idempotency_option
@pass_session
def upload(
    session: Session, patient: str, files: tuple[Path, ...], category: str | None, private: bool, key: str
) -> None:
    """Check, seal, store and anchor FILES in PATIENT's record. All of them, or none."""
    if not private and not session.config.custodians:
        raise ConfigurationError(
            "No custodian is configured, so nobody but the patient could ever open this.",
            remedy="Name one in config.toml ([[custodians]] with address and url), or say --private.",
        )
    plan = plan_intake(files, category_code=category)
    with session.out.progress("Sealing and storing") as advance:
        result = session.node.ingest.upload(
            session.person.wallet, session.patient(patient), plan.items, key=key, private=private, progress=advance
        )
    session.node.index.sync()
    data = {
        "records": [
            {"sequence": ref.sequence, "leafIndex": ref.leaf_index, "manifestDigest": ref.manifest_digest_hex}
            for ref in result.records
        ],
        "transaction": result.transaction_hash_hex,
        "gasUsed": result.gas_used,
        "key": key,
    }
    kinds = ", ".join(f"{count} {code}" for code, count in plan.counts.items())
    session.out.result(data, f"Anchored {len(result.records)} record(s): {kinds}.")


@click.command("list", epilog="Example: mendrec --as radiologist list patient --purpose TREAT")
@click.argument("patient")
@click.option("--purpose", type=click.Choice([one.name for one in Purpose], False), default="TREAT", show_default=True)
@pass_session
def list_(session: Session, patient: str, purpose: str) -> None:
    """List PATIENT's records. What you may not see is shown as existing, without a word of what it is."""
    listed = session.node.reading.list_records(session.patient(patient), session.reader, Purpose[purpose.upper()])
    data = []
    rows = []
    for one in listed:
        ref = one.record.ref
        name = str(ref.sequence) if ref.leaf_index is None else f"{ref.sequence}/{ref.leaf_index}"
        code = session.node.category_codes((one.record.entry.category,))[0]
        entry = {"record": name, "category": code, "recordedAt": one.record.entry.recorded_at}
        if one.descriptor is None:
            reason = one.refusal.as_dict() if one.refusal else {}
            data.append({**entry, "refused": reason})
            rows.append([name, code, when(one.record.entry.recorded_at), f"({reason.get('message', '')})"])
        else:
            data.append({**entry, "title": one.descriptor.title, "mediaType": one.descriptor.media_type})
            rows.append([name, code, when(one.record.entry.recorded_at), one.descriptor.title])
    session.out.table(
        {"records": data}, ("record", "category", "added", "what"), rows, "There is nothing in this record."
    )


@click.command("open", epilog="Example: mendrec --as radiologist open patient 3/17 -o result.json")
@click.argument("patient")
@click.argument("record")
@click.option(
    "-o",
    "--out",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it.  [default: record-SEQ-LEAF]",
)
@click.option("--purpose", type=click.Choice([one.name for one in Purpose], False), default="TREAT", show_default=True)
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@pass_session
def open_(session: Session, patient: str, record: str, path: Path | None, purpose: str, force: bool) -> None:
    """Open one RECORD of PATIENT and write it to a file, complete and verified, or not at all."""
    sequence, leaf_index = parse_record(record)
    target = path or Path(f"record-{record.replace('/', '-')}")
    require_folder_of(target)
    with writing(target):
        if target.exists() and not force:
            raise InputError(f"{target} is there already.", remedy="Name another file with -o, or say --force.")
    node = session.node
    located = node.reading.locate(session.patient(patient), sequence, leaf_index)
    reader = session.reader
    with writing(target):
        descriptor = node.reading.open_record(located, reader, Purpose[purpose.upper()], target)
    session.out.result(
        {
            "file": str(target),
            "title": descriptor.title,
            "mediaType": descriptor.media_type,
            "fileName": descriptor.file_name,
        },
        f"{descriptor.title} ({descriptor.media_type}) is in {target}.",
    )


COMMANDS = (upload, list_, open_)
