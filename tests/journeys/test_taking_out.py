"""A text is taken out of the history of a map, and nothing brings it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations, undo
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from journeys.errors import NothingToTakeOutError
from journeys.models import Card, MapOp, Snapshot, Step
from journeys.rules.reviews import SnapshotTrigger
from journeys.services.comparing import Moment, state_at
from journeys.services.restoring import restore_map
from journeys.services.snapshots import keep_snapshot
from journeys.services.stores import MAPS
from journeys.services.taking_out import TakenOut, take_out
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import LATER, Told
from tests.journeys.test_api_futures import Program
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import JourneyMap

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECRET, NOW_WORDS = "Call Ana Silva on 555 0100", "Call the customer"


@pytest.fixture
def told(db: None) -> Told:
    """Give a card on which somebody wrote a name, and wrote over it since."""
    found = Told(make.member(role=Role.ADMIN))
    written(found, SECRET)
    with tenant_bound(found.member.tenant_id):
        keep_snapshot(
            of=found.row(found.future.pk),
            state=found.state(found.future),
            trigger=SnapshotTrigger.MANUAL,
            label="Named",
            by=found.member,
            now=LATER,
        )
    found.title(found.future, found.wait, "Wait longer")
    written(found, NOW_WORDS)
    return found


def written(told: Told, words: str) -> None:
    rev = told.state(told.future)[told.card].rev("text")
    told.do(told.future, m.put(told.card, "text", words, base_rev=rev))


def taken_out(
    told: Told, *, field: str = "text", reason: str = "asked to", **more: Any
) -> TakenOut:
    with tenant_bound(told.member.tenant_id):
        return take_out(
            of=told.row(told.future.pk),
            lineage=told.card,
            kind="card",
            field=field,
            reason=reason,
            by=told.member,
            now=LATER,
            **{"is_emptied": False, **more},
        )


def all_that_is_kept(told: Told) -> str:
    """Give all that the tables say of the maps of the tenant, and the audit log."""
    tenant = told.member.tenant
    with tenant_bound(tenant.pk):
        rows: list[Any] = [
            *MapOp.objects.for_tenant(tenant).values_list("before", "after"),
            *Snapshot.objects.for_tenant(tenant).values_list("document"),
            *Card.objects.for_tenant(tenant).values_list("text"),
            *AuditEntry.objects.for_tenant(tenant).values_list("changes"),
        ]
    return json.dumps(rows, default=str)


def replay(told: Told, of: JourneyMap) -> dict[UUID, Any]:
    with tenant_bound(told.member.tenant_id):
        state = replayed(operations(MAPS, m.request(told.member, of.pk)))
    return {one.id: (one.values, one.parent, one.is_deleted) for one in state.values()}


def rows(told: Told, of: JourneyMap) -> dict[UUID, Any]:
    state = told.state(of)
    return {one.id: (one.values, one.parent, one.is_deleted) for one in state.values()}


def test_the_words_are_nowhere_any_more_and_the_map_is_as_it_was(told: Told) -> None:
    assert SECRET in all_that_is_kept(told)

    done = taken_out(told)

    assert SECRET not in all_that_is_kept(told)
    assert told.state(told.future)[told.card].values["text"] == NOW_WORDS
    assert [row.pk for row in done.stands] == [told.current.pk, told.future.pk]
    assert replay(told, told.future) == rows(told, told.future)
    assert replay(told, told.current) == rows(told, told.current)


def test_who_and_why_are_kept_and_no_word_of_it(told: Told) -> None:
    done = taken_out(told, reason="  she  asked us to ")

    with tenant_bound(told.member.tenant_id):
        entries = AuditEntry.objects.for_tenant(told.member.tenant)
        [entry] = entries.filter(action="map-text-taken-out")
    assert entry.actor_id == told.member.pk
    assert entry.changes == {
        "lineage": str(told.card), "kind": "card", "field": "text", "emptied": False,
        "reason": "she asked us to", "operations": done.operations,
    }  # fmt: skip


def test_how_it_was_says_taken_out_from_the_log_and_from_versions(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        head = told.row(told.future.pk).head_seq
    taken_out(told)

    with tenant_bound(told.member.tenant_id):
        then = state_at(Moment(told.row(told.future.pk), head - 1), now=LATER)
    assert then[told.card].values["text"] == "[taken out]"
    assert replay(told, told.future) == rows(told, told.future)


def test_what_stands_is_emptied_where_that_is_asked(told: Told) -> None:
    done = taken_out(told, is_emptied=True)

    assert told.state(told.future)[told.card].values["text"] == ""
    assert NOW_WORDS not in all_that_is_kept(told)
    assert [row.pk for row in done.stands] == [told.current.pk]
    assert replay(told, told.future) == rows(told, told.future)


def test_of_what_is_deleted_nothing_stays(told: Told) -> None:
    written(told, SECRET)
    told.do(told.future, m.asked(Deed.DELETE, told.card))

    taken_out(told)

    assert SECRET not in all_that_is_kept(told)
    assert replay(told, told.future) == rows(told, told.future)


def test_of_what_was_deleted_before_its_map_was_published_nothing_stays(told: Told) -> None:
    written(told, SECRET)
    told.do(told.future, m.asked(Deed.DELETE, told.card))
    told.publish(told.future)

    done = taken_out(told)

    assert SECRET not in all_that_is_kept(told)
    assert told.future.pk not in [row.pk for row in done.stands]
    assert replay(told, told.future) == rows(told, told.future)


def test_what_was_published_stays_and_what_was_deleted_is_not_brought_back(told: Told) -> None:
    told.do(told.future, m.asked(Deed.DELETE, told.card))
    told.publish(told.future)

    with tenant_bound(told.member.tenant_id):
        cards = Card.objects.for_tenant(told.member.tenant).filter(map=told.future)
        steps = Step.objects.for_tenant(told.member.tenant).filter(map=told.future)
        with pytest.raises(DatabaseError, match="is published"), transaction.atomic():
            cards.filter(lineage=told.card).update(deleted_at=None)
        with pytest.raises(DatabaseError, match="is published"), transaction.atomic():
            steps.update(title="Other words")
        with pytest.raises(DatabaseError, match="is published"), transaction.atomic():
            cards.filter(lineage=told.card).delete()


def test_undo_asks_and_leaves_what_was_taken_out(told: Told) -> None:
    taken_out(told)
    request = m.request(told.member, told.future.pk)

    with tenant_bound(told.member.tenant_id):
        asked = undo(MAPS, request, as_batch=new_id())
        left = undo(MAPS, request, as_batch=new_id(), choice=Choice.THEIRS)

    assert asked is not None
    assert [one.reason for one in asked.clashes] == [
        "What was written there was taken out of the history."
    ]
    assert left is not None
    assert told.state(told.future)[told.card].values["text"] == NOW_WORDS


def test_bringing_back_asks_and_leaves_what_was_taken_out(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        until = told.row(told.future.pk).head_seq - 1
    told.title(told.future, told.pay, "Pay later")
    taken_out(told)

    with tenant_bound(told.member.tenant_id):
        told_map: dict[str, Any] = {"of": told.row(told.future.pk), "by": told.member, "now": LATER}
        asked = restore_map(until=until, **told_map)
        restore_map(until=until, choice=Choice.THEIRS, **told_map)

    assert len(asked.clashes) == 1
    assert told.state(told.future)[told.card].values["text"] == NOW_WORDS
    assert told.state(told.future)[told.pay].values["title"] == "Buy 1"


@pytest.mark.parametrize(
    "more", [{"field": "step_from"}, {"field": "nothing"}, {"reason": " "}, {"reason": "x" * 501}],
    ids=["no text", "no field", "no reason", "long reason"],
)  # fmt: skip
def test_what_is_no_text_or_has_no_reason_is_refused(told: Told, more: dict[str, str]) -> None:
    before = all_that_is_kept(told)

    with pytest.raises(NothingToTakeOutError):
        taken_out(told, **more)
    assert all_that_is_kept(told) == before


def test_the_application_itself_cannot_change_the_log(told: Told) -> None:
    with (
        tenant_bound(told.member.tenant_id),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        MapOp.objects.for_tenant(told.member.tenant).update(after=None)


def called(told: Told, bound: UUID, field: str) -> int:
    with tenant_bound(bound), transaction.atomic(), connection.cursor() as cursor:
        args: list[Any] = [told.future.pk, told.card, field, 0]
        cursor.execute("SELECT journeys_take_out(%s, %s, %s, %s)", args)
        found: int = cursor.fetchone()[0]
    return found


def test_the_function_reaches_no_other_tenant_and_no_other_field(told: Told) -> None:
    before = all_that_is_kept(told)
    stranger = make.member()

    assert called(told, stranger.tenant_id, "text") == 0
    with pytest.raises(DatabaseError, match="nothing is taken out"):
        called(told, told.member.tenant_id, "step_from")
    assert all_that_is_kept(told) == before


def page(told: Told) -> str:
    return url(told.member, told.future.pk, f"elements/{told.card}/take-out/")


SENT = {"field": "text", "reason": "she asked us to"}


def test_it_is_taken_out_on_its_page_and_the_pages_after_work(told: Told) -> None:
    client = client_of(told.member)
    address = url(told.member, told.future.pk)

    asked = client.get(page(told)).content.decode()
    answer = client.post(page(told), SENT, follow=True)
    history = client.get(f"{address}history/").content.decode()
    panel = client.get(f"{address}panel/?of={told.card}&tab=history").content.decode()

    assert "Nothing brings it back." in asked
    assert "What stands now stays on “As it is”, “As it shall be”." in answer.content.decode()
    for shown in (history, panel):
        assert "[taken out]" in shown
        assert SECRET not in shown
    with tenant_bound(told.member.tenant_id):
        head = told.row(told.future.pk).head_seq
    for more in (
        f"then/{head - 1}/",
        f"then/{head - 1}/bring-back/",
        "diff/",
        f"diff/?at={head - 1}",
    ):
        answered = client.get(f"{address}{more}")
        assert answered.status_code == 200, more
        assert SECRET not in answered.content.decode()
    assert "[taken out]" in client.get(f"{address}then/{head - 1}/").content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTRIBUTOR, Role.VIEWER], ids=str)
def test_it_is_for_owners_and_admins_alone(told: Told, role: Role) -> None:
    asking = client_of(colleague(told.member, role))
    before = all_that_is_kept(told)

    answer = asking.post(page(told), SENT)

    assert answer.status_code in {403, 404}
    assert all_that_is_kept(told) == before


def test_strangers_and_bad_input_change_nothing(told: Told) -> None:
    before = all_that_is_kept(told)

    assert client_of(make.member(role=Role.ADMIN)).post(page(told), SENT).status_code == 404
    assert client_of(told.member).post(page(told), {"field": "text"}).status_code == 422
    gone = url(told.member, told.future.pk, f"elements/{new_id()}/take-out/")
    assert client_of(told.member).get(gone).status_code == 404
    assert all_that_is_kept(told) == before


def test_a_program_with_the_right_takes_it_out(told: Told) -> None:
    more, body = f"elements/{told.card}/take-out/", {**SENT, "is_emptied": True}

    refused = Program(told, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS).post(more, body)
    done = Program(told, Right.MANAGE_TENANT, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS).post(
        more, body
    )

    assert refused.status_code in {403, 404}
    assert done.json()["stands"] == [str(told.current.pk)]
    assert SECRET not in all_that_is_kept(told)


def test_what_is_deleted_is_reached_from_the_map_as_it_was(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        head = told.row(told.future.pk).head_seq
    told.do(told.future, m.asked(Deed.DELETE, told.card))
    then = url(told.member, told.future.pk, f"then/{head}/?of={told.card}")

    shown = client_of(told.member).get(then).content.decode()
    other = client_of(colleague(told.member, Role.CONTRIBUTOR)).get(then).content.decode()

    assert f'href="{page(told)}"' in shown
    assert page(told) not in other
    assert client_of(told.member).get(page(told)).status_code == 200


def test_nothing_to_take_out_is_said(told: Told) -> None:
    client = client_of(told.member)

    answer = client.post(page(told), {**SENT, "field": "url"}, follow=True).content.decode()

    assert "Nothing was taken out: no earlier text was written there." in answer
