"""Acts on the command line through a node: the same commands, signed here, paid for by the node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mendrec.api.consents import ConsentAnswered
from mendrec.cli.consent import parse_request_id, rights_of
from mendrec.cli.files import read_text
from mendrec.cli.output import rights_words, when
from mendrec.cli.remote_session import RemoteCommand, data_of, do
from mendrec.cli.session import Session
from mendrec.cli.times import parse_time
from mendrec.domain.errors import InputError
from mendrec.domain.model import Address, Right
from mendrec.services.enrolment import parse_credential


def enrol(session: Session, credential: Path | None, key: str) -> None:
    """As ``mendrec enrol``."""
    person = session.person
    params: dict[str, Any] = {"recipient": person.identity.recipient}
    if credential is None:
        done = do(session, "enrol", params, key=key)
        session.out.result(data_of(done), f"{person.name} is enrolled as a patient: {person.address}")
        return
    signed = parse_credential(read_text(credential, "credential file"))
    stated = signed.credential
    params |= {
        "verifier": signed.verifier,
        "verifier_signature_hex": signed.signature_hex,
        "credential": {
            "clinician": stated.clinician,
            "institution": stated.institution,
            "licence_commitment_hex": stated.licence_commitment_hex,
            "issued_at": stated.issued_at,
            "expires_at": stated.expires_at,
        },
    }
    done = do(session, "enrol_clinician", params, key=key)
    until = when(stated.expires_at)
    session.out.result(data_of(done), f"{person.name} is enrolled as a clinician until {until}: {person.address}")


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
    """As ``mendrec grant``."""
    terms = _terms(session, key, rights, from_text, until_text, purpose)
    params = {"grantee": session.resolve(grantee), "categories": list(categories), **terms}
    done = do(session, "grant", params, key=key)
    session.out.result(data_of(done), _may(grantee, terms, categories))


def renew(session: Session, grantee: str, categories: tuple[str, ...], until_text: str, key: str) -> None:
    """As ``mendrec renew``."""
    until_at = parse_time(until_text, now=session.remote.clock.now())
    params = {"grantee": session.resolve(grantee), "categories": list(categories), "until_at": until_at}
    done = do(session, "renew", params, key=key)
    session.out.result(data_of(done), f"{grantee}'s access now ends at {when(until_at)}.")


def narrow(
    session: Session,
    grantee: str,
    categories: tuple[str, ...],
    rights: tuple[str, ...],
    until_text: str | None,
    key: str,
) -> None:
    """As ``mendrec narrow``."""
    if not rights and until_text is None:
        raise InputError("It was not said what to take away.", remedy="Say --right, --until, or both.")
    who = session.resolve(grantee)
    blocks = [one for one in _granted(session, who) if one.category_code in categories]
    bare = set(categories) - {one.category_code for one in blocks}
    if bare:
        raise InputError(
            f"{grantee} was granted nothing for {', '.join(sorted(bare))}.",
            remedy="`mendrec access PATIENT` shows what is granted; leave the others out.",
        )
    left = rights_of(rights) if rights else rights_of(_the_same({tuple(one.rights) for one in blocks}, "--right"))
    until_at = _the_same({one.until_at for one in blocks}, "--until") if until_text is None else 0
    if until_text is not None:
        until_at = parse_time(until_text, now=session.remote.clock.now())
    params = {"grantee": who, "categories": list(categories), "rights": _names(left), "until_at": until_at}
    done = do(session, "narrow", params, key=key)
    text = f"{grantee} may now {rights_words(left)} {', '.join(categories)} until {when(until_at)}."
    session.out.result(data_of(done), text)


def revoke(session: Session, grantee: str, categories: tuple[str, ...], key: str) -> None:
    """As ``mendrec revoke``."""
    who = session.resolve(grantee)
    done = do(session, "revoke", {"grantee": who, "categories": list(categories)}, key=key)
    stays = [one for one in _granted(session, who) if one.effective.state in {"in_force", "not_yet"}]
    lines = [
        f"Revoked: {grantee} has no access to {', '.join(categories)} any more.",
        "What was already opened can't be taken back.",
    ]
    lines += [f"Stays open: {grantee} may {', '.join(one.rights)} {one.category_code}." for one in stays]
    if not stays:
        lines.append(f"No category stays open for {grantee}.")
    data = {"revoked": list(categories), "staysOpen": [one.category_code for one in stays]}
    session.out.result({**data_of(done), **data}, "\n".join(lines))


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
    """As ``mendrec ask``."""
    terms = _terms(session, key, rights, from_text, until_text, purpose)
    params = {"patient": session.resolve(patient), "categories": list(categories), **terms}
    done = do(session, "ask", params, key=key)
    request_id = next((one.args.get("requestId") for one in done.events if one.name == "AccessAsked"), None)
    session.out.result({**data_of(done), "requestId": request_id}, f"Asked: request {request_id}.")


def approve(session: Session, request_id: str, key: str) -> None:
    """As ``mendrec approve``; what is approved is shown, and is what the request's id is the hash of."""
    id_hex = parse_request_id(request_id)
    found = session.remote.request(id_hex)
    done = do(session, "approve", {"request_id_hex": id_hex}, key=key)
    terms = {"rights": list(found.rights), "until_at": found.until_at}
    who = session.name_of(found.requester)
    session.out.result(data_of(done), _may(who, terms, tuple(found.category_codes)))


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
    """As ``mendrec pass-on``."""
    terms = _terms(session, key, rights, from_text, until_text, purpose)
    people = {"patient": session.resolve(patient), "grantee": session.resolve(grantee)}
    done = do(session, "pass_on", {**people, "categories": list(categories), **terms}, key=key)
    session.out.result(data_of(done), _may(grantee, terms, categories))


def _terms(
    session: Session, _key: str, rights: tuple[str, ...], from_text: str, until_text: str, purpose: str
) -> dict[str, Any]:
    now = session.remote.clock.now()
    return {
        "rights": _names(rights_of(rights)),
        "from_at": parse_time(from_text, now=now),
        "until_at": parse_time(until_text, now=now),
        "purpose": purpose.upper(),
    }


def _granted(session: Session, grantee: Address) -> list[ConsentAnswered]:
    own = session.remote.consents(session.person.address)
    return [one for one in own if one.grantee == grantee and one.rights]


def _names(rights: Right) -> list[str]:
    return [str(right.name) for right in rights]


def _may(who: str, terms: dict[str, Any], categories: tuple[str, ...]) -> str:
    words = rights_words(rights_of(tuple(terms["rights"])))
    return f"{who} may {words} {', '.join(categories)} until {when(terms['until_at'])}."


def _the_same(values: set[Any], option: str) -> Any:
    if len(values) > 1:
        raise InputError(
            f"The named categories differ in what {option} would say, and it was left out.",
            remedy=f"Say {option}, or narrow the categories one by one.",
        )
    return values.pop()


COMMANDS: dict[str, RemoteCommand] = {
    "enrol": enrol,
    "grant": grant,
    "renew": renew,
    "narrow": narrow,
    "revoke": revoke,
    "ask": ask,
    "approve": approve,
    "pass-on": pass_on,
}
