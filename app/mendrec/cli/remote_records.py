"""Records on the command line through a node: sealed, verified and opened on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mendrec.cli.files import require_folder_of, writing
from mendrec.cli.output import EXIT_UNHEALTHY, when
from mendrec.cli.records import parse_record
from mendrec.cli.remote_session import RemoteCommand
from mendrec.cli.session import Session
from mendrec.domain.errors import InputError, RefusedError
from mendrec.domain.model import Purpose
from mendrec.services.intake.plan import plan_intake


def upload(
    session: Session, patient: str, files: tuple[Path, ...], category: str | None, private: bool, key: str
) -> None:
    """As ``mendrec upload``; what was sealed waits in the home until it is anchored."""
    plan = plan_intake(files, category_code=category)
    with session.out.progress("Sealing") as advance:
        result = session.remote.uploads.upload(
            session.person.wallet,
            session.resolve(patient),
            plan.items,
            key=key,
            private=private,
            keep_in=session.home / "sealing",
            progress=advance,
            own_recipient=session.person.identity.recipient,
        )
    data = {
        "records": [
            {"sequence": ref.sequence, "leafIndex": ref.leaf_index, "manifestDigest": ref.manifest_digest_hex}
            for ref in result.records
        ],
        "transaction": result.transaction_hash_hex,
        "key": key,
    }
    kinds = ", ".join(f"{count} {code}" for code, count in plan.counts.items())
    session.out.result(data, f"Anchored {len(result.records)} record(s): {kinds}.")


def list_(session: Session, patient: str, purpose: str) -> None:
    """As ``mendrec list``."""
    client = session.remote
    listed = client.records.list_records(session.resolve(patient), session.reader, Purpose[purpose.upper()])
    codes = client.categories()
    data, rows = [], []
    for one in listed:
        ref, entry = one.record.ref, one.record.entry
        name = str(ref.sequence) if ref.leaf_index is None else f"{ref.sequence}/{ref.leaf_index}"
        words: dict[str, Any] = {"record": name, "category": codes[entry.category], "recordedAt": entry.recorded_at}
        if one.descriptor is None:
            reason = one.refusal.as_dict() if one.refusal else {}
            data.append({**words, "refused": reason})
            rows.append([name, codes[entry.category], when(entry.recorded_at), f"({reason.get('message', '')})"])
        else:
            data.append({**words, "title": one.descriptor.title, "mediaType": one.descriptor.media_type})
            rows.append([name, codes[entry.category], when(entry.recorded_at), one.descriptor.title])
    empty = "There is nothing in this record."
    session.out.table({"records": data}, ("record", "category", "added", "what"), rows, empty)


def open_(session: Session, patient: str, record: str, path: Path | None, purpose: str, force: bool) -> None:
    """As ``mendrec open``."""
    target = path or Path(f"record-{record.replace('/', '-')}")
    sequence, leaf_index = parse_record(record)
    require_folder_of(target)
    with writing(target):
        if target.exists() and not force:
            raise InputError(f"{target} is there already.", remedy="Name another file with -o, or say --force.")
    records = session.remote.records
    located = records.locate(session.resolve(patient), sequence, leaf_index)
    with writing(target):
        descriptor = records.open_record(located, session.reader, target, purpose=Purpose[purpose.upper()])
    session.out.result(
        {
            "file": str(target),
            "title": descriptor.title,
            "mediaType": descriptor.media_type,
            "fileName": descriptor.file_name,
        },
        f"{descriptor.title} ({descriptor.media_type}) is in {target}.",
    )


def verify(session: Session, patient: str) -> None:
    """As ``mendrec verify``; against the chain itself where --own-chain names a node of it."""
    with session.out.progress("Verifying") as advance:
        found = session.remote.records.verify(session.resolve(patient), advance)
    data = {
        "entries": found.entries,
        "records": found.records,
        "head": found.head_link_hex,
        "findings": [one.as_dict() for one in found.findings],
    }
    rows = [[str(one.sequence), one.code, one.detail] for one in found.findings]
    whose = "" if session.own_chain else " (the head is the node's word; --own-chain asks the chain)"
    intact = f"Intact: {found.entries} entries, {found.records} records, head {found.head_link_hex[:16]}…{whose}"
    session.out.table(data, ("record", "what", "detail"), rows, intact)
    if found.findings:
        raise click.exceptions.Exit(EXIT_UNHEALTHY)


def prove(session: Session, patient: str, record: str, path: Path | None) -> None:
    """As ``mendrec prove``."""
    if path is not None:
        require_folder_of(path)
    proof = session.remote.records.prove(session.resolve(patient), *parse_record(record))
    proof.verify_offline()
    data = proof.as_dict()
    if path is not None:
        with writing(path):
            path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    session.out.result(data, f"Proved: record {record} is one of the {proof.count} under root {proof.root_hex[:16]}…")


def check(session: Session, patients: tuple[str, ...], **_local: Any) -> None:
    """As ``mendrec check``, of the copies that the node keeps."""
    if not patients:
        raise InputError("It was not said whose records to check.", remedy="Name a patient.")
    healthy, reports, rows = True, [], []
    for text in patients:
        job = session.remote.care.wait(session.remote.care.check(session.resolve(text)))
        if job.failure is not None or job.result is None:
            failure = job.failure
            raise RefusedError(
                failure.message if failure else "The check failed.", remedy=failure.remedy if failure else ""
            )
        healthy = healthy and job.result.healthy
        reports.append({"patient": text, **job.result.model_dump()})
        rows += [
            [f"{text} {one.sequence}" + ("" if one.leaf_index is None else f"/{one.leaf_index}"), one.role, one.state]
            for one in job.result.findings
        ]
    count = sum(one["records_checked"] for one in reports)
    session.out.table({"reports": reports}, ("record", "object", "state"), rows, f"Healthy: {count} record(s) checked.")
    if not healthy:
        raise click.exceptions.Exit(EXIT_UNHEALTHY)


COMMANDS: dict[str, RemoteCommand] = {
    "upload": upload,
    "list": list_,
    "open": open_,
    "verify": verify,
    "prove": prove,
    "check": check,
}
