"""The example of a workspace: loaded, looked at, removed in one go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Touchpoint
from journeys.models import Insight, Journey, JourneyMap, Opportunity, Solution
from journeys.rules.example import kept_kinds
from journeys.rules.kinds import MapStatus
from journeys.rules.library import InsightKind
from journeys.selectors.example import example_parts
from journeys.services.checking import found_on
from journeys.services.example import load_example, remove_example
from journeys.services.library import create_insight, create_item
from personas.models import Persona
from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Membership
    from cxm.work.models import Batch

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(days=1)
MODELS = (Journey, Solution, Opportunity, Insight, Persona, Touchpoint)
ALL = [1, 1, 1, 2, 1, 4]


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def load(member: Membership) -> Batch:
    with tenant_bound(member.tenant_id):
        return load_example(tenant=member.tenant, by=member, now=make.NOW)


def remove(member: Membership, batch: Batch) -> list[str]:
    """Remove the example; name what stays."""
    with tenant_bound(member.tenant_id):
        parts = remove_example(batch=batch, by=member, now=LATER)
    return [f"{part.kind} {part.row}" for part in parts if part.is_kept]


def on_lists(member: Membership) -> list[int]:
    with tenant_bound(member.tenant_id):
        return [
            model.objects.for_tenant(member.tenant).filter(archived_at=None).count()
            for model in MODELS
        ]


def one(member: Membership, model: Any, **which: Any) -> Any:
    with tenant_bound(member.tenant_id):
        return model.objects.for_tenant(member.tenant).select_related("tenant").get(**which)


def test_the_example_is_a_live_map_with_a_future_that_is_paired_with_it(bea: Membership) -> None:
    load(bea)

    with tenant_bound(bea.tenant_id):
        maps = JourneyMap.objects.for_tenant(bea.tenant).order_by("number")
        rows = list(maps.select_related("tenant", "journey", "baseline"))
        errors = [f.words for row in rows for f in found_on(row, now=make.NOW) if f.code < "J06"]
    assert [(row.state, row.status) for row in rows] == [
        ("current", MapStatus.PUBLISHED),
        ("future", MapStatus.DRAFT),
    ]
    assert rows[1].baseline == rows[0]
    assert errors == []
    assert on_lists(bea) == ALL


def test_loaded_twice_it_is_there_once(bea: Membership) -> None:
    first, second = load(bea), load(bea)

    assert first == second
    assert on_lists(bea) == ALL


def test_removing_takes_all_of_it_away_and_nothing_else(bea: Membership) -> None:
    own = charting.journey(bea, "My own")
    batch = load(bea)

    kept = remove(bea, batch)

    assert kept == []
    assert on_lists(bea) == [1, 0, 0, 0, 0, 0]
    assert one(bea, Journey, archived_at=None).pk == own


def test_removed_and_loaded_again_it_is_the_same(bea: Membership) -> None:
    batch = load(bea)
    journey = one(bea, Journey)
    remove(bea, batch)

    again = load(bea)

    assert again == batch
    assert on_lists(bea) == ALL
    assert one(bea, Journey).pk == journey.pk
    assert remove(bea, again) == []


def test_a_journey_that_somebody_has_changed_stays_with_all_it_uses(bea: Membership) -> None:
    batch = load(bea)
    draft = one(bea, JourneyMap, state="future")
    charting.stage(bea, draft.pk, "Another")

    kept = remove(bea, batch)

    assert len(kept) == sum(ALL)
    assert on_lists(bea) == ALL


def test_what_is_linked_elsewhere_stays_and_the_rest_goes(bea: Membership) -> None:
    batch = load(bea)
    persona = one(bea, Persona)
    with tenant_bound(bea.tenant_id):
        create_insight(
            tenant=bea.tenant,
            title="Ours",
            kind=InsightKind.NEED,
            by=bea,
            now=make.NOW,
            personas=[persona.pk],
        )
        touchpoint = Touchpoint.objects.for_tenant(bea.tenant).get(key="example-help-pages")
    make.rule("search", to=touchpoint)

    kept = remove(bea, batch)

    assert kept == ["persona Example: Lena Fischer", "touchpoint Example: help pages"]
    assert on_lists(bea) == [0, 0, 0, 1, 1, 1]


def test_an_opportunity_that_stays_keeps_its_insights_and_persona(bea: Membership) -> None:
    batch = load(bea)
    opportunity = one(bea, Opportunity)
    with tenant_bound(bea.tenant_id):
        create_item(
            sort="solution",
            tenant=bea.tenant,
            title="Ours",
            by=bea,
            now=make.NOW,
            links=[("solves", opportunity.pk)],
        )

    remove(bea, batch)

    assert on_lists(bea) == [0, 1, 1, 2, 1, 0]


def test_what_people_have_kept_stays_kept_when_the_example_comes_and_goes_again(
    bea: Membership,
) -> None:
    batch = load(bea)
    persona = one(bea, Persona)
    with tenant_bound(bea.tenant_id):
        create_insight(
            tenant=bea.tenant,
            title="Ours",
            kind=InsightKind.NEED,
            by=bea,
            now=make.NOW,
            personas=[persona.pk],
        )
    remove(bea, batch)
    load(bea)

    assert remove(bea, batch) == ["persona Example: Lena Fischer"]


@pytest.mark.parametrize(
    ("touched", "kept"),
    [
        ({"touchpoint"}, set()),
        ({"persona"}, set()),
        ({"insight"}, {"persona"}),
        ({"solution"}, {"opportunity", "insight", "persona"}),
        (
            {"journey"},
            {"journey", "solution", "opportunity", "insight", "persona", "touchpoint"},
        ),
    ],
)
def test_what_stays_keeps_what_it_uses(touched: set[str], kept: set[str]) -> None:
    assert kept_kinds(touched) == kept


def test_an_empty_workspace_offers_it_and_its_page_loads_and_removes(
    client: Client, bea: Membership
) -> None:
    client.force_login(bea.user)
    address = reverse("journeys:journey-example", args=[bea.tenant.slug])

    listed = client.get(reverse("journeys:journey-list", args=[bea.tenant.slug])).content.decode()
    before = client.get(address).content.decode()
    client.post(f"{address}load/")
    there = client.get(address).content.decode()
    with tenant_bound(bea.tenant_id):
        [batch] = [part for part in [load(bea)] if example_parts(part)]
    gone = client.post(f"{address}{batch.pk}/remove/", follow=True).content.decode()

    assert f'href="{address}"' in listed
    assert "Load the example" in before
    assert "Example: Lena Fischer" in there
    assert "The example is removed, all of it." in gone
    assert on_lists(bea) == [0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER])
def test_who_may_not_publish_neither_loads_nor_removes(
    client: Client, bea: Membership, role: Role
) -> None:
    batch = load(bea)
    client.force_login(make.member(of=bea.tenant, role=role).user)
    address = reverse("journeys:journey-example", args=[bea.tenant.slug])

    answers = [
        client.get(address).status_code,
        client.post(f"{address}load/").status_code,
        client.post(f"{address}{batch.pk}/remove/").status_code,
    ]

    assert answers == [404, 404, 404]


def test_the_example_of_another_workspace_is_not_found(client: Client, bea: Membership) -> None:
    theirs = load(make.member())
    client.force_login(bea.user)

    answer = client.post(
        reverse("journeys:journey-example-remove", args=[bea.tenant.slug, theirs.pk])
    )

    assert answer.status_code == 404
