"""Rules of the front end that no linter can see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html")
)
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "vendor" / "icons.svg").read_text()))
FORBIDDEN = {
    "inline style": r"\sstyle=|<style",
    "inline script": r"<script(?![^>]*\ssrc=)(?![^>]*application/json)",
    "inline handler": r"\son[a-z]+=|hx-on[:-]",
    "trigger filter": r'hx-trigger="[^"]*\[',
}


def source(name: str) -> str:
    return (ROOT / "templates" / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_keeps_to_the_content_policy(name: str) -> None:
    found = [rule for rule, pattern in FORBIDDEN.items() if re.search(pattern, source(name))]

    assert found == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_icon_named_is_in_the_sprite(name: str) -> None:
    assert set(re.findall(r'{% icon "([\w-]+)"', source(name))) <= ICONS


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_static_file_named_is_there(name: str) -> None:
    files = re.findall(r"""{% static ['"]([^'"]+)['"]""", source(name))

    assert [file for file in files if not (STATIC / file).is_file()] == []


@pytest.mark.parametrize("folder", ["css", "js"])
def test_every_sheet_and_module_is_loaded_by_some_page(folder: str) -> None:
    modules = (path.read_text() for path in (STATIC / "js").glob("*.js"))
    imported = re.findall(r'from "\./([\w-]+\.js)"', "".join(modules))
    loaded = "".join([*map(source, TEMPLATES), *(f'"js/{name}"' for name in imported)])
    files = {f"{folder}/{path.name}" for path in (STATIC / folder).iterdir()}

    assert {file for file in files if f'"{file}"' not in loaded} == set()


def test_every_variable_that_a_sheet_reads_is_set_by_one() -> None:
    sheets = "".join(path.read_text() for path in (STATIC / "css").glob("*.css"))
    read, told = (set(re.findall(p, sheets)) for p in (r"var\((--[\w-]+)", r"(--[\w-]+)\s*:"))

    assert read - told == set()


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_a_module_needs_neither_eval_nor_markup_from_strings(path: Path) -> None:
    assert re.findall(r"\beval\(|new Function|innerHTML|insertAdjacentHTML", path.read_text()) == []
