"""What stands now, on the command line: who has access, which requests wait, and which categories there are."""

from __future__ import annotations

from typing import Any

import click

from mendrec.cli.output import rights_words, when
from mendrec.cli.session import Session, pass_session
from mendrec.domain.model import Address, EffectiveAccess, Purpose


def open_access(session: Session, patient: Address, grantee: Address) -> dict[str, EffectiveAccess]:
    """Returns what ``grantee`` holds of ``patient``'s record by category code, windows that begin later included.

    The index says where to look; the contract says what holds, delegations counted in.
    """
    node = session.node
    held: dict[str, EffectiveAccess] = {}
    for found in node.index.rows.permissions(patient=patient, grantee=grantee):
        access = node.ledger.effective_access(patient, grantee, found.category)
        if access.rights and node.now() < access.until_at:
            held[node.category_codes((found.category,))[0]] = access
    return held


def _state(held: EffectiveAccess, now: int) -> str:
    """In a word what the contract says, whoever passed it on counted in."""
    if not held.rights:
        return "void"
    if now < held.from_at:
        return "not yet"
    return "open" if now < held.until_at else "over"


@click.command("access", epilog="Example: mendrec access patient")
@click.argument("patient")
@pass_session
def access_(session: Session, patient: str) -> None:
    """Show who may do what with PATIENT's record, and until when. What was passed on is void when its source ended."""
    blocks = [
        found for found in session.node.index.rows.permissions(patient=session.patient(patient)) if found.block.rights
    ]
    now = session.node.now()
    data: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    for found in blocks:
        block = found.block
        code = session.node.category_codes((found.category,))[0]
        held = session.node.ledger.effective_access(found.patient, found.grantee, found.category)
        state = _state(held, now)
        data.append(
            {
                "grantee": found.grantee,
                "category": code,
                "rights": [right.name for right in block.rights],
                "from": block.from_at,
                "until": block.until_at,
                "purpose": Purpose(block.purpose).name,
                "passedOn": block.passed_on,
                "state": state,
            }
        )
        rows.append(
            [
                session.name_of(found.grantee),
                code,
                rights_words(block.rights),
                when(block.until_at),
                Purpose(block.purpose).name,
                state,
            ]
        )
    session.out.table(
        {"access": data}, ("who", "what", "may", "until", "for", "now"), rows, "Nobody has access to this record."
    )


@click.command(epilog="Example: mendrec requests patient")
@click.argument("patient")
@pass_session
def requests(session: Session, patient: str) -> None:
    """Show the requests that wait for PATIENT's answer."""
    pending = session.node.index.pending_requests(session.patient(patient))
    data = [
        {
            "requestId": f"0x{one.request_id_hex}",
            "requester": one.requester,
            "categories": list(session.node.category_codes(one.categories)),
            "rights": [right.name for right in one.terms.rights],
            "until": one.terms.until_at,
            "purpose": one.terms.purpose.name,
        }
        for one in pending
    ]
    rows = [
        [
            f"0x{one.request_id_hex}",
            session.name_of(one.requester),
            ", ".join(session.node.category_codes(one.categories)),
            rights_words(one.terms.rights),
            when(one.terms.until_at),
        ]
        for one in pending
    ]
    session.out.table({"requests": data}, ("request", "who", "what", "may", "until"), rows, "No request waits.")


@click.command(epilog="Example: mendrec categories")
@pass_session
def categories(session: Session) -> None:
    """List the data categories of this deployment: the number on chain, and the code that commands take."""
    known = session.node.ledger.categories()
    data = [{"number": number, "code": code} for number, code in known.items()]
    rows = [[str(number), code] for number, code in known.items()]
    session.out.table({"categories": data}, ("number", "code"), rows, "No category is registered.")


COMMANDS = (access_, requests, categories)
