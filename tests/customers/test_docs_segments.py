"""docs/segments.md says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from cxm.customers.rules.segment_reading import FACT_KINDS, MOST_VALUES, read_rule
from cxm.customers.rules.segment_rule import DEEPEST, MOST_SEGMENTS_DEEP, MOST_TESTS, Op, rule_json
from cxm.customers.rules.segment_words import KINDS, sentence
from cxm.customers.services.segment_preview import LIMIT_SECONDS, MOST_COUNTED_EXACTLY, SAMPLED
from cxm.customers.services.segment_schedules import MOST_COUNTED_OFTEN, OFTEN_SECONDS

DOCS = Path(settings.BASE_DIR, "docs/segments.md").read_text()
EXAMPLE = json.loads(re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)[0])
FILLED = {
    "key": '"plan"',
    "op": '">="',
    "value": "5",
    "n": "3",
    "window": '{"days": 90}',
    "metric": '"nps"',
    "touchpoint": '"checkout"',
    "rule": '{"attr": "plan", "op": "=", "value": "pro"}',
}


def _filled(said: str) -> object:
    """Put something in the place of every bare word of an example."""
    text = said.replace("rule, …", "rule").replace("{…}", '{"name": "order"}')
    return json.loads(re.sub(r'(?<!["\w])([a-z]+)(?!["\w])', lambda m: FILLED[m[1]], text))


def test_the_example_reads_as_it_says() -> None:
    words = " ".join(DOCS.split("This reads: ")[1].split("\n\n")[0].split())

    assert sentence(read_rule(EXAMPLE), {}) == words


@pytest.mark.parametrize("said", re.findall(r"^\| `(\{.*?\})` \|", DOCS, re.MULTILINE))
def test_every_form_in_the_tables_is_read(said: str) -> None:
    assert rule_json(read_rule(_filled(said)))


def test_every_operator_is_explained() -> None:
    table = DOCS.split("## Attributes")[1].split("A number and a text")[0]
    rows = re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)

    named = {word for row in rows for word in re.findall(r"`([^`]+)`", row)} - {"op"}

    assert named == {op.value for op in Op}


def test_the_limits_are_those_of_the_code() -> None:
    for words in (
        f"every {OFTEN_SECONDS // 60} minutes in workspaces of up to {MOST_COUNTED_OFTEN:,}",
        f"at most {DEEPEST} deep, a rule has at most {MOST_TESTS} tests",
        f"at most {MOST_SEGMENTS_DEEP} inside each other",
        f"a list of up to {MOST_VALUES} of them",
        f"exact up to {MOST_COUNTED_EXACTLY:,} customers; above, about\n{SAMPLED:,} of them",
        f"after {LIMIT_SECONDS} seconds",
    ):
        assert words in DOCS


def test_every_kind_of_interaction_has_a_word() -> None:
    assert tuple(KINDS) == FACT_KINDS
