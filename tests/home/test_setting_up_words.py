"""Making a home and keys: what can't be used is refused before anything is written, with a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mendrec.cli.files import UnreadableFile, UnwritableFile, read_text, require_folder_of, writing
from mendrec.cli.main import cli
from mendrec.config import CONFIG_NAME, load_config
from mendrec.domain.errors import ConfigurationError, InputError, MendrecError


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *arguments], standalone_mode=False)


def refusal(result: Result) -> MendrecError:
    assert isinstance(result.exception, MendrecError), result.exception
    assert result.exception.remedy
    return result.exception


def test_a_fresh_home_has_settings_that_load(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "--rpc-url", "https://node.example/v1?token=a", "--chain-id", "5").exception is None
    config = load_config(tmp_path)
    assert (config.chain.rpc_url, config.chain.chain_id) == ("https://node.example/v1?token=a", 5)
    assert [store.location for store in config.stores] == [None, None]
    assert config.custodians == ()


def test_the_examples_in_fresh_settings_load_when_they_are_taken_in(tmp_path: Path) -> None:
    run(tmp_path, "init")
    path = tmp_path / CONFIG_NAME
    examples = ("# [[custodians]]", "# address = ", "# url = ", "# location = ")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.removeprefix("# ") if line.startswith(examples) else line for line in lines))
    config = load_config(tmp_path)
    assert [store.location for store in config.stores] == [1, 2]
    assert [one.url for one in config.custodians] == ["https://custodian.example"]


@pytest.mark.parametrize("url", ["notaurl", "", "ftp://x", "http://", "http://a:port", 'http://a/"x', "http://a/\\x"])
def test_a_node_address_that_is_no_url_is_refused(tmp_path: Path, url: str) -> None:
    assert isinstance(refusal(run(tmp_path / "home", "init", "--rpc-url", url)), InputError)
    assert not (tmp_path / "home").exists()


def test_a_password_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "password"
    refusal(run(tmp_path, "keys", "new", "gp", "--new-password-file", str(path)))
    assert not path.exists()
    assert not (tmp_path / "keys").exists()


def test_an_empty_password_and_a_bad_name_are_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("\n", encoding="utf-8")
    refusal(run(tmp_path, "keys", "new", "gp", "--new-password-file", str(path)))
    path.write_text("a password\n", encoding="utf-8")
    refusal(run(tmp_path, "keys", "new", "Dr Who", "--new-password-file", str(path)))


def test_a_key_made_with_a_password_file_opens_with_it(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("a password\n", encoding="utf-8")
    made = run(tmp_path, "keys", "new", "gp", "--new-password-file", str(path), "--json")
    shown = run(tmp_path, "--as", "gp", "--password-file", str(path), "keys", "show", "--json")
    assert json.loads(made.stdout)["address"] == json.loads(shown.stdout)["address"]


def test_a_missing_folder_is_said_before_anything_else_is_looked_at(tmp_path: Path) -> None:
    error = refusal(run(tmp_path / "no home at all", "open", "patient", "1", "-o", str(tmp_path / "none" / "x")))
    assert isinstance(error, UnwritableFile)
    assert str(tmp_path / "none") in error.message


def test_an_upload_without_a_custodian_is_refused_unless_it_is_private(tmp_path: Path) -> None:
    run(tmp_path, "init")
    error = refusal(run(tmp_path, "upload", "patient", str(tmp_path / CONFIG_NAME), "-c", "billing"))
    assert isinstance(error, ConfigurationError)
    assert "[[custodians]]" in error.remedy
    assert "--private" in error.remedy


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"\xff\xfe"), lambda _path: None])
def test_a_file_that_cannot_be_read_is_a_refusal(tmp_path: Path, make: object) -> None:
    path = tmp_path / "given"
    make(path)  # type: ignore[operator]
    with pytest.raises(UnreadableFile):
        read_text(path, "password file")


def test_whatever_the_system_has_against_writing_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableFile):
        require_folder_of(tmp_path / "file" / "below")
    with pytest.raises(UnwritableFile), writing(tmp_path):
        tmp_path.write_text("x", encoding="utf-8")


@pytest.mark.parametrize("both", [(), ("--plan", "--apply")])
def test_a_mend_is_a_plan_or_its_doing(tmp_path: Path, both: tuple[str, ...]) -> None:
    assert isinstance(refusal(run(tmp_path, "mend", *both)), InputError)


def test_narrowing_needs_something_to_take_away(tmp_path: Path) -> None:
    assert isinstance(refusal(run(tmp_path, "narrow", "gp", "-c", "imaging")), InputError)
