"""What the acts cost: measured, compared with the committed figures, and held under the bars.

Each figure is for a patient's second or later act of its kind, in a Directory that knows everyone. ``MENDREC_UPDATE=1``
writes ``gas.json`` anew.
"""

from __future__ import annotations

from mendrec.domain.typed_data import consent as acts
from tests.contracts.chain import ROOT, artifact
from tests.contracts.snapshots import committed
from tests.contracts.test_consent_by_signature import to_terms
from tests.contracts.world import DAY, LABORATORY, READ, UPLOAD, World, code, digest

SNAPSHOT = ROOT / "tests/contracts/gas.json"
TOLERANCE = 0.01

BARS = {
    "enrol": 75_000,
    "add_record": 97_000,  # 95,000 was aimed at; docs/contracts.md says why it is missed
    "batch_256_per_record": 400,
    "grant": 66_000,
    "grant_signed": 92_500,  # 85,000 was aimed at: the difference is what the words and dates cost
    "grant_3_categories": 125_000,
    "revoke": 33_000,
    "mend_path": 42_000,
}
EIP_170_BYTES = 24_576


def measure(world: World) -> dict[str, int]:
    world.grant("alice", "dave", READ, LABORATORY)
    gas = {"enrol": world.enrol("zoe").gas_used}
    gas["grant"] = world.grant("alice", "carol", READ | UPLOAD, LABORATORY).gas_used
    gas["grant_3_categories"] = world.grant("alice", "erin", READ, 2, 4, 7).gas_used
    gas["grant_signed"] = [_grant_signed(world, category) for category in (8, 9)][-1]
    gas["revoke"] = world.consent.send(world["alice"], "revoke", world["dave"], [LABORATORY]).gas_used
    gas["add_record"] = [world.add("carol", "alice", sequence).gas_used for sequence in range(3)][-1]
    batch = [(LABORATORY, 1, 256, digest("root"), digest("list"))]
    arguments = (world["alice"], batch, 3, world.head("alice"))
    gas["batch_256_per_record"] = world.records.send(world["carol"], "addBatches", *arguments).gas_used // 256
    for sequence, by in enumerate(("alice", "carol", "hospital")):
        mended = world.records.send(world[by], "mendPath", world["alice"], sequence, 2, 1)
        gas["mend_path"] = max(gas.get("mend_path", 0), mended.gas_used)
    return gas


def _grant_signed(world: World, category: int) -> int:
    people, terms = (world["alice"], world["carol"]), world.terms(READ, until_in=30 * DAY)
    what = ([code(category)], to_terms(terms), [0])
    auth = world.authorization("alice", acts.grant, world.domain("Consent"), *people, *what)
    arguments = (*people, [category], terms, [0], auth)
    return world.consent.send(world["relayer"], "grantBySig", *arguments).gas_used


def test_gas_is_what_was_committed_and_under_the_bars(world: World) -> None:
    gas = measure(world)
    sizes = {
        f"{name.lower()}_bytes": len(artifact(name)["deployedBytecode"]) // 2 - 1
        for name in ("Directory", "Consent", "Records")
    }
    expected = committed(SNAPSHOT, gas | sizes)
    assert set(expected) == set(gas) | set(sizes)
    for operation, used in gas.items():
        assert abs(used - expected[operation]) <= TOLERANCE * expected[operation], operation
        assert used <= BARS[operation], operation
    for name, size in sizes.items():
        assert size == expected[name]
        assert size < EIP_170_BYTES
