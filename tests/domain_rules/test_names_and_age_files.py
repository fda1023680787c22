"""What a shown name may hold, and what passes for an age file."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.crypto.age import SecretIdentity, seal
from mendrec.domain.age_file import NotSealed, require_age_file
from mendrec.domain.display_name import UnusableName, folded, require_display_name


@pytest.mark.parametrize("name", ["Ana Straße", "김민수", "Ngô Thị Ánh", "O'Neill, MD (2)", "ليلى", "A" * 80])
def test_names_of_people_everywhere_pass(name: str) -> None:
    assert require_display_name(name) == unicodedata.normalize("NFC", name)


def test_one_name_has_one_form() -> None:
    assert require_display_name("A\u0301na") == require_display_name("\u00c1na")
    assert folded("STRASSE") == folded("Straße")


@given(st.text(max_size=90))
def test_whatever_passes_is_one_line_that_shows_as_it_is(text: str) -> None:
    try:
        name = require_display_name(text)
    except UnusableName:
        return
    assert 1 <= len(name) <= 80
    assert name == name.strip()
    assert len(name.splitlines()) == 1
    assert not {unicodedata.category(character)[0] for character in name.replace(" ", "")} & {"C", "Z"}


def test_what_age_writes_passes() -> None:
    require_age_file(seal(b"", SecretIdentity.generate().recipient))


@given(st.binary(max_size=200))
def test_nothing_else_does(data: bytes) -> None:
    with pytest.raises(NotSealed):
        require_age_file(data)
