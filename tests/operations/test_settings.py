"""Settings: the example is true, every fault names its line, nothing unknown passes, nothing secret is repeated."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.config import Config, InvalidConfig, parse_config
from mendrec.domain.toml_places import toml_lines

ROOT = Path(__file__).resolve().parents[2]
HOME = Path("/home-of-tests")
EXAMPLE = (ROOT / "docs" / "config.example.toml").read_text("utf-8")
EVERYTHING = re.sub(
    r"(?m)^# (?=\[relayer\]|key = |acts_per|max_fee|replace_|custodian_key)", "", EXAMPLE
)  # what is only shown, taken in
LINE = re.compile(r"config\.toml, line ([0-9]+): ")


def refused(text: str) -> InvalidConfig:
    with pytest.raises(InvalidConfig) as caught:
        parse_config(HOME, text)
    assert caught.value.remedy
    return caught.value


def test_the_example_says_the_defaults() -> None:
    told = parse_config(HOME, EXAMPLE)
    optional = ("web", "care", "logging", "metrics")
    document = tomllib.loads(EXAMPLE)
    required = {key: value for key, value in document.items() if key not in optional}
    assert set(document) - set(required) == set(optional)
    assert {name: getattr(told, name) for name in optional} == {
        one.name: one.default for one in fields(Config) if one.name in optional
    }


def test_what_the_example_only_shows_loads_and_is_the_default_too() -> None:
    told = parse_config(HOME, EVERYTHING)
    assert told.relayer is not None
    for one in fields(told.relayer):
        if one.name != "key":
            assert getattr(told.relayer, one.name) == one.default
    assert told.web.custodian_key == "north-hospital"


def settings_of(kind: Any) -> set[str]:
    """The names of the settings below a dataclass, as they are written."""
    found = set()
    for name, hint in get_type_hints(kind).items():
        inner = next((one for one in (hint, *get_args(hint)) if is_dataclass(one)), None)
        found |= settings_of(inner) if inner else {name}
    return found


@pytest.mark.parametrize("document", ["docs/config.example.toml", "docs/configuration.md"])
def test_every_setting_is_in_the_documents(document: str) -> None:
    written = {"database_url": "url", "target": "path"}
    text = (ROOT / document).read_text("utf-8")
    for name in settings_of(Config) - {"home"}:
        assert re.search(rf"\b{written.get(name, name)}\b", text), f"{name} is not in {document}"


def assignments() -> list[tuple[int, str]]:
    return [
        (number, line) for number, line in enumerate(EVERYTHING.splitlines(), start=1) if re.match(r"[a-z_]+ = ", line)
    ]


@pytest.mark.parametrize(("number", "line"), assignments(), ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("value", ["1979-05-27", '"\\u0000"', "-1", "[[]]", "true", "99999999999999999999"])
def test_a_value_that_cannot_be_used_is_named_with_its_line(number: int, line: str, value: str) -> None:
    key = line.split(" = ", maxsplit=1)[0]
    if (key, value) == ("page", "true"):
        value = '"true"'  # the one setting that is a flag
    lines = EVERYTHING.splitlines()
    lines[number - 1] = f"{key} = {value}"
    error = refused("\n".join(lines))
    assert error.line == number
    assert f"line {number}: " in error.message
    assert key in error.message


@pytest.mark.parametrize(("number", "line"), assignments(), ids=lambda value: str(value)[:24])
def test_a_misspelt_setting_is_refused_with_its_line_and_the_nearest_known_name(number: int, line: str) -> None:
    key = line.split(" = ", maxsplit=1)[0]
    lines = EVERYTHING.splitlines()
    lines[number - 1] = line.replace(key, f"{key}x", 1)
    error = refused("\n".join(lines))
    header = max(at for at, text in enumerate(EVERYTHING.splitlines(), start=1) if text.startswith("[") and at < number)
    assert error.line in {number, header}  # unknown: its own line; missing by that: the line of its table
    assert key in error.message + error.remedy
    assert f"{key}x" in error.message + error.remedy


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("[wbe]\nport = 1\n", "web"),
        ("[care]\ncheck_every_hour = 1\n", "check_every_hours"),
        ("[logging]\nlevel = 'loud'\n", "debug"),
        ("[metrics]\nallow = ['10.0.0.1/8']\n", "CIDR|networks"),
        ("[metrics]\nallow = [3]\n", "networks"),
        ("[web]\norigin = 'https://node.example/path'\n", "scheme"),
        ("[web]\norigin = 'ftp://node.example'\n", "http"),
        ("[web]\nport = 65536\n", "65535"),
        ("[web]\ncustodian_key = '../x'\n", "keys/"),
        ("[relayer]\nmax_fee_gwei = 1\n", "docs/configuration.md"),
        ("web = 3\n", r"\[web\]"),
    ],
)
def test_faults_of_the_optional_sections(broken: str, named: str) -> None:
    base = EXAMPLE.split("# ---- The HTTP door")[0]
    text = broken + base if broken.startswith("web") else base + broken
    error = refused(text)
    assert error.line is not None
    assert re.search(named, error.remedy)
    assert text.splitlines()[error.line - 1].split(" ")[0].strip("[]") in broken


def test_two_stores_of_one_name_are_refused() -> None:
    error = refused(EXAMPLE.replace('"archive"', '"ward-disk"'))
    assert "stores[0].name" in error.message
    assert EXAMPLE.splitlines()[(error.line or 0) - 1] == 'name = "archive"'


def test_more_shares_than_custodians_are_refused() -> None:
    assert "2, with 1 custodians" in refused(EXAMPLE.replace("threshold = 1", "threshold = 2")).message


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE.replace("http://127.0.0.1:8545", "htp://127.0.0.1/token-of-somebody"),
        EXAMPLE.replace("https://custodian.example", "https//token-of-somebody"),
        EXAMPLE.replace('url = "sqlite:///node.db" ', 'url = ["token-of-somebody"]'),
        EXAMPLE.replace("0x0000000000000000000000000000000000000001", "token-of-somebody"),
    ],
)
def test_what_may_be_secret_is_not_repeated(text: str) -> None:
    error = refused(text)
    assert error.line is not None
    assert "token-of" not in error.message + error.remedy


@pytest.mark.parametrize("text", ["[chain", "a = 1\na = 2", "x = " + "[" * 5000, "\x00"])
def test_what_is_no_toml_is_a_clear_refusal(text: str) -> None:
    refused(text)


NAMES = st.text(alphabet="ab c.\"'\\#=[]é-_1", max_size=4)
VALUES = st.sampled_from(
    [
        "1",
        "'a # [b] = \"'",
        '"""x\n[no]\nkey = 3\n"""',
        "'''\na = 1\n'''",
        "[1,\n 2, # ]\n '[',\n]",
        "{ a = 1 }",
        '"[[a]]"',
    ]
)


def quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.lists(st.tuples(NAMES, VALUES), unique_by=lambda pair: pair[0], max_size=6), st.integers(1, 4))
def test_lines_are_those_that_things_were_written_in(pairs: list[tuple[str, str]], tables: int) -> None:
    """Whatever stands in names and values, a key is found where it was put."""
    text, expected = "", {}
    for at in range(tables):
        expected[("t", at)] = text.count("\n") + 1
        text += "[[t]] # [[t]]\n"
        for name, value in pairs:
            expected[("t", at, name)] = text.count("\n") + 1
            text += f"{quoted(name)} = {value}\n"
    tomllib.loads(text)
    found = toml_lines(text)
    assert {path: found.get(path) for path in expected} == expected
