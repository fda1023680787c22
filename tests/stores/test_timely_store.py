"""Pages of many over a store that really hangs: the others' copies come, nothing piles up, and the process can end."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from queue import Queue
from threading import Event

import pytest

from mendrec.domain.cid import cid_of
from mendrec.domain.model import Cid
from mendrec.domain.placement import PlacementRule
from mendrec.domain.storage_errors import BlobMissing, ReadLate
from mendrec.ports import BlobStore
from mendrec.services.copies import Copies
from mendrec.services.timely_reads import timely_reads
from mendrec.services.timely_store import ASKED_AGAIN_AFTER_S, HANGING_MAX, HANGS_AT, PIECES_AHEAD, TimelyStore
from tests.simulators.hanging_store import HangingStore
from tests.simulators.memory_store import MemoryStore

OBJECTS = [os.urandom(2_000) for _ in range(50)]
CIDS = [cid_of(one) for one in OBJECTS]


@pytest.fixture
def answers() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def filled(name: str, domain: str) -> MemoryStore:
    store = MemoryStore(name, domain)
    for cid, data in zip(CIDS, OBJECTS, strict=True):
        store.put(cid, io.BytesIO(data))
    return store


def at_once(store: BlobStore) -> TimelyStore:
    """A store that is soon given up where it hangs, and waited for otherwise, however busy this machine is."""
    return TimelyStore(store, read_max_s=0.001 if isinstance(store, HangingStore) else 60)


def read_all(store: BlobStore, cid: Cid) -> bytes:
    return b"".join(store.read(cid))


def came_back() -> None:
    """Waits for the threads that a hanging store kept."""
    for thread in threading.enumerate():
        if thread.name == "page-read":
            thread.join(60)
            assert not thread.is_alive()


def test_a_store_that_hangs_keeps_no_object_of_another_back(answers: Event) -> None:
    hanging = HangingStore(filled("ward", "a"), answers)
    reads = Copies([hanging, filled("attic", "b")], PlacementRule(2, 2)).over(at_once)
    assert [reads.read_bytes(cid, 4_000) for cid in CIDS] == OBJECTS
    assert hanging.has_been_asked(HANGS_AT), "it is not asked, and so not waited for, once for each object"


def test_what_hangs_in_every_store_is_late_and_costs_no_further_thread(answers: Event) -> None:
    hanging = [HangingStore(filled(name, name), answers) for name in ("ward", "attic")]
    reads = Copies(hanging, PlacementRule(2, 2)).over(at_once)
    for cid in CIDS:
        with pytest.raises(ReadLate):
            reads.read_bytes(cid, 4_000)
    assert all(store.has_been_asked(HANGS_AT) for store in hanging)


def test_the_nodes_own_reads_are_of_that_kind(answers: Event) -> None:
    hanging = HangingStore(filled("ward", "a"), answers)
    page = timely_reads(Copies([hanging, filled("attic", "b")], PlacementRule(2, 2))).page()
    assert page.read_bytes(CIDS[0], 4_000) == OBJECTS[0]


def test_a_store_that_answers_again_is_read_again(answers: Event) -> None:
    hanging = HangingStore(filled("ward", "a"), answers)
    store = TimelyStore(hanging, read_max_s=0.001)
    for cid in CIDS:
        with pytest.raises(ReadLate):
            read_all(store, cid)
    answers.set()
    came_back()
    store._read_max_s = 60
    assert [read_all(store, cid) for cid in CIDS] == OBJECTS


def test_one_that_never_comes_back_is_asked_now_and_then_and_not_without_end(answers: Event) -> None:
    hanging = HangingStore(filled("ward", "a"), answers)
    now = [0.0]
    store = TimelyStore(hanging, read_max_s=0.001, monotonic=lambda: now[0])

    def ask(times: int) -> None:
        for _ in range(times):
            with pytest.raises(ReadLate):
                read_all(store, CIDS[0])

    ask(20)
    assert hanging.has_been_asked(HANGS_AT)
    now[0] += ASKED_AGAIN_AFTER_S
    ask(20)
    assert hanging.has_been_asked(1)
    for _ in range(2 * HANGING_MAX):
        now[0] += ASKED_AGAIN_AFTER_S
        ask(1)
    assert hanging.has_been_asked(HANGING_MAX - HANGS_AT - 1)


def test_what_the_store_says_is_said() -> None:
    store = TimelyStore(filled("ward", "a"), read_max_s=60)
    with pytest.raises(BlobMissing):
        read_all(store, cid_of(b"another"))
    assert [read_all(store, cid) for cid in CIDS] == OBJECTS


def test_a_large_object_is_read_a_little_ahead_and_left_where_enough_is_read() -> None:
    given: Queue[int] = Queue()

    class Large(MemoryStore):
        def read(self, cid: Cid) -> Iterator[bytes]:
            for at in range(1_000):
                given.put(at)
                yield bytes(10)

    pieces = TimelyStore(Large(), read_max_s=60).read(CIDS[0])
    next(pieces)
    while given.get(timeout=60) < 1 + PIECES_AHEAD:  # the next one finds no room
        pass
    del pieces
    came_back()
    assert given.empty()


def test_where_no_thread_can_be_had_it_is_late_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_free(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_free)
    with pytest.raises(ReadLate):
        read_all(TimelyStore(filled("ward", "a")), CIDS[0])


HANGS = """
import io
from threading import Event
from mendrec.domain.cid import cid_of
from mendrec.domain.storage_errors import ReadLate
from mendrec.services.timely_store import TimelyStore
from tests.simulators.hanging_store import HangingStore
from tests.simulators.memory_store import MemoryStore

store = TimelyStore(HangingStore(MemoryStore("ward", "a"), Event()), read_max_s=0.001)
try:
    next(store.read(cid_of(b"x")))
except ReadLate:
    print("late")
"""


def test_a_process_ends_though_a_store_holds_its_threads() -> None:
    ended = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout == "late\n"
