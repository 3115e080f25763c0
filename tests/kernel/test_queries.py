"""Single values of a query string, whoever wrote them."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text, whole_number
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from tests import make


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({}, ""),
        ({"q": " shop "}, "shop"),
        ({"q": "sh\0op"}, "shop"),
        ({"q": "\0"}, ""),
        ({"q": "a" * 201}, "a" * 200),
    ],
    ids=["nothing", "space", "nul", "only-nul", "long"],
)
def test_text_of_a_query_is_fit_to_be_looked_up(sent: dict[str, str], read: str) -> None:
    assert query_text(sent, "q") == read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("200", 200),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("٣", None),
        ("9" * 18, 10**18 - 1),
        ("9" * 5_000, None),
    ],
)
def test_only_a_plain_whole_number_is_read(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "shown"),
    [("0", "A"), ("2", "B"), ("3", "B"), ("9" * 5_000, "B"), ("x", "A"), ("-1", "A")],
    ids=["zero", "there", "beyond", "far-beyond", "a-word", "negative"],
)
def test_a_number_beyond_either_end_shows_the_nearest_page(asked: str, shown: str) -> None:
    tenant = make.tenant()
    for title in "AB":
        make.touchpoint(of=tenant, title=title)

    with tenant_bound(tenant.pk):
        rows = Touchpoint.objects.for_tenant(tenant).order_by("title", "pk")
        page = page_of(rows, RequestFactory().get("/", {"page": asked}), size=1)

    assert [row.title for row in page.rows] == [shown]
