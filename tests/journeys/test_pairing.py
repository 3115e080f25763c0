"""A future map that was drawn by itself, paired with the current one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.errors import NotNowError, PairError
from journeys.models import JourneyMap, StepRealisation
from journeys.rules.changes import flat
from journeys.rules.comparing import changes_between
from journeys.rules.matching import renamed, suggested, with_what_follows
from journeys.rules.promises import Realisation
from journeys.services.pairing import look_at_pairing, pair_map
from journeys.services.realising import note_realisation
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import LATER, Told
from tests.journeys.small_map import Drawn

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership


def again(words: dict[str, str] | None = None) -> Drawn:
    """Draw the small map once more, under other ids."""
    drawn = Drawn()
    others = {pk: drawn.rng.getrandbits(128) for pk in drawn.state}
    pairs = {pk: type(pk)(int=number) for pk, number in others.items()}
    drawn.state = dict(renamed(drawn.state, pairs))
    drawn.ids = {name: pairs[pk] for name, pk in drawn.ids.items()}
    for name, title in (words or {}).items():
        drawn[name].values["title"] = title
    return drawn


def test_what_has_the_same_key_or_title_is_suggested_each_once() -> None:
    ours, theirs = Drawn(), again({"Pay": " pay ", "Wait": "No wait", "Compare": "Look"})
    keys = {ours.ids["Wait"]: "wait", theirs.ids["Wait"]: "wait-2"}

    found = suggested(theirs.state, ours.state, keys)

    pairs = {(theirs.ids[name], ours.ids[name]) for name in ("Pay", "Wait", "Pick a slot")}
    pairs |= {(theirs.ids[n], ours.ids[n]) for n in ("Choose", "Buy", "Does", "Feels")}
    assert set(found.items()) == pairs


def test_lanes_of_another_kind_are_not_the_same() -> None:
    ours, theirs = Drawn(), again()
    theirs["Does"].values["kind"] = "scale"

    found = suggested(theirs.state, ours.state, {})

    assert theirs.ids["Does"] not in found


def test_paired_maps_differ_only_in_what_is_different() -> None:
    ours, theirs = Drawn(), again({"Pay": "Pay later"})
    pairs = {theirs.ids[n]: ours.ids[n] for n in ("Choose", "Buy", "Compare", "Pick a slot")}
    pairs |= {theirs.ids[n]: ours.ids[n] for n in ("Pay", "Wait", "Does", "Feels")}

    everything = with_what_follows(theirs.state, ours.state, pairs)
    changes = changes_between(ours.state, renamed(theirs.state, everything))

    assert [(c.lineage, c.path, c.after) for c in flat(changes)] == [
        (ours.ids["Pay"], ("title",), "Pay later")
    ]


class Alone(Told):
    """As Told, with a future map that was drawn by itself."""

    def __init__(self, member: Membership) -> None:
        super().__init__(member)
        pk = m.blank_map(member, self.current.journey_id, number=9)
        self.own_stage, self.own_pay, self.own_new = m.stage(member, pk, "Buy", 2)
        with tenant_bound(member.tenant_id):
            rows = JourneyMap.objects.for_tenant(member.tenant)
            rows.filter(pk=pk).update(state="future", horizon=date(2027, 9, 30))
            self.alone = self.row(pk)

    def pair(self, pairs: dict[UUID, UUID]) -> JourneyMap:
        with tenant_bound(self.member.tenant_id):
            return pair_map(
                of=self.alone, current=self.current, pairs=pairs, by=self.member, now=LATER
            )


@pytest.fixture
def alone(db: None) -> Alone:
    return Alone(make.member())


@pytest.mark.django_db
@pytest.mark.slow
def test_paired_elements_take_the_current_lineage_and_the_rest_stays(alone: Alone) -> None:
    with tenant_bound(alone.member.tenant_id):
        note_realisation(
            of=alone.alone, step=alone.own_pay, state=Realisation.LIVE, by=None, now=LATER
        )

    made = alone.pair({alone.own_stage: alone.stage, alone.own_pay: alone.pay})

    assert (made.state, made.baseline_id, made.horizon) == (
        "future",
        alone.current.pk,
        date(2027, 9, 30),
    )
    alone.future = made
    assert {(c.sort.value, c.lineage) for c in alone.left(alone.current)} == {
        ("removed", alone.wait),
        ("removed", alone.lane),
        ("removed", alone.card),
        ("added", alone.own_new),
    }
    with tenant_bound(alone.member.tenant_id):
        noted = StepRealisation.objects.for_tenant(alone.member.tenant).get(map=made)
        assert noted.step_id == alone.pay
        assert alone.row(alone.alone.pk).archived_at is not None


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["twice", "other kind", "stranger"])
def test_pairs_that_cannot_be_are_refused(alone: Alone, wrong: str) -> None:
    pairs = {
        "twice": {alone.own_pay: alone.pay, alone.own_new: alone.pay},
        "other kind": {alone.own_pay: alone.stage},
        "stranger": {alone.own_pay: make.member().pk},
    }[wrong]

    with pytest.raises(PairError, match="once"):
        alone.pair(pairs)


@pytest.mark.django_db
@pytest.mark.slow
def test_a_fork_needs_no_pairing(alone: Alone) -> None:
    with tenant_bound(alone.member.tenant_id):
        future, current = alone.row(alone.future.pk), alone.row(alone.current.pk)
        with pytest.raises(NotNowError, match="drawn by itself"):
            look_at_pairing(of=future, current=current, now=LATER)
        with pytest.raises(NotNowError, match="current map of the same"):
            look_at_pairing(of=alone.alone, current=future, now=LATER)


@pytest.mark.django_db
@pytest.mark.slow
def test_the_page_suggests_pairs_and_makes_them(alone: Alone) -> None:
    client = Client()
    client.force_login(alone.member.user)
    url = f"/t/{alone.member.tenant.slug}/maps/{alone.alone.pk}/pair/"

    page = " ".join(client.get(url).content.decode().split())
    wrong: Any = {f"pair-{pk}": str(alone.pay) for pk in (alone.own_pay, alone.own_new)}
    refused = client.post(url, wrong)
    done = client.post(url, {f"pair-{alone.own_pay}": str(alone.pay), "pair-x": "y"})

    assert f'<option value="{alone.pay}" selected>Buy 1</option>' in page
    assert refused.status_code == 422
    assert "each of them once" in refused.content.decode()
    assert done.status_code == 302
    assert client.get(f"{url}?with=nonsense").status_code == 404


@pytest.mark.django_db
@pytest.mark.slow
def test_viewers_and_strangers_pair_nothing(alone: Alone) -> None:
    viewer = make.member(of=alone.member.tenant, role=Role.VIEWER)
    for member in (viewer, make.member()):
        client = Client()
        client.force_login(member.user)

        answer = client.post(f"/t/{member.tenant.slug}/maps/{alone.alone.pk}/pair/")

        assert answer.status_code == 404
