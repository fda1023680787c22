"""Parts of one upload that reach two machines: the second one says so, and never fills the gap with zeros."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendrec.adapters.spool import DirectorySpool, SpoolElsewhere
from mendrec.domain.cid import cid_of

UPLOAD = "0" * 32
DATA = b"a" * 50 + b"b" * 50
CID = cid_of(DATA)


def put(spool: DirectorySpool, start: int, end: int) -> None:
    with spool.writing(UPLOAD, CID, at_byte=start) as part:
        part.write(DATA[start:end])
        part.keep()


def test_a_part_whose_beginning_lies_elsewhere_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    here, there = DirectorySpool(tmp_path / "here"), DirectorySpool(tmp_path / "there")
    put(here, 0, 50)
    with pytest.raises(SpoolElsewhere):
        put(there, 50, 100)
    assert list(tmp_path.glob("there/**/*.part")) == []
    put(here, 50, 100)
    with here.open(UPLOAD, CID) as file:
        assert file.read() == DATA


def test_a_part_behind_a_gap_changes_nothing_of_what_is_there(tmp_path: Path) -> None:
    spool = DirectorySpool(tmp_path)
    put(spool, 0, 20)
    with pytest.raises(SpoolElsewhere):
        put(spool, 50, 100)
    with spool.open(UPLOAD, CID) as file:
        assert file.read() == DATA[:20]
