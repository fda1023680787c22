"""What a forked child inherits stays open in it: to close it there would end what its parent uses."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mendrec.adapters.db.engine import reading


@pytest.mark.parametrize("any_database_url", ["sqlite"], indirect=True)
def test_a_child_closes_none_of_its_parents_files(any_engine: Engine) -> None:
    def open_files() -> int:
        name, found = str(any_engine.url.database), 0
        for one in Path("/proc/self/fd").iterdir():
            try:
                found += one.readlink().as_posix().startswith(name)
            except OSError:  # the listing's own
                continue
        return found

    with reading(any_engine):
        pass
    before = open_files()
    assert before > 0
    pid = os.fork()
    if pid == 0:
        gc.collect()
        os._exit(open_files())
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == before
