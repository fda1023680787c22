"""``[names]``: what professionals are called on the page. Faults name their line, and no patient is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.world import World
from mendrec.config import InvalidConfig, load_config, parse_config
from mendrec.services.professionals import NamesAPatient

HOME = Path("/home-of-tests")
EXAMPLE = (Path(__file__).resolve().parents[2] / "docs" / "config.example.toml").read_text("utf-8")
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def test_names_are_read_by_address() -> None:
    config = parse_config(HOME, f'{EXAMPLE}\n[names]\n"{ADDRESS.lower()}" = "Sankt Marien, Köln"\n')
    assert config.names == {ADDRESS: "Sankt Marien, Köln"}
    assert parse_config(HOME, EXAMPLE).names == {}


@pytest.mark.parametrize(
    "line",
    [
        '"0x12" = "X"',
        'hospital = "X"',
        f'"{ADDRESS}" = ""',
        f'"{ADDRESS}" = 3',
        f'"{ADDRESS}" = "{"X" * 81}"',
        f'"{ADDRESS}" = "X\\u202Ey"',
        f'"{ADDRESS}" = " X"',
        f'"{ADDRESS.swapcase().replace("0X", "0x")}" = "X"',
    ],
)
def test_a_name_that_cannot_be_used_is_refused_with_its_line(line: str) -> None:
    text = f"{EXAMPLE}\n[names]\n{line}\n"
    with pytest.raises(InvalidConfig) as caught:
        parse_config(HOME, text)
    assert caught.value.line == len(text.splitlines())
    assert caught.value.remedy


def test_an_address_twice_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="twice"):
        parse_config(HOME, f'{EXAMPLE}\n[names]\n"{ADDRESS}" = "A"\n"{ADDRESS.lower()}" = "B"\n')


def test_a_home_that_names_a_patient_is_not_opened(tmp_path: Path) -> None:
    with World(tmp_path / "home", with_kubo=False) as world:
        world.populate()
        config = world.home / "config.toml"
        before = config.read_text("utf-8")
        names = f'[names]\n"{world.people["south-hospital"].address}" = "South"\n'
        config.write_text(before + names, "utf-8")
        world.reopen()
        (south,) = world.node.professionals.page(words="sou", limit=9)
        assert world.node.professionals.name_of(south) == "South"
        assert load_config(world.home).names
        config.write_text(before + names + f'"{world.people["patient"].address}" = "Somebody"\n', "utf-8")
        with pytest.raises(NamesAPatient) as caught:
            world.reopen()
        assert "Somebody" not in caught.value.message
