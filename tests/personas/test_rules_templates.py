"""What a new persona may begin with fits what a persona may be."""

from __future__ import annotations

import pytest

from personas.rules.contents import checked
from personas.rules.kinds import STATED, SectionKind
from personas.rules.shapes import PERSONA
from personas.rules.templates import TEMPLATES, SectionPlan, Template

SECTIONS = [
    pytest.param(plan, id=f"{key}: {plan.title or plan.kind.words}")
    for key, template in TEMPLATES.items()
    for plan in template.sections
]


def test_there_is_one_for_each_that_was_promised() -> None:
    assert list(TEMPLATES) == ["blank", "buyer", "user", "employee", "citizen", "anti-persona"]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_a_template_brings_sections_unless_it_is_blank(template: Template) -> None:
    assert bool(template.sections) == (template.key != "blank")


@pytest.mark.parametrize("plan", SECTIONS)
def test_a_section_of_a_template_fits_its_kind(plan: SectionPlan) -> None:
    assert checked(plan.kind, plan.content or {}) is not None
    assert not plan.facts or plan.kind in STATED
    for fact in plan.facts:
        for name in ("text", "label", "facet"):
            field = PERSONA.element("fact").field(name)
            assert field.kept(getattr(fact, name)) == getattr(fact, name)
        assert not fact.facet or plan.kind == SectionKind.JOBS
