"""People and bodies on the command line: enrol, admit, credential, standing, locations."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from mendrec.cli.files import read_text, require_folder_of, writing
from mendrec.cli.output import when
from mendrec.cli.session import TIME_HELP, Session, idempotency_option, pass_session
from mendrec.cli.times import parse_time
from mendrec.domain.age_recipient import recipient_from_bytes
from mendrec.domain.cid import sha256_hex
from mendrec.domain.model import Role
from mendrec.domain.typed_data.directory import Credential
from mendrec.ports import TransactionReceipt
from mendrec.services.enrolment import LOCATION_KINDS, parse_credential

_BODY_ROLES = {"institution": Role.INSTITUTION, "verifier": Role.VERIFIER, "custodian": Role.CUSTODIAN}


def _done(session: Session, receipt: TransactionReceipt, text: str) -> None:
    session.node.index.sync()
    session.out.result({"transaction": receipt.hash_hex, "gasUsed": receipt.gas_used}, text)


@click.command(epilog="Example: mendrec --as cardiologist enrol --credential cardiologist.json")
@click.option(
    "--credential",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A verifier's credential; with it, as a clinician. Left out, as a patient.",
)
@idempotency_option
@pass_session
def enrol(session: Session, credential: Path | None, key: str) -> None:
    """Enrol: as a patient, or with a verifier's credential as a clinician."""
    person = session.person
    service = session.node.enrolment
    if credential is None:
        receipt = service.enrol_patient(person.wallet, person.identity.recipient, key=key)
        _done(session, receipt, f"{person.name} is enrolled as a patient: {person.address}")
        return
    signed = parse_credential(read_text(credential, "credential file"))
    receipt = service.enrol_clinician(person.wallet, person.identity.recipient, signed, key=key)
    until = when(signed.credential.expires_at)
    _done(session, receipt, f"{person.name} is enrolled as a clinician until {until}: {person.address}")


@click.command(
    epilog="Example: mendrec --as licensing-board credential cardiologist --institution south-hospital "
    "--licence LICENCE-NUMBER -o cardiologist.json"
)
@click.argument("clinician")
@click.option("--institution", required=True, metavar="WHO", help="The clinician's institution.")
@click.option("--licence", required=True, metavar="TEXT", help="Only a salted hash of it leaves this machine.")
@click.option("--until", "until_text", default="365d", show_default=True, metavar="TIME", help=f"Its end: {TIME_HELP}.")
@click.option(
    "-o",
    "--out",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Written anew.",
)
@pass_session
def credential(session: Session, clinician: str, institution: str, licence: str, until_text: str, path: Path) -> None:
    """As a verifier, sign a credential for CLINICIAN; the file is theirs to enrol with."""
    require_folder_of(path)
    now = session.node.now()
    salt = secrets.token_hex(16)
    signed = session.node.enrolment.sign_credential(
        session.person.wallet,
        Credential(
            clinician=session.resolve(clinician),
            institution=session.resolve(institution),
            licence_commitment_hex=sha256_hex(f"{salt}:{licence}".encode()),
            issued_at=now,
            expires_at=parse_time(until_text, now=now),
        ),
    )
    with writing(path), path.open("x", encoding="utf-8") as file:
        file.write(signed.to_json() + "\n")
    session.out.result(
        {"file": str(path), "licenceSalt": salt, "expiresAt": signed.credential.expires_at},
        f"Signed into {path}. Keep the salt {salt}: with it the licence can be proved to be the one committed to.",
    )


@click.command(
    epilog="Example: mendrec --as governance admit north-hospital --role institution --role custodian --recipient age1…"
)
@click.argument("body")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(sorted(_BODY_ROLES)), help="One or many."
)
@click.option("--recipient", required=True, metavar="AGE1…", help="Its age recipient (`mendrec keys show`).")
@idempotency_option
@pass_session
def admit(session: Session, body: str, roles: tuple[str, ...], recipient: str, key: str) -> None:
    """As governance, admit BODY as an institution, verifier or custodian."""
    held = Role(0)
    for role in roles:
        held |= _BODY_ROLES[role]
    receipt = session.node.enrolment.admit_body(session.person.wallet, session.resolve(body), held, recipient, key=key)
    _done(session, receipt, f"{body} is admitted as {' and '.join(roles)}.")


@click.command(epilog="Example: mendrec --as licensing-board suspend cardiologist")
@click.argument("who")
@idempotency_option
@pass_session
def suspend(session: Session, who: str, key: str) -> None:
    """Suspend WHO at once (governance, or a clinician's verifier or institution)."""
    receipt = session.node.enrolment.suspend(session.person.wallet, session.resolve(who), key=key)
    _done(session, receipt, f"{who} is suspended.")


@click.command(epilog="Example: mendrec --as licensing-board reinstate cardiologist")
@click.argument("who")
@idempotency_option
@pass_session
def reinstate(session: Session, who: str, key: str) -> None:
    """End a suspension (governance, or the clinician's verifier)."""
    receipt = session.node.enrolment.reinstate(session.person.wallet, session.resolve(who), key=key)
    _done(session, receipt, f"{who} is reinstated.")


@click.group(epilog="Example: mendrec location list")
def location() -> None:
    """Places where copies live, as the chain knows them."""


@location.command(
    "add", epilog="Example: mendrec --as north-hospital location add directory https://records.north.example/"
)
@click.argument("kind", type=click.Choice(list(LOCATION_KINDS)))
@click.argument("base_uri")
@idempotency_option
@pass_session
def location_add(session: Session, kind: str, base_uri: str, key: str) -> None:
    """Register a place; its number goes into config.toml."""
    number = session.node.enrolment.add_location(session.person.wallet, kind, base_uri, key=key)
    session.node.index.sync()
    session.out.result({"location": number}, f"Location {number}: {base_uri}")


@location.command("list", epilog="Example: mendrec location list")
@pass_session
def location_list(session: Session) -> None:
    """List the registered places."""
    found = session.node.index.rows.locations()
    data = [
        {"location": one.number, "operator": one.operator, "baseUri": one.base_uri, "active": one.active}
        for one in found
    ]
    rows = [
        [str(one.number), session.name_of(one.operator), one.base_uri, "active" if one.active else "retired"]
        for one in found
    ]
    session.out.table(
        {"locations": data}, ("number", "operator", "base URI", "state"), rows, "No location is registered."
    )


@click.command(epilog="Example: mendrec people")
@pass_session
def people(session: Session) -> None:
    """List who is enrolled or admitted, with the names this home knows."""
    found = session.node.index.rows.participants()
    data = []
    rows = []
    for one in found:
        roles = [role.name.lower() for role in one.roles if role.name]
        recipient = recipient_from_bytes(bytes.fromhex(one.recipient_hex)) if one.recipient_hex else None
        data.append({"address": one.address, "roles": roles, "suspended": one.suspended, "recipient": recipient})
        rows.append([session.name_of(one.address), one.address, ", ".join(roles), "suspended" if one.suspended else ""])
    session.out.table({"people": data}, ("name", "address", "roles", ""), rows, "Nobody is enrolled.")


COMMANDS = (enrol, credential, admit, suspend, reinstate, location, people)
