"""Undo and going back where a document referred to what is gone, or out of use, by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Segment
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed, RefusedError
from cxm.kernel.operations.store import restore, undo
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from personas.models import Stakeholder
from personas.services.stores import MAPS, PERSONAS
from tests import make
from tests.personas import mapping
from tests.personas.editing import (
    asked,
    assert_true_log,
    do,
    persona,
    put,
    request,
    state_of,
    take_back,
    value_of,
)
from tests.personas.mapping import again, client_of, map_of, placed

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.undoing import Undo

pytestmark = pytest.mark.django_db


def _segment(of: Membership) -> Segment:
    with tenant_bound(of.tenant_id):
        return Segment.objects.create(tenant=of.tenant, key="commuters", title="Commuters")


def _unbound(bea: Membership) -> tuple[UUID, Segment]:
    """Bind a persona to a segment and, in a batch with its name, unbind it again."""
    pk, segment, batch = persona(bea), _segment(bea), new_id()
    do(bea, pk, put(pk, "segment", str(segment.pk)))
    do(bea, pk, put(pk, "segment", None, batch=batch), put(pk, "name", "Other", batch=batch))
    return pk, segment


def _archive(segment: Segment) -> None:
    with tenant_bound(segment.tenant_id):
        rows = Segment.objects.for_tenant(segment.tenant_id).filter(pk=segment.pk)
        rows.update(archived_at=make.NOW)


def _delete(segment: Segment) -> None:
    with tenant_bound(segment.tenant_id):
        Segment.objects.for_tenant(segment.tenant_id).filter(pk=segment.pk).delete()


@pytest.mark.parametrize(
    ("lose", "reason"),
    [
        (_archive, "Segment: this segment is out of use."),
        (_delete, "Segment: this segment is gone."),
    ],
)
def test_undo_asks_about_a_segment_that_cannot_be_bound_again(
    bea: Membership, lose: object, reason: str
) -> None:
    pk, segment = _unbound(bea)
    lose(segment)  # type: ignore[operator]  # one of the two above
    before = state_of(bea, pk)
    found = take_back(bea, pk)

    assert found is not None
    assert [(c.lineage, c.field, c.reason) for c in found.clashes] == [(pk, "segment", reason)]
    assert state_of(bea, pk) == before


@pytest.mark.parametrize("choice", [Choice.THEIRS, Choice.MINE], ids=str)
def test_undo_does_the_rest_when_told_to(bea: Membership, choice: Choice) -> None:
    pk, segment = _unbound(bea)
    _delete(segment)
    take_back(bea, pk, choice=choice)

    values = state_of(bea, pk)[pk].values
    assert (values["name"], values["segment"]) == ("Busy Bea", None)
    assert_true_log(bea, pk)


def test_going_back_asks_about_a_segment_that_is_gone(bea: Membership) -> None:
    pk, segment = _unbound(bea)
    _delete(segment)
    asking = _back(bea, pk, Choice.ASK)
    untouched = value_of(bea, pk, pk, "name")
    done = _back(bea, pk, Choice.THEIRS)

    assert ([c.field for c in asking.clashes], asking.operations) == (["segment"], [])
    assert (untouched, value_of(bea, pk, pk, "name")) == ("Other", "Busy Bea")
    assert [o.field for o in done.operations] == ["name"]
    assert_true_log(bea, pk)


def test_an_owner_who_has_left_does_not_come_back_by_undo(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "owner", str(ana.pk)))
    do(bea, pk, put(pk, "owner", None))
    with tenant_bound(bea.tenant_id):
        Membership.objects.for_tenant(bea.tenant).filter(pk=ana.pk).update(is_active=False)
    found = take_back(bea, pk)

    assert found is not None
    assert [c.reason for c in found.clashes] == ["Owner: this member is out of use."]


def test_who_is_archived_comes_to_a_map_neither_by_undo_nor_by_operations(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on)
    mapping.do(bea, on, asked(Deed.DELETE, courier.pk))
    with tenant_bound(bea.tenant_id):
        rows = Stakeholder.objects.for_tenant(bea.tenant).filter(pk=courier.stakeholder_id)
        rows.update(archived_at=make.NOW)
        found = undo(MAPS, request(bea, on.pk), as_batch=new_id())

    assert found is not None
    assert [(c.field, c.reason) for c in found.clashes] == [
        ("life", "Stakeholder: this stakeholder is out of use.")
    ]
    with pytest.raises(RefusedError, match="this stakeholder is out of use"):
        mapping.do(bea, on, asked(Deed.RESTORE, courier.pk))
    assert again(courier).deleted_at is not None


def test_a_page_asks_before_it_goes_back_without_what_is_gone(bea: Membership) -> None:
    pk, segment = _unbound(bea)
    _delete(segment)
    address = f"/t/{bea.tenant.slug}/personas/{pk}/go-back/"
    asking = client_of(bea).post(address, {"until": 2})
    name = value_of(bea, pk, pk, "name")
    done = client_of(bea).post(address, {"until": 2, "choice": "theirs"})

    assert (asking.status_code, name, done.status_code) == (409, "Other", 302)
    assert "Segment: this segment is gone." in asking.content.decode()
    assert "Go back without this" in asking.content.decode()
    assert value_of(bea, pk, pk, "name") == "Busy Bea"


def test_a_page_asks_before_it_undoes_without_what_is_gone(bea: Membership) -> None:
    pk, segment = _unbound(bea)
    _delete(segment)
    asking = client_of(bea).post(f"/t/{bea.tenant.slug}/personas/{pk}/undo/").content.decode()

    assert "Segment: this segment is gone." in asking
    assert ("Undo the rest" in asking, "all the same" in asking) == (True, False)


def _back(member: Membership, pk: UUID, choice: Choice) -> Undo:
    with tenant_bound(member.tenant_id):
        return restore(PERSONAS, request(member, pk), until=2, as_batch=new_id(), choice=choice)
