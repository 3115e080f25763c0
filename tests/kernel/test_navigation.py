"""The sidebar's entries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from cxm.kernel.navigation import Entry, Group, Navigation, grouped, tabs_at


def _page(_request: HttpRequest, tenant_slug: str) -> HttpResponse:
    return HttpResponse(tenant_slug)


urlpatterns = [
    path("t/<slug:tenant_slug>/", _page, name="overview"),
    path("t/<slug:tenant_slug>/imports/", _page, name="imports"),
    path("t/<slug:tenant_slug>/people/", _page, name="people"),
]
OVERVIEW = Entry("overview", "Overview", "map", "overview", Group.METRICS, "see", letter="o")
IMPORTS = Entry("imports", "Imports", "upload", "imports", Group.FEEDBACK, "import")
PEOPLE = Entry("people", "People", "users", "people", Group.SETTINGS, "see")
pytestmark = pytest.mark.urls(__name__)


def navigation() -> Navigation:
    made = Navigation()
    made.register(PEOPLE, IMPORTS, OVERVIEW)
    return made


def test_links_come_by_group_with_the_tenants_address() -> None:
    links = navigation().links(tenant_slug="acme", path="/t/acme/", may=lambda _right: True)

    assert [(link.entry.key, link.url) for link in links] == [
        ("overview", "/t/acme/"),
        ("imports", "/t/acme/imports/"),
        ("people", "/t/acme/people/"),
    ]


def test_links_without_the_right_are_not_there() -> None:
    links = navigation().links(tenant_slug="acme", path="/", may=lambda right: right == "see")

    assert [link.entry.key for link in links] == ["overview", "people"]


@pytest.mark.parametrize(
    ("shown", "current"),
    [("/t/acme/imports/7/", "imports"), ("/t/acme/", "overview"), ("/elsewhere/", None)],
)
def test_the_longest_address_that_fits_is_current(shown: str, current: str | None) -> None:
    links = navigation().links(tenant_slug="acme", path=shown, may=lambda _right: True)

    assert [link.entry.key for link in links if link.is_current] == [current] * (
        current is not None
    )


def test_a_page_that_lies_elsewhere_may_belong_to_an_entry() -> None:
    made = Navigation()
    made.register(OVERVIEW, replace(IMPORTS, also=("../files/",)))

    links = made.links(tenant_slug="acme", path="/t/acme/files/7/", may=lambda _right: True)

    assert [link.entry.key for link in links if link.is_current] == ["imports"]


def test_entries_of_one_group_come_by_rank() -> None:
    made = Navigation()
    made.register(replace(OVERVIEW, rank=60), replace(IMPORTS, group=Group.METRICS))

    links = made.links(tenant_slug="acme", path="/", may=lambda _right: True)

    assert [link.entry.key for link in links] == ["imports", "overview"]


@pytest.mark.parametrize(
    "second", [replace(OVERVIEW, letter="x"), replace(IMPORTS, letter="o")], ids=["key", "letter"]
)
def test_a_key_or_a_letter_is_given_once(second: Entry) -> None:
    made = Navigation()
    made.register(OVERVIEW)

    with pytest.raises(ValueError, match="navigation has an entry"):
        made.register(second)


def test_groups_without_links_are_absent() -> None:
    links = navigation().links(tenant_slug="acme", path="/", may=lambda right: right == "import")

    assert [group for group, _ in grouped(links)] == [Group.FEEDBACK]


def test_what_is_under_an_entry_is_a_tab_of_it_and_not_in_the_sidebar() -> None:
    made = Navigation()
    made.register(OVERVIEW, replace(PEOPLE, under="overview"), IMPORTS)

    links = made.links(tenant_slug="acme", path="/t/acme/people/7/", may=lambda _right: True)

    known = {link.entry.key: link for link in links}
    both = [known["overview"], known["people"]]
    assert (known["people"].is_current, known["overview"].holds) == (True, True)
    listed = [link.entry.key for _, some in grouped(links) for link in some]
    assert listed == ["overview", "imports"]
    assert tabs_at(links, "/t/acme/people/") == tabs_at(links, "/t/acme/") == both
    assert tabs_at(links, "/t/acme/people/7/") == tabs_at(links, "/t/acme/imports/") == []
    assert tabs_at([known["overview"]], "/t/acme/") == []
