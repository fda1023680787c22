"""Every command explains itself: what it does, an example that is made of its own words, and ``--json``."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from mendrec.cli import output
from mendrec.cli.main import cli


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


ALL = dict(commands(cli))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_it_says_what_it_does_and_shows_a_true_example(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert command.help
    example = (command.epilog or "").partition("Example: ")[2]
    assert example.startswith("mendrec ")
    words = example.split(";")[0].split()
    at = words.index(path[0])
    assert tuple(words[at : at + len(path)]) == path
    known = {name for parameter in command.params for name in parameter.opts}
    for word in words[at + len(path) :]:
        if word.startswith("-"):
            assert word in known, f"{word} is no option of {' '.join(path)}"


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_it_takes_json_at_its_own_end(path: tuple[str, ...]) -> None:
    assert any("--json" in parameter.opts for parameter in ALL[path].params)


def test_every_group_shows_a_true_example() -> None:
    groups = [command for command in cli.commands.values() if isinstance(command, click.Group)]
    assert groups
    for group in groups:
        words = (group.epilog or "").removeprefix("Example: mendrec ").split()
        assert (words[0], words[1]) in ALL


def test_every_option_is_explained() -> None:
    own = {"--json", "--help", "--version"}
    for path, command in {**ALL, (): cli}.items():
        for option in command.params:
            if isinstance(option, click.Option) and not own & set(option.opts):
                assert option.help or option.show_default, f"{' '.join(path)} {option.opts}"


def test_every_exit_code_is_in_the_help() -> None:
    codes = {code for _, code in output._EXIT_CODES} | {0, output.EXIT_FAULT, output.EXIT_STOPPED}
    assert cli.epilog
    assert {int(number) for number in re.findall(r"[0-9]+", cli.epilog)} == codes


def test_the_commands_that_the_product_promises_are_there() -> None:
    promised = "enrol credential grant renew narrow revoke ask approve upload list open verify prove check mend deploy"
    assert {(name,) for name in promised.split()} | {("index", "rebuild")} <= set(ALL)
