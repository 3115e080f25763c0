"""What analytics shows on the pages of touchpoints and surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.selectors.figures import Viewer
from analytics.selectors.histograms import By
from analytics.selectors.place_figures import PlaceFigures, answers_by_touchpoint, place_figures
from cxm.kernel.holes import holes
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Touchpoint
from feedback.models import Survey
from tests import make
from tests.analytics.reading import load_scores

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


def touchpoint_id(tenant: Tenant, key: str) -> UUID:
    with tenant_bound(tenant.pk):
        found: UUID = Touchpoint.objects.for_tenant(tenant).get(key=key).pk
        return found


def read(tenant: Tenant, key: str, *, sees_rows: bool = True) -> PlaceFigures:
    pk = touchpoint_id(tenant, key)
    with tenant_bound(tenant.pk):
        return place_figures(Viewer(tenant, sees_rows, make.NOW), By.TOUCHPOINT, pk)


def test_a_touchpoint_shows_each_metric_answered_there() -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout")
    load_scores({5: 9, 1: 1}, of=tenant, touchpoint="checkout", metric="csat_5")
    load_scores({0: 12}, of=tenant, touchpoint="delivery")

    shown = read(tenant, "checkout")

    assert [(one.figure.metric_key, one.figure.value) for one in shown.figures] == [
        ("nps", 100.0),
        ("csat_5", 90.0),
    ]
    assert shown.figures[0].figure.rows_url.endswith("touchpoint=checkout")


def test_changes_at_a_touchpoint_are_said_with_their_test() -> None:
    tenant = make.tenant()
    load_scores({10: 30}, of=tenant, touchpoint="checkout", day=100)
    load_scores({0: 30}, of=tenant, touchpoint="checkout")

    [one] = read(tenant, "checkout").figures

    assert one.change
    assert (one.change.words, one.change.is_good) == ("down 200 since the 13 weeks before", False)


def test_old_answers_are_shown_where_there_are_no_new_ones() -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout", day=1000)

    shown = read(tenant, "checkout")

    assert (shown.filter.period.name, shown.figures[0].figure.n) == ("all", 12)


def test_a_guest_sees_no_small_touchpoint_and_no_weeks() -> None:
    tenant = make.tenant()
    load_scores({10: 40}, of=tenant, touchpoint="checkout")
    load_scores({0: 3}, of=tenant, touchpoint="delivery")

    for key in ("checkout", "delivery"):
        [one] = read(tenant, key, sees_rows=False).figures
        assert (one.figure.value, one.figure.n, one.line, one.change) == (None, 0, None, None)


def test_the_page_of_a_touchpoint_has_its_figures(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout")
    client.force_login(make.member(of=tenant, role=Role.VIEWER).user)
    args = [tenant.slug, touchpoint_id(tenant, "checkout")]

    page = client.get(reverse("touchpoints:touchpoint-detail", args=args)).content.decode()

    assert "What customers say" in page
    assert "12 answers" in page


def test_the_figures_of_a_survey_count_its_answers_only() -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, survey="one")
    load_scores({0: 12}, of=tenant, survey="two")

    with tenant_bound(tenant.pk):
        survey = Survey.objects.for_tenant(tenant).get(key="one")
        shown = place_figures(Viewer(tenant, True, make.NOW), By.SURVEY, survey.pk)

    assert [(one.figure.value, one.figure.n) for one in shown.figures] == [(100.0, 12)]


def test_rows_of_a_list_are_counted_once_for_all() -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout")
    load_scores({10: 1}, of=tenant, touchpoint="delivery")
    member = make.member(of=tenant)
    request: Any = _request(tenant, member)

    with tenant_bound(tenant.pk), CaptureQueriesContext(connection) as queries:
        points = list(Touchpoint.objects.for_tenant(tenant).order_by("key"))
        words = [holes.content("touchpoint-row-answers", request, one) for one in points]

    assert words == [", 12 answers", ", 1 answer"]
    assert len([q for q in queries if q["sql"].lstrip().startswith("SELECT")]) == 3


def _request(tenant: Tenant, member: object) -> object:
    class Request:
        """Just enough of a request that has passed the door."""

        def may(self, right: str) -> bool:
            return True

    request = Request()
    request.tenant, request.membership = tenant, member  # type: ignore[attr-defined]
    return request


def test_guests_are_not_told_how_many_answers_a_touchpoint_has() -> None:
    tenant = make.tenant()
    load_scores({10: 2}, of=tenant, touchpoint="checkout")

    with tenant_bound(tenant.pk):
        assert answers_by_touchpoint(Viewer(tenant, False, make.NOW)) == {}
