"""The index after any history of forks, also in the middle of a read, is the index of the chain as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, RowMapping

from mendrec.adapters.db import index_rows
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.index_queries import event_of
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.schema import METADATA
from mendrec.domain.event_id import EventId, InvalidEventId
from mendrec.domain.model import Address, ChainEvent
from mendrec.domain.projection import patient_of
from mendrec.services.index import ChainUnsettled, DeepReorganisation, IndexService
from tests.conftest import BOTH_DATABASES
from tests.simulators.chain_sim import SimulatedChain
from tests.simulators.postgres import PostgresCluster

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


@st.composite
def directory_events(draw: st.DrawFn) -> ChainEvent:
    """Some of them change two rows, and some rows are changed by events of several kinds."""
    who, number = draw(st.sampled_from(list(enumerate(PEOPLE, start=1))))[::-1]
    recipient = "0x" + f"{draw(st.integers(0, 9)):064x}"
    match draw(st.sampled_from(["BodyAdmitted", "Enrolled", "Suspended", "Reinstated", "Standing", "Added", "Moved"])):
        case "BodyAdmitted":
            return event("Directory", "BodyAdmitted", body=who, number=number, roles=4, recipient=recipient)
        case "Enrolled":
            return event("Directory", "Enrolled", who=who, roles=1, recipient=recipient)
        case "Standing":
            stands = draw(st.booleans())
            return event("Directory", "BodyStandingChanged", body=who, number=number, inStanding=stands)
        case "Added":
            return event("Directory", "LocationAdded", location=number, operator=who, kind=1, baseUri="one")
        case "Moved":
            return event("Directory", "LocationMoved", location=number, baseUri=draw(st.sampled_from(["two", "three"])))
        case name:
            return event("Directory", name, who=who)


@st.composite
def request_events(draw: st.DrawFn) -> ChainEvent:
    request = "0x" + f"{draw(st.integers(1, 3)):064x}"
    if draw(st.booleans()):
        return event("Consent", "RequestClosed", requestId=request, state=draw(st.integers(2, 4)))
    terms = {"rights": 1, "from": 1, "until": 9, "purpose": 1}
    people = {"patient": draw(st.sampled_from(PEOPLE)), "requester": draw(st.sampled_from(PEOPLE))}
    return event("Consent", "AccessAsked", requestId=request, categories=[1, 2], terms=terms, **people)


blocks = st.lists(permission_events() | entry_events() | directory_events() | request_events(), max_size=3)
forks = st.lists(blocks, max_size=4)
reorganisations = st.tuples(st.integers(0, 4), forks)
steps = st.one_of(
    st.tuples(st.just("mine"), blocks),
    st.tuples(st.just("reorganise"), reorganisations),
    st.tuples(st.just("sync"), st.none()),
    # While one sync runs, the chain is reorganised before the n-th answer.
    st.tuples(st.just("sync with"), st.dictionaries(st.integers(1, 12), reorganisations, max_size=3)),
)


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """Two databases of one kind."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("reorganisations")
        urls = [f"sqlite:///{folder / name}" for name in ("grown.db", "fresh.db")]
    else:
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        urls = [cluster.url(cluster.create_database()) for _ in range(2)]
    pair = open_engine(urls[0]), open_engine(urls[1])
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


def paged(page: Callable[[EventId | None], Sequence[ChainEvent]]) -> list[ChainEvent]:
    """All pages, one after the other."""
    found: list[ChainEvent] = []
    while rest := page(EventId.of(found[-1]) if found else None):
        found += rest
    return found


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
    while (cursor := grown_rows.cursor()) is not None and cursor.number >= len(chain.blocks):
        chain.mine([])  # a fork that is shorter than what it replaces is told from a node that is behind by growing
    index.sync()
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]
    fresh_rows.clear()
    fresh = IndexService(chain, fresh_rows, first_block=0)
    fresh.sync()
    assert index.dump() == fresh.dump()
    for person in PEOPLE:
        patient = Address(person)
        events = [one for one in chain.canonical_events() if patient_of(one) == person]
        assert paged(lambda after, one=patient: grown_rows.events_of_patient(one, after=after, limit=2)) == events
        newest = grown_rows.newest_events_of_patient(patient, before=None, limit=99)
        assert list(newest) == events[::-1]


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


def renewed(until: int, *, grantee: str = PEOPLE[1]) -> ChainEvent:
    key = {"patient": PEOPLE[0], "grantee": grantee, "category": 1, "sequence": 1}
    return event("Consent", "Renewed", **key, until=until)


