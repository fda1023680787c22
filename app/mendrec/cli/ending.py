"""Taking access back on the command line: narrow and revoke, and what stays open after them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mendrec.cli.access import open_access
from mendrec.cli.consent import done, receipt_data, rights_of
from mendrec.cli.output import rights_words, when
from mendrec.cli.session import TIME_HELP, Session, category_option, idempotency_option, pass_session
from mendrec.cli.times import parse_time
from mendrec.domain.errors import InputError
from mendrec.domain.model import Address, EffectiveAccess, PermissionBlock, Right
from mendrec.services.consent import category_numbers


@click.command(epilog="Example: mendrec --as patient narrow cardiologist -c laboratory --until 7d")
@click.argument("grantee")
@category_option
@click.option(
    "--right",
    "rights",
    multiple=True,
    type=click.Choice(["READ", "UPLOAD", "SHARE"], False),
    help="A right to leave, one or many. Left out, the rights stay as they are.",
)
@click.option(
    "--until", "until_text", metavar="TIME", help=f"The new end: {TIME_HELP}. Left out, the end stays as it is."
)
@idempotency_option
@pass_session
def narrow(
    session: Session,
    grantee: str,
    categories: tuple[str, ...],
    rights: tuple[str, ...],
    until_text: str | None,
    key: str,
) -> None:
    """Take rights away, or bring the end nearer."""
    if not rights and until_text is None:
        raise InputError("It was not said what to take away.", remedy="Say --right, --until, or both.")
    wallet, who = session.person.wallet, session.resolve(grantee)
    left = rights_of(rights)
    until_at = 0 if until_text is None else parse_time(until_text, now=session.node.now())
    if not rights or until_text is None:
        blocks = _granted_blocks(session, wallet.address, who, categories)
        if not rights:
            left = Right(_the_same({int(block.rights) for block in blocks}, "rights", "--right"))
        if until_text is None:
            until_at = _the_same({block.until_at for block in blocks}, "ends", "--until")
    receipt = session.node.consent.narrow(wallet, who, categories, left, until_at, key=key)
    done(session, receipt, f"{grantee} may now {rights_words(left)} {', '.join(categories)} until {when(until_at)}.")


def _granted_blocks(
    session: Session, patient: Address, grantee: Address, codes: Sequence[str]
) -> list[PermissionBlock]:
    """What stands now in each category. Raises InputError where there is one that nothing is granted for."""
    ledger = session.node.ledger
    blocks = [ledger.permission(patient, grantee, number) for number in category_numbers(ledger, codes)]
    bare = [code for code, block in zip(dict.fromkeys(codes), blocks, strict=True) if not block.rights]
    if bare:
        raise InputError(
            f"{session.name_of(grantee)} was granted nothing for {', '.join(bare)}.",
            remedy="`mendrec access PATIENT` shows what is granted; leave the others out.",
        )
    return blocks


def _the_same(values: set[int], what: str, option: str) -> int:
    if len(values) > 1:
        raise InputError(
            f"The named categories have different {what} now, and {option} was left out.",
            remedy=f"Say {option}, or narrow the categories one by one.",
        )
    return values.pop()


@click.command(epilog="Example: mendrec --as patient revoke cardiologist -c laboratory")
@click.argument("grantee")
@category_option
@idempotency_option
@pass_session
def revoke(session: Session, grantee: str, categories: tuple[str, ...], key: str) -> None:
    """End an access at once. What was already opened can't be taken back."""
    patient, who = session.person.address, session.resolve(grantee)
    before = open_access(session, patient, who)
    receipt = session.node.consent.revoke(session.person.wallet, who, categories, key=key)
    session.node.index.sync()
    ended = [code for code in dict.fromkeys(categories) if code in before]
    nothing = [code for code in dict.fromkeys(categories) if code not in before]
    stays = open_access(session, patient, who)
    data = {
        **receipt_data(receipt),
        "revoked": ended,
        "nothingGranted": nothing,
        "staysOpen": [
            {"category": code, "rights": [right.name for right in one.rights], "until": one.until_at}
            for code, one in stays.items()
        ],
    }
    session.out.result(data, "\n".join(_revoked_lines(grantee, ended, nothing, stays)))


def _revoked_lines(
    grantee: str, ended: Sequence[str], nothing: Sequence[str], stays: dict[str, EffectiveAccess]
) -> list[str]:
    lines = []
    if ended:
        lines.append(f"Revoked: {grantee} has no access to {', '.join(ended)} any more.")
        lines.append("What was already opened can't be taken back.")
    if nothing:
        lines.append(f"{grantee} had no access to {', '.join(nothing)}; there was nothing to end.")
    for code, one in stays.items():
        lines.append(f"Stays open: {grantee} may {rights_words(one.rights)} {code} until {when(one.until_at)}.")
    if not stays:
        lines.append(f"No category stays open for {grantee}.")
    return lines


COMMANDS = (narrow, revoke)
