"""Citing a figure of a persona's page as evidence: what is shown there, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from analytics.rules.citing import figure_line
from analytics.selectors.citing import figure_seen
from analytics.selectors.figures import Viewer
from cxm.collaboration.models import Evidence
from cxm.metrics.figures import Figure
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import Persona
from tests import make
from tests.analytics.persona_world import world
from tests.personas.editing import fact, section

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
START, END = date(2026, 9, 1), date(2026, 11, 21)


def figure(**told: Any) -> Figure:
    values: dict[str, Any] = {
        "metric_key": "nps",
        "title": "NPS",
        "unit": "",
        "decimals": 0,
        "value": 41.4,
        "n": 412,
        "n_eff": None,
        "ci_low": 37.6,
        "ci_high": 44.0,
        "method": "",
        "definition": "",
        "definition_version": 1,
        "filter": "",
        "start_on": None,
        "end_on": None,
        "time_zone": "UTC",
        "as_of": make.NOW,
        "suppressed": None,
        "restated": False,
        "is_weighted": False,
        "rows_url": "",
        **told,
    }
    return Figure(**values)


@pytest.mark.parametrize(
    ("told", "first_on", "line"),
    [
        pytest.param({}, START, "NPS 41 [38, 44], 1 Sep – 21 Nov 2026, segment X", id="as asked"),
        pytest.param(
            {"ci_low": None}, START, "NPS 41, 1 Sep – 21 Nov 2026, segment X", id="no interval"
        ),
        pytest.param(
            {"value": -3.5, "ci_low": -9.5, "ci_high": 0.0},
            date(2025, 12, 1),
            "NPS −4 [−10, 0], 1 Dec 2025 – 21 Nov 2026, segment X",
            id="below zero, over the year's end",
        ),
        pytest.param(
            {"title": "CSAT", "unit": "%", "decimals": 1},
            START,
            "CSAT 41.4\N{NO-BREAK SPACE}% [37.6\N{NO-BREAK SPACE}%, 44.0\N{NO-BREAK SPACE}%], "
            "1 Sep – 21 Nov 2026, segment X",
            id="a share",
        ),
    ],
)
def test_a_figure_is_written_in_one_line(told: dict[str, Any], first_on: date, line: str) -> None:
    assert figure_line(figure(**told), first_on=first_on, last_on=END, segment="X") == line


def test_a_figure_without_a_value_is_not_written_down() -> None:
    with pytest.raises(ValueError, match="no value"):
        figure_line(figure(value=None), first_on=START, last_on=END, segment="X")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


class Bound:
    """Two personas: a large group A, and B of the *small* number of people."""

    def __init__(self, small: int = 2) -> None:
        self.by = make.member()
        world(self.by, ["a"] * 35 + ["b"] * small + [""] * 10)
        self.client = Client()
        self.client.force_login(self.by.user)
        with tenant_bound(self.by.tenant_id):
            rows = Persona.objects.for_tenant(self.by.tenant).select_related("segment", "tenant")
            self.large, self.small = rows.order_by("name")
        within = section(self.by, self.large.pk)
        self.facts = [fact(self.by, self.large.pk, within, f"Need {n}") for n in (1, 2)]

    def url(self, of: Persona, metric: str = "nps") -> str:
        return reverse("analytics:figure-evidence", args=[self.by.tenant.slug, of.pk, metric])

    def cite(self, at: int = 0, **told: str) -> Any:
        body = {"statement": str(self.facts[at]), "polarity": "supports", **told}
        return self.client.post(self.url(self.large), body)

    def kept(self) -> list[Evidence]:
        with tenant_bound(self.by.tenant_id):
            return list(Evidence.objects.for_tenant(self.by.tenant).order_by("pk"))

    def page(self, of: Persona) -> str:
        address = reverse("personas:persona-page", args=[self.by.tenant.slug, of.pk])
        return str(self.client.get(address).content.decode())


def test_a_shown_figure_is_cited_as_the_page_shows_it() -> None:
    bound = Bound()
    viewer = Viewer(bound.by.tenant, sees_rows=True, now=make.NOW)
    with tenant_bound(bound.by.tenant_id):
        seen = figure_seen(viewer, bound.large, "nps")
    done = bound.cite()

    [row] = bound.kept()
    assert seen is not None
    assert (done.status_code, row.kind, row.subjects) == (302, "metric", 35)
    assert (row.excerpt, row.observed_on) == (seen.excerpt, make.NOW.date())
    assert row.excerpt.startswith("Net Promoter Score 100 [")
    assert row.excerpt.endswith(" – 20 Nov 2026, segment Group a")


def test_the_same_figure_for_two_statements_is_one_piece_of_evidence() -> None:
    bound = Bound()
    for at in (0, 1, 0):
        assert bound.cite(at).status_code == 302
    bound.cite(polarity="contradicts")

    assert [row.polarity for row in bound.kept()] == ["supports", "contradicts"]


def test_a_figure_that_is_hidden_is_neither_offered_nor_cited() -> None:
    bound = Bound(small=2)

    assert bound.url(bound.large) in bound.page(bound.large)
    assert bound.url(bound.small) not in bound.page(bound.small)
    assert bound.client.get(bound.url(bound.small)).status_code == 404
    assert bound.client.post(bound.url(bound.small), {}).status_code == 404


@pytest.mark.parametrize("metric", ["csat", "no-such-metric"])
def test_a_metric_without_a_number_is_not_cited(metric: str) -> None:
    bound = Bound()

    assert bound.client.get(bound.url(bound.large, metric)).status_code == 404


@pytest.mark.parametrize("body", [{}, {"statement": ""}, {"polarity": "maybe"}])
def test_what_cannot_be_read_is_refused(body: dict[str, str]) -> None:
    bound = Bound()
    answer = bound.cite(0, **body) if body else bound.client.post(bound.url(bound.large), {})

    assert (answer.status_code, bound.kept()) == (422, [])


def test_a_viewer_and_a_stranger_are_offered_nothing_and_cite_nothing() -> None:
    bound = Bound()
    members: list[Membership] = [
        make.member(of=bound.by.tenant, role=Role.VIEWER),
        make.member(),
    ]
    for other in members:
        bound.client.force_login(other.user)
        assert bound.cite().status_code == 404
    assert bound.kept() == []


def test_a_statement_of_another_persona_is_not_offered() -> None:
    bound = Bound()
    other: UUID = fact(bound.by, bound.small.pk, section(bound.by, bound.small.pk), "PLANTED")

    assert "PLANTED" not in str(bound.client.get(bound.url(bound.large)).content.decode())
    assert bound.cite(statement=str(other)).status_code == 422
