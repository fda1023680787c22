"""A custodian's receipts on the command line: who listed or opened what, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mendrec.cli.output import when
from mendrec.cli.session import Session, pass_session
from mendrec.domain.model import Address
from mendrec.ports_db import ReleaseReceipt


@click.command(epilog="Example: mendrec receipts patient")
@click.argument("patient")
@pass_session
def receipts(session: Session, patient: str) -> None:
    """Show who listed or opened what of PATIENT's record, and what was refused, as this home's custodian wrote it."""
    who = session.patient(patient)
    found = session.node.receipts.of_patient(who)
    leaves = _leaves(session, who)
    names = {one: _record_name(one, leaves) for one in found}
    data = [
        {
            "reader": one.reader,
            "act": one.act,
            "sequence": one.sequence,
            "record": names[one],
            "manifestDigest": one.manifest_digest_hex,
            "purpose": one.purpose,
            "outcome": one.outcome,
            "decidedAt": one.decided_at,
        }
        for one in found
    ]
    rows = [
        [
            when(group[0].decided_at),
            session.name_of(group[0].reader),
            group[0].act,
            names[group[0]] if len(group) == 1 else f"{len(group)} records",
            group[0].purpose,
            group[0].outcome,
        ]
        for group in group_by_request(found)
    ]
    session.out.table(
        {"receipts": data}, ("when", "who", "act", "record", "for", "outcome"), rows, "Nobody has asked for anything."
    )


def group_by_request(found: Sequence[ReleaseReceipt]) -> list[list[ReleaseReceipt]]:
    """Returns the receipts of one request that had the same act and outcome together, in the order they were written.

    The custodian is part of what makes a group: the same request goes to several, and each writes its own receipts.
    """
    groups: dict[tuple[str, ...], list[ReleaseReceipt]] = {}
    for one in found:
        groups.setdefault((one.custodian, one.request_digest_hex, one.act, one.outcome), []).append(one)
    return list(groups.values())


def _leaves(session: Session, patient: Address) -> dict[tuple[int, str], int]:
    """Where in its batch each record stands, as far as this home stored it."""
    return {
        (copy.sequence, copy.manifest_digest_hex): copy.leaf_index
        for copy in session.node.objects.of_patient(patient)
        if copy.leaf_index is not None
    }


def _record_name(receipt: ReleaseReceipt, leaves: dict[tuple[int, str], int]) -> str:
    leaf_index = leaves.get((receipt.sequence, receipt.manifest_digest_hex))
    return str(receipt.sequence) if leaf_index is None else f"{receipt.sequence}/{leaf_index}"


COMMANDS = (receipts,)