def test_what_is_final_stays_final_and_where_it_does_not_it_is_told(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    told: list[DeepReorganisation] = []
    index = IndexService(chain, rows, first_block=0, finality_depth=2, on_deep_reorganisation=told.append)
    assert index.final_block() == -1, "nothing is in the index"
    for number in range(1, 6):
        chain.mine([renewed(number)])
    index.sync()
    assert index.final_block() == 3
    assert index.is_final(chain.blocks[3][0])
    assert not index.is_final(chain.blocks[4][0])
    chain.reorganise(2, [[renewed(6)], [renewed(7)]])
    index.sync()
    assert (told, index.deep_reorganisations) == ([], 0), "as deep as it may be"
    cursor = rows.cursor()
    chain.reorganise(3, [[renewed(8)], [renewed(9)], [], []])
    index.sync()
    assert index.deep_reorganisations == 1
    assert [(one.cursor, one.back_to, one.lowest_block, one.events) for one in told] == [
        (cursor, chain.blocks[2][0], 3, 3)
    ]
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]


def test_going_back_costs_what_is_undone_and_not_what_was_ever_indexed(engines: tuple[Engine, Engine]) -> None:
    """Counted in rows that the database hands over, which no machine makes faster or slower."""
    handed_over = []
    for history in (10, 1_000):
        rows = SqlIndexRepository(engines[0])
        rows.clear()
        chain = SimulatedChain()
        for number in range(history // 10):
            chain.mine([renewed(number, grantee=f"0x{number:036x}{at:04x}") for at in range(10)])
        chain.mine([renewed(1)])
        index = IndexService(chain, rows, first_block=0)
        index.sync()
        chain.reorganise(1, [[renewed(2)], []])
        read: list[int] = []

        def counting(found: RowMapping, read: list[int] = read) -> ChainEvent:
            read.append(1)
            return event_of(found)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(index_rows, "event_of", counting)
            index.sync()
        handed_over.append(len(read))
    assert handed_over == [1, 1]


def test_a_rebuild_that_fails_half_way_leaves_the_index_that_was(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    for number in range(6):
        chain.mine([renewed(number)])
    index = IndexService(chain, rows, first_block=0, range_blocks=2)
    index.sync()
    before = (rows.cursor(), rows.dump())
    calls = iter(range(100))

    def power_cut() -> None:
        if next(calls) == 8:
            assert rows.beside().cursor() is not None, "some of it has been read"
            raise OSError("power cut")

    chain.before_call = power_cut
    with pytest.raises(OSError, match="power cut"):
        index.rebuild()
    chain.before_call = lambda: None
    assert (rows.cursor(), rows.dump()) == before
    index.rebuild()
    assert (rows.cursor(), rows.dump()) == before
    assert rows.beside().cursor() is None
    assert not any(rows.beside().dump().values()), "nothing is left beside"


def test_while_it_is_rebuilt_the_old_index_answers_and_goes_on(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    for number in range(6):
        chain.mine([renewed(number)])
    index, other = (IndexService(chain, rows, first_block=0, range_blocks=2) for _ in range(2))
    index.sync()
    calls = iter(range(100))

    def meanwhile() -> None:
        if next(calls) == 8:
            chain.before_call = lambda: None
            assert len(rows.dump()["events"]) == 6
            chain.mine([renewed(99)])
            other.sync()
            chain.before_call = meanwhile

    chain.before_call = meanwhile
    index.rebuild()
    assert index.dump()["events"] == [asdict(one) for one in chain.canonical_events()]


def test_nothing_takes_over_where_nothing_has_grown(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    rows.beside().clear()
    chain = SimulatedChain()
    chain.mine(SETTLED)
    IndexService(chain, rows, first_block=0).sync()
    before = rows.dump()
    assert not rows.take_over()
    assert rows.dump() == before


def test_who_is_late_goes_back_no_further(engines: tuple[Engine, Engine]) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    for number in range(3):
        chain.mine([renewed(number)])
    index = IndexService(chain, rows, first_block=0)
    index.sync()
    stale = chain.blocks[2][0]
    before = (rows.cursor(), rows.dump())
    assert rows.roll_back(chain.blocks[1][0], after=stale) is None
    assert (rows.cursor(), rows.dump()) == before


@pytest.mark.parametrize(
    "text", ["", "1", "1-", "-1", "01-2", "1-2-3", "1-02", " 1-2", "1-2\n", "9" * 19 + "-1", "½-1"]
)
def test_an_event_id_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InvalidEventId):
        EventId.parse(text)


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**9 - 1))
def test_an_event_id_reads_as_it_was_written(block_number: int, log_index: int) -> None:
    assert EventId.parse(str(EventId(block_number, log_index))) == (block_number, log_index)


def test_a_row_that_only_undone_events_made_goes_and_a_column_they_set_is_what_it_was(
    engines: tuple[Engine, Engine],
) -> None:
    rows = SqlIndexRepository(engines[0])
    rows.clear()
    chain = SimulatedChain()
    chain.mine([event("Directory", "Enrolled", who=PEOPLE[0], roles=1, recipient="0x" + "0" * 64)])
    index = IndexService(chain, rows, first_block=0)
    index.sync()
    before = index.dump()
    chain.mine([event("Directory", "Suspended", who=PEOPLE[0]), event("Directory", "Suspended", who=PEOPLE[1])])
    index.sync()
    assert [one.suspended for one in rows.participants()] == [True, True]
    chain.reorganise(1, [[], []])
    index.sync()
    assert index.dump() == before
