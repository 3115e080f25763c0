"""Writes to channels and touchpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.touchpoints import services
from cxm.touchpoints.errors import MergedError, MergeIntoItselfError, NotMergedError
from cxm.touchpoints.models import Touchpoint, TouchpointAlias
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Iterator[Membership]:
    member = make.member()
    with tenant_bound(member.tenant_id):
        yield member


def _rows(by: Membership) -> dict[str, tuple[str | None, bool]]:
    """Give of each touchpoint what it is merged into and whether it is archived, by title."""
    rows = Touchpoint.objects.for_tenant(by.tenant).select_related("merged_into")
    return {
        row.title: (row.merged_into.title if row.merged_into else None, row.archived_at is not None)
        for row in rows
    }


def _aliases(by: Membership) -> set[tuple[str, str]]:
    rows = TouchpointAlias.objects.for_tenant(by.tenant).select_related("touchpoint")
    return {(row.name, row.touchpoint.title) for row in rows}


def _touchpoint(by: Membership, title: str) -> Touchpoint:
    return services.create_touchpoint(tenant=by.tenant, title=title, by=by)


def test_a_touchpoint_without_a_key_gets_one_of_its_title(by: Membership) -> None:
    keys = [_touchpoint(by, title).key for title in ("Call us", "Call us", "支払い")]

    assert keys == ["call-us", "call-us-2", "touchpoint"]


def test_adding_many_leaves_alone_what_is_there(by: Membership) -> None:
    _touchpoint(by, "Checkout")

    made = services.add_touchpoints(
        tenant=by.tenant, titles=["CHECKOUT", "Delivery", "Delivery!"], channel=None, by=by
    )

    assert [(row.title, row.key) for row in made] == [
        ("Delivery", "delivery"),
        ("Delivery!", "delivery-2"),
    ]


def test_a_merge_takes_names_and_followers_along(by: Membership) -> None:
    pay, till, checkout = (_touchpoint(by, title) for title in ("Pay here", "Till", "Checkout"))
    services.merge_registered(row=pay, into=till, by=by, now=NOW)

    services.merge_registered(row=till, into=checkout, by=by, now=NOW)

    assert _rows(by) == {
        "Pay here": ("Checkout", True),
        "Till": ("Checkout", True),
        "Checkout": (None, False),
    }
    assert {("pay-here", "Till"), ("Pay here", "Till"), ("Till", "Checkout")} == _aliases(by)


def test_taking_apart_restores_everything(by: Membership) -> None:
    pay, till, checkout = (_touchpoint(by, title) for title in ("Pay here", "Till", "Checkout"))
    services.merge_registered(row=pay, into=till, by=by, now=NOW)
    services.archive_registered(row=till, is_archived=True, by=by, now=NOW)
    before = _rows(by), _aliases(by)

    services.merge_registered(row=till, into=checkout, by=by, now=NOW)
    services.unmerge_registered(row=till, by=by)

    assert (_rows(by), _aliases(by)) == before


def test_taking_apart_keeps_an_alias_that_was_there_before(by: Membership) -> None:
    till, checkout, pay = (_touchpoint(by, title) for title in ("Till", "Checkout", "Pay"))
    TouchpointAlias.objects.create(tenant=by.tenant, touchpoint=pay, name="TILL")

    services.merge_registered(row=till, into=checkout, by=by, now=NOW)
    services.unmerge_registered(row=till, by=by)

    assert _aliases(by) == {("TILL", "Pay")}


def test_nothing_is_merged_into_itself_or_into_what_is_merged(by: Membership) -> None:
    till, checkout, pay = (_touchpoint(by, title) for title in ("Till", "Checkout", "Pay"))
    services.merge_registered(row=till, into=checkout, by=by, now=NOW)

    for row, into in ((pay, pay), (pay, till), (till, pay)):
        with pytest.raises(MergeIntoItselfError):
            services.merge_registered(row=row, into=into, by=by, now=NOW)


def test_what_is_merged_is_neither_archived_nor_restored(by: Membership) -> None:
    till, checkout = _touchpoint(by, "Till"), _touchpoint(by, "Checkout")
    services.merge_registered(row=till, into=checkout, by=by, now=NOW)

    with pytest.raises(MergedError):
        services.archive_registered(row=till, is_archived=False, by=by, now=NOW)


def test_what_was_merged_since_it_was_read_is_not_restored(by: Membership) -> None:
    till, checkout = _touchpoint(by, "Till"), _touchpoint(by, "Checkout")
    read_before = Touchpoint.objects.for_tenant(by.tenant).get(pk=till.pk)
    services.merge_registered(row=till, into=checkout, by=by, now=NOW)

    with pytest.raises(MergedError):
        services.archive_registered(row=read_before, is_archived=False, by=by, now=NOW)

    assert _rows(by)["Till"] == ("Checkout", True)


def test_only_what_is_merged_is_taken_apart(by: Membership) -> None:
    with pytest.raises(NotMergedError):
        services.unmerge_registered(row=_touchpoint(by, "Till"), by=by)


def test_a_channel_is_merged_and_taken_apart(by: Membership) -> None:
    web, site = (
        services.create_channel(tenant=by.tenant, title=title, by=by) for title in ("Web", "Site")
    )

    services.merge_registered(row=web, into=site, by=by, now=NOW)
    merged_into = web.merged_into_id
    services.unmerge_registered(row=web, by=by)

    assert (merged_into, web.merged_into_id, web.archived_at) == (site.pk, None, None)
