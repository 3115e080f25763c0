"""docs/events.md says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import resolve

from cxm.customers.models import Interaction
from feedback.views.ingest import FLAG_PATHS, POSTHOG_PATHS, SEGMENT_PATHS
from tests.feedback.senders import deliver, send, sender

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs" / "events.md").read_text()
READERS = [
    *(ROOT / "feedback" / "adapters" / "events").glob("*.py"),
    ROOT / "feedback" / "services" / "survey_events.py",
    ROOT / "cxm" / "customers" / "services" / "loading_events.py",
]
CODE = re.compile(r'(?:ItemError|BodyError)\(\s*"([a-z_]+)"|code="([a-z_]+)"|\b\d{3}, "([a-z_]+)"')


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| ")]
    return {word for cells in rows for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def codes_in(path: Path) -> set[str]:
    return {next(filter(None, found)) for found in CODE.findall(path.read_text())}


def test_every_address_is_told() -> None:
    told = {word for word in first_cells(section("Addresses")) if word.startswith("/")}

    served = {f"/{path}" for path in (*SEGMENT_PATHS, *POSTHOG_PATHS, *FLAG_PATHS)}
    assert told == served | {"/api/v1/events"}
    assert all(resolve(f"{path}{slash}") for path in told for slash in ("", "/"))


def test_every_code_of_a_refusal_is_told_and_no_other() -> None:
    used = set().union(*(codes_in(path) for path in READERS))
    used |= codes_in(ROOT / "feedback" / "views" / "ingest.py")

    told = {w for w in first_cells(section("When something is refused")) if "{" not in w}
    assert told == used | {"unknown_type", "bad_value"}


@pytest.mark.django_db
def test_the_example_of_our_own_format_is_taken_whole() -> None:
    [example] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    of = sender()

    deliver(of, "/v1/batch", {"batch": []})
    answer: Any = send("/api/v1/events", json.loads(example), authorization=f"Bearer {of.key}")

    assert answer.json()["accepted"] == 1
    deliver(of, "/v1/batch", {"batch": []})
    rows = Interaction.objects.for_tenant(of.tenant)
    assert of.rows(rows, "name", "kind", "thread_key", "currency") == [
        ("Order paid", "payment", "order-A-17", "EUR")
    ]


def test_the_snippets_for_python_are_python() -> None:
    snippets = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)

    assert len(snippets) == 3
    for snippet in snippets:
        compile(snippet, "docs/events.md", "exec")
