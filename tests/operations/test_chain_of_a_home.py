"""The development chain on its own is brought back by what the node of a home wrote down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from deploy import chain
from mendrec.bootstrap import mined_transactions
from mendrec.config import load_config
from mendrec.domain.errors import UnavailableError
from mendrec.ports import MinedTransaction


def history_of(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[MinedTransaction]:
    """What the command would have mined again."""
    found: list[MinedTransaction] = []

    def started(_options: object, *, history: Callable[[], Iterable[MinedTransaction]] = lambda: ()) -> object:
        found.extend(history())
        raise UnavailableError("That is all.")

    monkeypatch.setattr(chain, "Anvil", started)
    monkeypatch.setattr("sys.argv", ["chain", *arguments])
    monkeypatch.setattr(chain.signal, "signal", lambda *_: None)
    monkeypatch.setattr(chain.os, "umask", lambda _mask: 0)
    assert chain.main() == 1
    return found


def test_what_the_home_had_mined_is_the_chain_s_history(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = history_of(monkeypatch, "--folder", str(tmp_path / "chain"), "--home", str(home))
    assert found
    assert found == list(mined_transactions(load_config(home)))


def test_a_home_may_come_later_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(tmp_path / "chain")
    assert history_of(monkeypatch, "--folder", folder, "--home", str(tmp_path / "later")) == []
    assert history_of(monkeypatch, "--folder", folder) == []
