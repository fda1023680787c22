"""What stands now, on the command line through a node: people, access, requests, receipts, categories."""

from __future__ import annotations

from typing import Any

from mendrec.cli.output import when
from mendrec.cli.remote_session import RemoteCommand
from mendrec.cli.session import Session


def people(session: Session) -> None:
    """The people whose keys are in this home, as the directory knows them: a node lists nobody."""
    data, rows = [], []
    for name in session.keyring.names():
        found = session.remote.person(session.keyring.address(name))
        standing = "" if found.standing.good else "not in standing"
        data.append({"name": name, **found.model_dump()})
        rows.append([name, found.address, ", ".join(found.roles), standing])
    session.out.table({"people": data}, ("name", "address", "roles", ""), rows, "There are no keys in this home.")


def access(session: Session, patient: str) -> None:
    """As ``mendrec access``."""
    found = [one for one in session.remote.consents(session.resolve(patient)) if one.rights]
    rows = [
        [
            session.name_of(one.grantee),
            one.category_code,
            " and ".join(one.rights).lower(),
            when(one.until_at),
            one.purpose,
            one.effective.state.replace("_", " "),
        ]
        for one in found
    ]
    data = [one.model_dump() for one in found]
    columns = ("who", "what", "may", "until", "for", "now")
    session.out.table({"access": data}, columns, rows, "Nobody has access to this record.")


def requests(session: Session, patient: str) -> None:
    """As ``mendrec requests``."""
    found = [one for one in session.remote.requests(session.resolve(patient)) if one.state == "pending"]
    rows = [
        [
            f"0x{one.request_id_hex}",
            session.name_of(one.requester),
            ", ".join(one.category_codes),
            " and ".join(one.rights).lower(),
            when(one.until_at),
        ]
        for one in found
    ]
    data: list[dict[str, Any]] = [{"requestId": f"0x{one.request_id_hex}", **one.model_dump()} for one in found]
    session.out.table({"requests": data}, ("request", "who", "what", "may", "until"), rows, "No request waits.")


def receipts(session: Session, patient: str) -> None:
    """As ``mendrec receipts``, of the custodian that the node is."""
    found = list(session.remote.receipts(session.resolve(patient)))
    rows = [
        [when(one.decided_at), session.name_of(one.reader), one.act, str(one.sequence), one.purpose, one.outcome]
        for one in reversed(found)
    ]
    data = [one.model_dump() for one in reversed(found)]
    columns = ("when", "who", "act", "record", "for", "outcome")
    session.out.table({"receipts": data}, columns, rows, "Nobody has asked for anything.")


def categories(session: Session) -> None:
    """As ``mendrec categories``."""
    known = session.remote.categories()
    data = [{"number": number, "code": code} for number, code in known.items()]
    rows = [[str(number), code] for number, code in known.items()]
    session.out.table({"categories": data}, ("number", "code"), rows, "No category is registered.")


COMMANDS: dict[str, RemoteCommand] = {
    "people": people,
    "access": access,
    "requests": requests,
    "receipts": receipts,
    "categories": categories,
}
