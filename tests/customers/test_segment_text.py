"""The rule of a segment as text in the builder."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cxm.tenants.rules import Role
from tests import make
from tests.customers import served
from tests.customers.segment_world import saved_segment

pytestmark = pytest.mark.django_db
RULE = {"any": [{"attr": "plan", "op": "=", "value": "pro"}, {"did": {"name": "order"}}]}
OLD = {"title": "Pros", "g.0": "all", "k.0.0": "attr", "f.0.0.key": "plan", "f.0.0.value": "x"}


def _post(text: str, *, do: str, was: str = "{}", **more: str) -> Any:
    tenant = make.tenant()
    sent = {**OLD, "text": text, "text_was": was, "do": do, **more}
    answer = served.client_of(tenant, Role.MANAGER).post(f"/t/{tenant.slug}/segments/new/", sent)
    return answer, tenant


def test_what_is_written_becomes_the_lines() -> None:
    answer, _ = _post(json.dumps(RULE), do="text")

    root = answer.context["root"]
    assert answer.status_code == 200
    assert [part.draft.kind for part in root.parts] == ["attr", "did"]
    assert json.loads(answer.context["text"].text)["any"][0] == RULE["any"][0]
    assert 'value="Pros"' in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"all": [}', "Line 1, column 10: this is not JSON."),
        ("[" * 19_000, "Write a plainer rule."),
        ('{"all": []}', "all: Add at least one test."),
        ('{"dance": 1}', "Nothing here is a test"),
        ("5", "Write an object such as"),
    ],
    ids=["no JSON", "deep", "empty", "unknown", "number"],
)
def test_what_is_wrong_with_the_text_is_said_and_nothing_is_lost(text: str, words: str) -> None:
    answer, _ = _post(text, do="text")

    assert answer.status_code == 422
    assert words in answer.context["text"].fault
    assert answer.context["text"].text == text
    assert answer.context["root"].parts[0].draft.values["value"] == "x"


def test_a_text_under_way_outlives_a_count_and_is_not_saved_over() -> None:
    text = '{"attr": "plan"'

    counted, _ = _post(text, do="count")
    saved, _ = _post(text, do="save")

    assert [one.context["text"].text for one in (counted, saved)] == [text, text]
    assert (counted.status_code, saved.status_code) == (200, 422)
    assert "press “Use this text”" in saved.content.decode()


def test_a_text_nobody_touched_follows_the_lines_and_is_no_hindrance() -> None:
    was = '{\r\n  "all": []\r\n}'

    counted, _ = _post(was, do="count", was=was)
    _, tenant = _post(was, do="save", was=was)

    assert json.loads(counted.context["text"].text)["all"][0]["value"] == "x"
    assert saved_segment(tenant, "pros").version == 1


def test_the_text_is_shown_when_asked_for_and_put_away_unread() -> None:
    tenant = make.tenant()
    client, url = served.client_of(tenant, Role.MANAGER), f"/t/{tenant.slug}/segments/new/"

    first = client.get(url)
    shown = client.post(url, {**OLD, "do": "show-text"})
    hidden = client.post(url, {**OLD, "text": "changed", "text_was": "{}", "do": "hide-text"})

    assert [one.context["text"].is_shown for one in (first, shown, hidden)] == [False, True, False]
    assert json.loads(shown.context["text"].text)["all"][0]["value"] == "x"
    assert 'name="text"' not in hidden.content.decode()
