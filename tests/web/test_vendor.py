"""What was vendored is what the manifest says, and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
VENDOR = ROOT / "static" / "vendor"
MANIFEST: dict[str, dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text())


@pytest.mark.parametrize("file", sorted(MANIFEST))
def test_a_vendored_file_is_unchanged(file: str) -> None:
    assert hashlib.sha256((ROOT / file).read_bytes()).hexdigest() == MANIFEST[file]["sha256"]


def test_no_file_was_added_by_hand() -> None:
    beside = {VENDOR / "manifest.json", *(VENDOR / "LICENSES").iterdir()}
    there = {path for path in VENDOR.rglob("*") if path.is_file()} - beside

    assert {path.relative_to(ROOT).as_posix() for path in there} == {
        file for file in MANIFEST if file.startswith("static/vendor/")
    }


def test_versions_are_those_that_package_json_pins() -> None:
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]

    assert {one["package"]: one["version"] for one in MANIFEST.values()}.items() <= pinned.items()


def test_every_vendored_package_comes_with_its_licence() -> None:
    needed = {one["package"].removeprefix("@").replace("/", "-") for one in MANIFEST.values()}

    assert needed <= {path.stem for path in (VENDOR / "LICENSES").iterdir()}


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
