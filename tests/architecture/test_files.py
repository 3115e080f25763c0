"""Rules of the house for the files that git keeps."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@cache
def _tracked() -> list[Path]:
    """List what belongs to the project: what git tracks, or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603 - fixed words
    names = listed.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_requirements_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-local.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        wanted = [line for line in lines if "==" in line]
        rest = [line for line in lines if line.strip() and "==" not in line]

        assert wanted
        assert [
            line for line in rest if not re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}( \\)?", line)
        ] == []
        assert [line for line in lines if "://" in line] == []


def test_every_dependency_says_what_it_is_for_and_from_which_version() -> None:
    source = (ROOT / "pyproject.toml").read_text()
    block = re.search(r"^dependencies = \[\n(.*?)^\[tool\.", source, re.DOTALL | re.MULTILINE)
    assert block
    entries = [line for line in block[1].splitlines() if line.startswith('  "')]

    assert entries
    assert [line for line in entries if not re.search(r'>=[\d.]+.*",\s+# \w', line)] == []


# Made of parts, so that this file does not find itself.
FORBIDDEN = {
    "a path of somebody's machine": re.compile("/" + "work/" + r"|/ho" + r"me/\w|/Us" + r"ers/\w"),
    "the host of a registry": re.compile(
        r"pyp" + r"i\.org|files\.python" + r"hosted|registry\.npm" + r"js"
    ),
}


@pytest.mark.parametrize("what", list(FORBIDDEN))
def test_no_file_names(what: str) -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in _tracked()
        if FORBIDDEN[what].search(path.read_bytes().decode(errors="ignore"))
    ]

    assert found == []


def test_the_import_contracts_are_part_of_the_checks() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    lint = (ROOT / "Makefile").read_text()

    assert {contract["type"] for contract in contracts["contracts"]} == {
        "forbidden",
        "layers",
        "protected",
    }
    assert "lint-imports" in lint
