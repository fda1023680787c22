"""Consent on the command line: grant, renew, ask, approve and pass on."""

from __future__ import annotations

import re

import click

from mendrec.cli.output import rights_words, when
from mendrec.cli.session import TIME_HELP, Session, category_option, idempotency_option, pass_session, terms_options
from mendrec.cli.times import parse_time
from mendrec.domain.errors import InputError
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.ports import TransactionReceipt

_REQUEST_ID = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")


class MalformedRequestId(InputError):
    """Not the id of a request."""

    code = "input.malformed_request_id"
    default_remedy = "Copy it from `mendrec requests PATIENT`, which lists the requests that wait."


def parse_request_id(text: str) -> str:
    """Returns the id's bare lower-case hex. Raises MalformedRequestId."""
    match = _REQUEST_ID.fullmatch(text)
    if match is None:
        raise MalformedRequestId("A request id is 0x and 64 hex digits.")
    return match[1].lower()


def rights_of(names: tuple[str, ...]) -> Right:
    """Returns the union of rights by name."""
    rights = Right(0)
    for name in names:
        rights |= Right[name.upper()]
    return rights


def _terms(session: Session, rights: tuple[str, ...], from_text: str, until_text: str, purpose: str) -> Terms:
    now = session.node.now()
    return Terms(
        rights_of(rights), parse_time(from_text, now=now), parse_time(until_text, now=now), Purpose[purpose.upper()]
    )


def receipt_data(receipt: TransactionReceipt) -> dict[str, object]:
    """What ``--json`` says of a transaction."""
    return {"transaction": receipt.hash_hex, "gasUsed": receipt.gas_used, "block": receipt.block.number}


def done(session: Session, receipt: TransactionReceipt, text: str) -> None:
    """Brings the index up to what was done, and says it."""
    session.node.index.sync()
    session.out.result(receipt_data(receipt), text)


@click.command(epilog="Example: mendrec --as patient grant cardiologist -c laboratory --until 30d")
@click.argument("grantee")
@category_option
@terms_options
@idempotency_option
@pass_session
def grant(
    session: Session,
    grantee: str,
    categories: tuple[str, ...],
    rights: tuple[str, ...],
    from_text: str,
    until_text: str,
    purpose: str,
    key: str,
) -> None:
    """Allow GRANTEE something, for a time, in one or many categories."""
    terms = _terms(session, rights, from_text, until_text, purpose)
    receipt = session.node.consent.grant(session.person.wallet, session.resolve(grantee), categories, terms, key=key)
    done(
        session,
        receipt,
        f"{grantee} may {rights_words(terms.rights)} {', '.join(categories)} until {when(terms.until_at)}.",
    )


@click.command(epilog="Example: mendrec --as patient renew cardiologist -c laboratory --until 60d")
@click.argument("grantee")
@category_option
@click.option("--until", "until_text", required=True, metavar="TIME", help=f"The new end: {TIME_HELP}.")
@idempotency_option
@pass_session
def renew(session: Session, grantee: str, categories: tuple[str, ...], until_text: str, key: str) -> None:
    """Move the end of an access further out."""
    until_at = parse_time(until_text, now=session.node.now())
    receipt = session.node.consent.renew(session.person.wallet, session.resolve(grantee), categories, until_at, key=key)
    done(session, receipt, f"{grantee}'s access now ends at {when(until_at)}.")


@click.command(epilog="Example: mendrec --as cardiologist ask patient -c medication --until 7d")
@click.argument("patient")
@category_option
@terms_options
@idempotency_option
@pass_session
def ask(
    session: Session,
    patient: str,
    categories: tuple[str, ...],
    rights: tuple[str, ...],
    from_text: str,
    until_text: str,
    purpose: str,
    key: str,
) -> None:
    """Ask PATIENT for access; they see it with `mendrec requests` and answer with `mendrec approve`."""
    terms = _terms(session, rights, from_text, until_text, purpose)
    receipt = session.node.consent.ask(session.person.wallet, session.resolve(patient), categories, terms, key=key)
    request_id = next(event.args["requestId"] for event in receipt.events if event.name == "AccessAsked")
    session.node.index.sync()
    session.out.result({"requestId": request_id, "transaction": receipt.hash_hex}, f"Asked: request {request_id}.")


@click.command(epilog="Example: mendrec --as patient approve 0x5f…")
@click.argument("request_id")
@idempotency_option
@pass_session
def approve(session: Session, request_id: str, key: str) -> None:
    """Grant exactly what REQUEST_ID (see `mendrec requests`) asks for."""
    found = session.node.index.request(parse_request_id(request_id))
    codes = session.node.category_codes(found.categories)
    receipt = session.node.consent.approve(session.person.wallet, found.requester, codes, found.terms, key=key)
    who = session.name_of(found.requester)
    done(
        session,
        receipt,
        f"{who} may {rights_words(found.terms.rights)} {', '.join(codes)} until {when(found.terms.until_at)}.",
    )


@click.command(
    "pass-on", epilog="Example: mendrec --as cardiologist pass-on patient radiologist -c laboratory --until 7d"
)
@click.argument("patient")
@click.argument("grantee")
@category_option
@terms_options
@idempotency_option
@pass_session
def pass_on(
    session: Session,
    patient: str,
    grantee: str,
    categories: tuple[str, ...],
    rights: tuple[str, ...],
    from_text: str,
    until_text: str,
    purpose: str,
    key: str,
) -> None:
    """Pass part of your own access to PATIENT's record on to GRANTEE (needs SHARE)."""
    terms = _terms(session, rights, from_text, until_text, purpose)
    receipt = session.node.consent.pass_on(
        session.person.wallet, session.resolve(patient), session.resolve(grantee), categories, terms, key=key
    )
    done(
        session,
        receipt,
        f"{grantee} may {rights_words(terms.rights)} {', '.join(categories)} until {when(terms.until_at)}.",
    )


COMMANDS = (grant, renew, ask, approve, pass_on)
