"""Rules of the house for templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from cxm.kernel.holes import holes

TEMPLATES = Path(settings.BASE_DIR, "templates")
TEMPLATE_NAMES = sorted(
    path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")
)
# Where a lower app shows something of a higher one: the hole and the template it is in.
HOLES = {
    "company-scores": "customers/company_detail.html",
    "customer-answers": "customers/_customer_parts.html",
    "customer-scores": "customers/_customer_parts.html",
    "interaction-source": "customers/_interaction_panel.html",
    "journey-log": "journeys/_journey_menu.html",
    "my-work": "analytics/overview.html",
    "persona-channels": "personas/_section.html",
    "persona-comparison": "personas/persona_compare.html",
    "persona-figures": "personas/persona.html",
    "persona-metric": "personas/_score.html",
    "persona-quotes": "personas/persona.html",
    "rule-source": "touchpoints/rule_list.html",
    "step-figure": "journeys/_step_figure.html",
    "target-verdict": "journeys/_panel_metrics.html",
    "segment-figures": "customers/segment_detail.html",
    "segment-scores": "customers/segment_list.html",
    "survey-figures": "feedback/survey_detail.html",
    "touchpoint-figures": "touchpoints/touchpoint_detail.html",
    "touchpoint-rule-trial": "touchpoints/rule_form.html",
    "touchpoint-row-answers": "touchpoints/_touchpoint_cells.html",
    "touchpoint-steps": "touchpoints/touchpoint_detail.html",
}
# In what Jinja draws, code asks for the filling (journeys.views.grid_markup).
DUG_IN_CODE = {"map-lane-numbers"}


def test_every_hole_is_listed_with_its_place_and_filled() -> None:
    dug = {
        match[1]: name
        for name in TEMPLATE_NAMES
        for match in re.finditer(r"{% hole ['\"]([\w-]+)['\"]", (TEMPLATES / name).read_text())
    }

    assert dug == HOLES
    assert holes.names() <= set(HOLES) | DUG_IN_CODE


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_template_compiles(name: str) -> None:
    assert get_template(name) is not None


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_template_says_what_it_expects(name: str) -> None:
    source = (TEMPLATES / name).read_text()

    assert re.match(r"({% extends [^%]+%}\s*)?{% comment %}", source)


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_part_stands_in_an_element_named_after_it(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    parts = set(re.findall(r"{% partialdef ([\w-]+)", source))
    # What fills the side panel replaces all that is in it: the panel is the element.
    parts = {part for part in parts if not part.endswith("-panel")}

    assert {part for part in parts if not re.search(rf'\sid="{part}[\w-]*', source)} == set()


INLINE = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle=",
    "event attribute": r"\son\w+=",
    "hx-on": r"\shx-on",
    "javascript address": r"javascript:",
    "trigger filter": r"hx-trigger=\"[^\"]*\[",
    "value by script": r"hx-(vals|headers)=['\"](js|javascript):",
}


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_template_has_nothing_that_the_content_policy_forbids(name: str) -> None:
    source = (TEMPLATES / name).read_text()

    assert [what for what, pattern in INLINE.items() if re.search(pattern, source)] == []


@pytest.mark.parametrize("what", list(INLINE))
def test_what_the_content_policy_forbids_is_recognised(what: str) -> None:
    samples = {
        "inline script": "<script>x()</script>",
        "inline style": '<p style="color: red">',
        "event attribute": '<p onclick="x()">',
        "hx-on": '<p hx-on:click="x()">',
        "javascript address": '<a href="javascript:x()">',
        "trigger filter": '<p hx-trigger="click[ctrlKey]">',
        "value by script": "<p hx-vals='js:{a: b()}'>",
    }

    assert re.search(INLINE[what], samples[what])
