"""Personas side by side: up to five, in the order they were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.selectors.comparison import kind_rows, personas_compared
from tests import make
from tests.personas import editing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import Membership


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def address(of: Membership, ids: Sequence[object]) -> str:
    query = "&".join(f"p={one}" for one in ids)
    return f"{reverse('personas:persona-compare', args=[of.tenant.slug])}?{query}"


def named(member: Membership, *names: str) -> list[UUID]:
    return [editing.persona(member, name) for name in names]


def test_titles_of_sections_are_headings_right_below_the_title_of_the_page(bea: Membership) -> None:
    ana, ben = named(bea, "Ana", "Ben")
    editing.section(bea, ana, "needs", "What she lacks")

    page = client_of(bea).get(address(bea, [ana, ben])).content.decode()

    assert "<h2>What she lacks</h2>" in page


def test_sections_stand_by_kind_one_column_for_each(bea: Membership) -> None:
    ana, ben = named(bea, "Ana", "Ben")
    needs = editing.section(bea, ana, "needs", "Needs")
    editing.fact(bea, ana, needs, "A quick answer")
    more = editing.section(bea, ana, "needs", "Further needs")
    editing.fact(bea, ana, more, "An invoice")
    editing.section(bea, ben, "text", "Story")

    with tenant_bound(bea.tenant_id):
        personas = personas_compared(bea.tenant, [ben, ana])
        rows = kind_rows(bea.tenant, personas)

    told = [
        (
            row.kind.value,
            [[(s.section.title, [f.text for f in s.facts]) for s in cell] for cell in row.cells],
        )
        for row in rows
    ]
    assert [one.name for one in personas] == ["Ben", "Ana"]
    assert told == [
        ("text", [[("Story", [])], []]),
        ("needs", [[], [("Needs", ["A quick answer"]), ("Further needs", ["An invoice"])]]),
    ]


def test_six_do_not_fit_and_the_page_says_so(bea: Membership) -> None:
    ids = named(bea, *(f"Persona {number}" for number in range(6)))

    page = client_of(bea).get(address(bea, ids))

    assert [one.name for one in page.context["personas"]] == [f"Persona {n}" for n in range(5)]
    assert "More than 5 do not fit side by side" in page.content.decode()


def test_what_is_no_persona_is_left_out(bea: Membership) -> None:
    [ana] = named(bea, "Ana")
    [foreign] = named(make.member(), "Foreign")

    page = client_of(bea).get(address(bea, ["none", new_id(), foreign, ana, ana]))

    assert [one.name for one in page.context["personas"]] == ["Ana"]
    assert "Foreign" not in page.content.decode()


def test_nobody_chosen_and_nobody_there_say_what_to_do(bea: Membership) -> None:
    client = client_of(bea)

    nobody = client.get(address(bea, [])).content.decode()
    named(bea, "Ana")
    unchosen = client.get(address(bea, [])).content.decode()

    assert "There is nobody to compare." in nobody
    assert "Choose whom to compare" in unchosen


def test_viewers_compare_and_guests_do_not(bea: Membership) -> None:
    [ana] = named(bea, "Ana")

    answers = [
        client_of(make.member(of=bea.tenant, role=role)).get(address(bea, [ana])).status_code
        for role in (Role.VIEWER, Role.GUEST)
    ]

    assert answers == [200, 404]


def test_personas_without_a_segment_show_no_number(bea: Membership) -> None:
    page = client_of(bea).get(address(bea, named(bea, "Ana", "Ben"))).content.decode()

    assert page.count("Not bound to a segment") == 2
    assert "figure-value" not in page


@pytest.mark.parametrize("bound", [False, True])
def test_more_personas_cost_no_more_queries(bea: Membership, bound: bool) -> None:
    ids, client = named(bea, *(f"Persona {number}" for number in range(5))), client_of(bea)
    for number, one in enumerate(ids):
        needs = editing.section(bea, one)
        editing.fact(bea, one, needs)
        if bound:
            segment = make.segment(of=bea.tenant, title=f"Segment {number}")
            editing.do(bea, one, editing.put(one, "segment", str(segment.pk)))
    counts = []
    for number in (1, 5):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(bea, ids[:number]))
        counts.append(len(queries))

    assert counts[0] == counts[1]
