"""The index after any history of forks, also in the middle of a read, is the index of the chain as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.schema import METADATA
from mendrec.domain.model import ChainEvent
from mendrec.services.index import ChainUnsettled, IndexService
from tests.simulators.chain_sim import SimulatedChain

PEOPLE = tuple(f"0x{digit * 40}" for digit in "123")


def event(contract: str, name: str, **args: object) -> ChainEvent:
    return ChainEvent(contract, name, args, 0, "", 0, "ab" * 32, 0)


@st.composite
def permission_events(draw: st.DrawFn) -> ChainEvent:
    """Small keys and few values, so that the order of events matters."""
    key = {
        "patient": draw(st.sampled_from(PEOPLE)),
        "grantee": draw(st.sampled_from(PEOPLE)),
        "category": draw(st.integers(1, 2)),
        "sequence": draw(st.integers(1, 9)),
    }
    terms = {"rights": draw(st.integers(1, 7)), "from": 1, "until": draw(st.integers(2, 9)), "purpose": 1}
    match draw(st.sampled_from(["Granted", "PassedOn", "Renewed", "Narrowed", "Revoked"])):
        case "Granted":
            return event("Consent", "Granted", **key, terms=terms, generation=1)
        case "PassedOn":
            by = {"delegator": draw(st.sampled_from(PEOPLE)), "delegatorGeneration": 1}
            return event("Consent", "PassedOn", **key, terms=terms, generation=2, **by)
        case "Renewed":
            return event("Consent", "Renewed", **key, until=draw(st.integers(2, 9)))
        case "Narrowed":
            return event("Consent", "Narrowed", **key, rights=1, until=draw(st.integers(2, 9)))
        case _:
            return event("Consent", "Revoked", **key, by=draw(st.sampled_from(PEOPLE)), generation=3)


@st.composite
def entry_events(draw: st.DrawFn) -> ChainEvent:
    key = {"patient": draw(st.sampled_from(PEOPLE)), "sequence": draw(st.integers(0, 2))}
    if draw(st.booleans()):
        moved = {"fromLocation": 1, "toLocation": draw(st.integers(1, 4)), "reason": 1, "by": PEOPLE[0]}
        return event("Records", "PathMended", **key, **moved)
    digest = "0x" + f"{draw(st.integers(1, 9)):064x}"
    place = {"author": PEOPLE[0], "category": 1, "location": 1, "recordedAt": 5, "count": 0}
    return event("Records", "EntryAdded", **key, **place, digest=digest, link=digest)


blocks = st.lists(permission_events() | entry_events(), max_size=3)
forks = st.lists(blocks, max_size=4)
reorganisations = st.tuples(st.integers(0, 4), forks)
steps = st.one_of(
    st.tuples(st.just("mine"), blocks),
    st.tuples(st.just("reorganise"), reorganisations),
    st.tuples(st.just("sync"), st.none()),
    # While one sync runs, the chain is reorganised before the n-th answer.
    st.tuples(st.just("sync with"), st.dictionaries(st.integers(1, 12), reorganisations, max_size=3)),
)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    folder: Path = tmp_path_factory.mktemp("reorganisations")
    pair = open_engine(f"sqlite:///{folder / 'grown.db'}"), open_engine(f"sqlite:///{folder / 'fresh.db'}")
    for engine in pair:
        METADATA.create_all(engine)
    yield pair
    for engine in pair:
        engine.dispose()


SETTLED = [
    event(
        "Consent",
        "Granted",
        patient=PEOPLE[0],
        grantee=PEOPLE[1],
        category=1,
        sequence=1,
        generation=1,
        terms={"rights": 7, "from": 1, "until": 9, "purpose": 1},
    )
]


class Script:
    """Reorganises before the answers whose numbers it holds."""

    def __init__(self, chain: SimulatedChain, plan: dict[int, tuple[int, Sequence[Sequence[ChainEvent]]]]) -> None:
        self._chain = chain
        self._plan = plan
        self._calls = 0

    def __call__(self) -> None:
        self._calls += 1
        if self._calls in self._plan:
            self._chain.reorganise(*self._plan[self._calls])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, max_size=12), range_blocks=st.integers(1, 5))
def test_after_any_forks_the_index_equals_a_rebuild(
    engines: tuple[Engine, Engine], history: list[tuple[str, object]], range_blocks: int
) -> None:
    grown_rows, fresh_rows = (SqlIndexRepository(engine) for engine in engines)
    grown_rows.clear()
    chain = SimulatedChain()
    chain.mine(SETTLED)  # so that going back to an ancestor with events is common, not only starting again
    index = IndexService(chain, grown_rows, first_block=0, range_blocks=range_blocks)
    index.sync()
    for what, argument in history:
        match what:
            case "mine":
                chain.mine(argument)  # type: ignore[arg-type]
            case "reorganise":
                chain.reorganise(*argument)  # type: ignore[misc]
            case "sync":
                index.sync()
            case _:
                chain.before_call = Script(chain, argument)  # type: ignore[arg-type]
                index.sync()
                chain.before_call = lambda: None
    index.sync()
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]
    fresh = IndexService(chain, fresh_rows, first_block=0)
    fresh.rebuild()
    assert index.dump() == fresh.dump()


def test_a_chain_that_never_settles_is_told_and_leaves_a_right_index(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    renewed = {"patient": PEOPLE[0], "grantee": PEOPLE[1], "category": 1, "sequence": 1, "until": 5}
    chain.mine([event("Consent", "Renewed", **renewed)])
    index = IndexService(chain, rows, first_block=0)
    chain.before_call = lambda: chain.reorganise(1, [[event("Consent", "Renewed", **renewed)]])
    with pytest.raises(ChainUnsettled):
        index.sync()
    chain.before_call = lambda: None
    index.sync()
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]


def test_a_crash_while_writing_leaves_the_index_at_its_cursor(
    engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    index = IndexService(chain, rows, first_block=0)
    index.sync()
    before = (rows.cursor(), rows.dump())
    revoked = {"patient": PEOPLE[0], "grantee": PEOPLE[1], "category": 1, "sequence": 1, "generation": 1}
    chain.mine([event("Consent", "Revoked", **revoked, by=PEOPLE[0])])

    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr("mendrec.adapters.db.index_rows._set_cursor", power_cut)
        with pytest.raises(OSError, match="power cut"):
            index.sync()
    assert (rows.cursor(), rows.dump()) == before
    assert index.sync().events == 1


def test_two_processes_that_sync_one_index_at_once_write_each_event_once(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    renewed = {"patient": PEOPLE[0], "grantee": PEOPLE[1], "category": 1, "sequence": 1, "until": 5}
    for _ in range(6):
        chain.mine([event("Consent", "Renewed", **renewed)])
    first, second = (IndexService(chain, rows, first_block=0, range_blocks=size) for size in (2, 3))
    calls = iter(range(100))

    def the_other_process_syncs() -> None:
        if next(calls) in {2, 9}:
            chain.before_call = lambda: None
            second.sync()
            chain.before_call = the_other_process_syncs

    chain.before_call = the_other_process_syncs
    first.sync()
    chain.before_call = lambda: None
    assert first.dump()["events"] == [asdict(one) for one in chain.canonical_events()]


@pytest.mark.parametrize("call", range(1, 7))
def test_a_fork_below_the_cursor_during_any_step_of_a_sync_is_noticed(
    engines: tuple[Engine, Engine], call: int
) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    key = {"patient": PEOPLE[0], "grantee": PEOPLE[1], "category": 1}
    chain.mine([event("Consent", "Renewed", **key, sequence=1, until=5)])
    index = IndexService(chain, rows, first_block=0)
    index.sync()
    chain.mine([event("Consent", "Renewed", **key, sequence=2, until=6)])
    fork = [[event("Consent", "Renewed", **key, sequence=number, until=7)] for number in (8, 9)]
    chain.before_call = Script(chain, {call: (2, fork)})
    index.sync()
    chain.before_call = lambda: None
    index.sync()
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]


def test_what_a_fork_undoes_is_as_it_was_before(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    chain.mine(SETTLED)
    index = IndexService(chain, rows, first_block=0)
    index.sync()
    before = index.dump()
    key = {"patient": PEOPLE[0], "grantee": PEOPLE[1], "category": 1}
    chain.mine([event("Consent", "Revoked", **key, sequence=2, by=PEOPLE[0], generation=2)])
    index.sync()
    assert index.dump() != before
    chain.reorganise(1, [[], []])
    assert index.sync().roll_backs == 1
    assert index.dump() == before
