"""Each library that the format rests on is imported by one module, so that it can be replaced and reviewed there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mendrec

PACKAGE = Path(mendrec.__file__).parent


def importers(library: str) -> set[str]:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            if any(name.split(".")[0] == library for name in names):
                found.add(path.relative_to(PACKAGE).as_posix())
    return found


@pytest.mark.parametrize(
    ("library", "module"),
    [
        ("pyrage", "crypto/age.py"),
        ("pyshamir", "crypto/shamir.py"),
        ("Crypto", "crypto/kdf.py"),
        ("eth_account", "crypto/wallet.py"),
        ("eth_keys", "crypto/wallet.py"),
        ("rfc8785", "domain/canonical.py"),
        ("bech32", "domain/age_recipient.py"),
        ("aleph_cid", "domain/cid.py"),
    ],
)
def test_one_module_imports_it(library: str, module: str) -> None:
    assert importers(library) == {module}
