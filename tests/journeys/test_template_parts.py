"""Parts of templates that stay on maps, and those that are to be filled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Deed
from cxm.kernel.operations.store import read_state, restore, undo
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.errors import LockedPartError, MarkError
from journeys.models import JourneyMap, Lineage, MapOp, MapTemplate
from journeys.rules.kinds import MapState
from journeys.rules.template_parts import markable_parts
from journeys.rules.templates import laid_out_tree
from journeys.services.checking import found_on
from journeys.services.editing import change_map
from journeys.services.map_templates import create_map, mark_template, save_template
from journeys.services.maps import fork_map
from journeys.services.splitting import merge_steps
from journeys.services.stores import MAPS
from tests import make
from tests.journeys.charting import asked, put
from tests.journeys.filing import HEAD, STAGES, exported, faults, looked_at, taken_in, the_map
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from cxm.kernel.operations.records import Asked
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
WAITING = STAGES.replace(
    "        title: I wait for the refund\n",
    "        title: I wait for the refund\n        description: The clock starts at the counter.\n",
)
SMALL = HEAD + WAITING + LANES
LOCKED = ("stages/hand-over", "steps/wait-refund", "steps/wait-refund/description", "lanes/mood")


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def template(member: Membership, **marks: Any) -> MapTemplate:
    taken_in(member, SMALL)
    with tenant_bound(member.tenant_id):
        return save_template(of=the_map(member), title="Returns", by=member, now=make.NOW, **marks)


def begun(member: Membership, **marks: Any) -> JourneyMap:
    """Begin a map as a template with *marks*, in the journey of the map it was made of."""
    kept = template(member, **marks)
    of = the_map(member)
    with tenant_bound(member.tenant_id):
        return create_map(
            journey=of.journey, name="Begun", by=member, now=make.NOW, template=kept.key
        )


def called(member: Membership, kind: str, key: str) -> UUID:
    with tenant_bound(member.tenant_id):
        pk: UUID = Lineage.objects.for_tenant(member.tenant).get(kind=kind, key=key).pk
    return pk


def request(member: Membership, of: JourneyMap) -> Request:
    return Request(member.tenant, of.pk, Actor("member", member.pk), make.NOW)


def do(member: Membership, of: JourneyMap, *operations: Asked) -> None:
    with tenant_bound(member.tenant_id):
        change_map(request(member, of), operations)


def titles(member: Membership, of: JourneyMap) -> list[str]:
    with tenant_bound(member.tenant_id):
        state = read_state(MAPS, request(member, of))
    found = [e for kind in ("stage", "step", "lane") for e in state.of_kind(kind)]
    return sorted(str(e.values["title"]) for e in found if not e.is_deleted)


def test_fields_are_offered_after_their_part_and_locked_only_where_something_is_said(
    bea: Membership,
) -> None:
    kept = template(bea)

    offered = markable_parts(laid_out_tree(kept.document, {}))

    assert [(o.path, o.can_be_locked, o.can_be_required) for o in offered] == [
        ("stages/hand-over", True, True),
        ("stages/hand-over/description", False, True),
        ("steps/show-code", True, True),
        ("steps/show-code/description", False, True),
        ("steps/show-code/duration", False, True),
        ("steps/show-code/touchpoints", False, True),
        ("steps/wait-refund", True, True),
        ("steps/wait-refund/description", True, True),
        ("steps/wait-refund/duration", False, True),
        ("steps/wait-refund/touchpoints", False, True),
        ("lanes/does", True, True),
        ("lanes/mood", True, True),
    ]


@pytest.mark.parametrize(
    ("kind", "key", "deed", "more", "words"),
    [
        ("stage", "hand-over", Deed.DELETE, {}, "The stage “Hand over” is locked by the template"),
        ("stage", "hand-over", Deed.SET, {"field": "title", "value": "X"}, "The stage “Hand over”"),
        ("step", "wait-refund", Deed.DELETE, {}, "The step “I wait for the refund” is locked"),
        ("step", "wait-refund", Deed.SET, {"field": "title", "value": "X"}, "The step “I wait"),
        (
            "step",
            "wait-refund",
            Deed.SET,
            {"field": "description", "value": ""},
            "The description of the step “I wait for the refund” is locked by the template",
        ),
        ("lane", "mood", Deed.DELETE, {}, "The lane “Feels” is locked by the template"),
        ("lane", "mood", Deed.SET, {"field": "title", "value": "X"}, "The lane “Feels” is locked"),
    ],
)
def test_a_locked_part_is_neither_deleted_nor_changed(
    kind: str, key: str, deed: Deed, more: dict[str, Any], words: str, *, bea: Membership
) -> None:
    made = begun(bea, locked=LOCKED)
    before = exported(bea, made)

    with pytest.raises(LockedPartError) as refused:
        do(bea, made, asked(deed, called(bea, kind, key), **more))

    assert str(refused.value).startswith(words)
    assert exported(bea, made) == before


@pytest.mark.parametrize(
    ("kind", "key", "deed", "more"),
    [
        ("step", "show-code", Deed.DELETE, {}),
        ("step", "show-code", Deed.SET, {"field": "title", "value": "X"}),
        ("step", "wait-refund", Deed.SET, {"field": "moment_of_truth", "value": True}),
        ("lane", "mood", Deed.SET, {"field": "is_collapsed", "value": True}),
        ("lane", "does", Deed.DELETE, {}),
    ],
)
def test_what_is_not_locked_is_changed_as_ever(
    bea: Membership, kind: str, key: str, deed: Deed, more: dict[str, Any]
) -> None:
    made = begun(bea, locked=LOCKED)

    do(bea, made, asked(deed, called(bea, kind, key), **more))

    assert the_map(bea, pk=made.pk).head_seq > made.head_seq


def test_a_stage_that_holds_a_locked_step_stays(bea: Membership) -> None:
    made = begun(bea, locked=["steps/wait-refund"])

    words = (
        "The step “I wait for the refund” is locked by the template “Returns”: "
        "it stays, with its title."
    )
    with pytest.raises(LockedPartError, match=words):
        do(bea, made, asked(Deed.DELETE, called(bea, "stage", "hand-over")))


def test_a_file_cannot_take_a_locked_part_away(bea: Membership) -> None:
    made = begun(bea, locked=["lanes/mood"])
    text = exported(bea, made, profile="map")
    without = text[: text.index("  - key: mood")]

    found = looked_at(bea, without, onto=made)

    assert faults(found) == [
        "map: The lane “Feels” is locked by the template “Returns”: it stays, with its title."
    ]


def test_a_locked_step_is_not_joined_into_another(bea: Membership) -> None:
    made = begun(bea, locked=["steps/wait-refund"])

    with tenant_bound(bea.tenant_id), pytest.raises(LockedPartError):
        merge_steps(
            row=made,
            kept=called(bea, "step", "show-code"),
            gone=called(bea, "step", "wait-refund"),
            by=bea,
            now=make.NOW,
        )


def test_undo_of_other_work_leaves_locked_parts_alone(bea: Membership) -> None:
    made = begun(bea, locked=["steps/wait-refund"])
    do(bea, made, put(called(bea, "step", "show-code"), "title", "I show it"))

    with tenant_bound(bea.tenant_id):
        done = undo(MAPS, request(bea, made), as_batch=new_id(), choice=Choice.MINE)

    assert done is not None
    assert "I show a code" in titles(bea, made)
    assert "I wait for the refund" in titles(bea, made)


def test_going_back_before_the_template_was_laid_is_refused(bea: Membership) -> None:
    made = begun(bea, locked=["lanes/mood"])

    with tenant_bound(bea.tenant_id), pytest.raises(LockedPartError):
        restore(MAPS, request(bea, made), until=1, as_batch=new_id())


def test_a_fork_keeps_what_the_template_has_locked(bea: Membership) -> None:
    made = begun(bea, locked=["lanes/mood"])
    with tenant_bound(bea.tenant_id):
        ahead = fork_map(of=made, name="Ahead", state=MapState.FUTURE, by=bea, now=make.NOW)

    with pytest.raises(LockedPartError):
        do(bea, ahead, asked(Deed.DELETE, called(bea, "lane", "mood")))


def test_marks_made_later_do_not_reach_maps_that_began_before(bea: Membership) -> None:
    made = begun(bea)
    with tenant_bound(bea.tenant_id):
        kept = MapTemplate.objects.for_tenant(bea.tenant).select_related("tenant").get()
        mark_template(template=kept, locked=["lanes/mood"], required=[], by=bea)

    do(bea, made, asked(Deed.DELETE, called(bea, "lane", "mood")))

    assert "Feels" not in titles(bea, made)


def test_required_parts_that_are_empty_or_gone_keep_a_map_from_being_published(
    bea: Membership,
) -> None:
    wanted = ["steps/show-code", "steps/show-code/touchpoints", "steps/wait-refund/description"]
    made = begun(bea, required=[*wanted, "lanes/does", "lanes/mood"])
    do(
        bea,
        made,
        put(called(bea, "step", "wait-refund"), "description", ""),
        asked(Deed.DELETE, called(bea, "lane", "mood")),
        *(asked(Deed.DELETE, called(bea, "card", key)) for key in ("search", "wonder")),
    )

    with tenant_bound(bea.tenant_id):
        found = found_on(the_map(bea, pk=made.pk), now=make.NOW)

    assert [one.words for one in found if one.code == "J05"] == [
        "The template requires the step “I show a code”: it is empty.",
        "The template requires the touchpoints of the step “I show a code”: it is empty.",
        "The template requires the description of the step “I wait for the refund”: it is empty.",
        "The template requires the lane “Does”: it is empty.",
        "The template requires the lane “Feels”: it is gone.",
    ]


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("locked", "lanes/none"),
        ("locked", "steps/show-code/description"),
        ("required", "lanes/mood/config"),
        ("required", "../etc"),
    ],
)
def test_marks_that_the_template_does_not_offer_are_refused(
    bea: Membership, field: str, path: str
) -> None:
    with pytest.raises(MarkError) as refused:
        template(bea, **{field: [path]})

    assert refused.value.field == field
    assert path in str(refused.value)


def test_the_page_marks_parts_and_the_map_page_says_why_one_stays(
    client: Client, bea: Membership
) -> None:
    kept = template(bea)
    client.force_login(bea.user)
    address = reverse("journeys:template-parts", args=[bea.tenant.slug, kept.pk])

    refused = client.post(address, {"locked": ["lanes/none", "lanes/mood"]})
    client.post(address, {"locked": ["lanes/mood"], "required": ["lanes/does"]})
    with tenant_bound(bea.tenant_id):
        kept.refresh_from_db()
        made = create_map(
            journey=the_map(bea).journey, name="B", by=bea, now=make.NOW, template=kept.key
        )
    gone = {"id": str(new_id()), "batch": str(new_id()), "op": "delete"}
    answer = client.post(
        reverse("journeys:map-ops", args=[bea.tenant.slug, made.pk]),
        json.dumps([gone | {"lineage": str(called(bea, "lane", "mood"))}]),
        content_type="application/json",
    )

    told = refused.content.decode()
    assert refused.status_code == 422
    assert "“lanes/none” is no part of this template" in told
    assert 'value="lanes/mood" aria-label="Locked: lane Feels" checked' in told
    assert (kept.locked, kept.required) == (["lanes/mood"], ["lanes/does"])
    assert answer.status_code == 422
    assert "“Feels” is locked by the template" in answer.json()["message"]
    with tenant_bound(bea.tenant_id):
        assert not MapOp.objects.for_tenant(bea.tenant).filter(id=gone["id"]).exists()


def test_nothing_ticked_takes_all_marks_off(client: Client, bea: Membership) -> None:
    kept = template(bea, locked=["lanes/mood"])
    client.force_login(bea.user)

    client.post(reverse("journeys:template-parts", args=[bea.tenant.slug, kept.pk]), {})

    with tenant_bound(bea.tenant_id):
        kept.refresh_from_db()
    assert kept.locked == []


def test_viewers_and_strangers_mark_nothing(client: Client, bea: Membership) -> None:
    kept = template(bea)
    viewer, stranger = make.member(of=bea.tenant, role=Role.VIEWER), make.member()
    answers = []
    for member in (viewer, stranger):
        client.force_login(member.user)
        address = reverse("journeys:template-parts", args=[member.tenant.slug, kept.pk])
        answers.append(client.post(address, {"locked": ["nonsense"]}).status_code)

    assert answers == [404, 404]


def test_programs_mark_parts(client: Client, bea: Membership) -> None:
    template(bea)
    _, key = make.api_key(of=bea.tenant)
    headers = {"Authorization": f"Bearer {key}"}
    address = "/api/v1/map-templates/returns/parts/"

    def sent(**told: list[str]) -> Any:
        body = json.dumps(told)
        return client.put(address, body, content_type="application/json", headers=headers)

    done = sent(locked=["lanes/mood"], required=[])
    wrong = sent(locked=["lanes/none"], required=[])

    assert (done.status_code, done.json()["locked"]) == (200, ["lanes/mood"])
    assert wrong.status_code == 422
    assert [one["field"] for one in wrong.json()["errors"]] == ["locked"]
