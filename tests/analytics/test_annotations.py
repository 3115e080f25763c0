"""What happened beside figures: written by people and programs, and noticed by Wayfare."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import Annotation
from analytics.rules.annotations import AnnotationError
from analytics.selectors.happenings import MOST_HAPPENINGS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from feedback.models import Import
from feedback.rules.distribution.words import RuleKind
from feedback.services.distribution.rules import end_rule, save_rule
from tests import make
from tests.analytics.annotating import TODAY, annotation, seen
from tests.analytics.page_reading import metric_url, text_of
from tests.analytics.reading import load_scores
from tests.journeys.ahead import Told

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
API = "/api/v1/annotations/"
WEEK = timedelta(days=7)


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(), role=Role.MANAGER)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def sent(key: str, method: str = "post", path: str = "", /, **body: Any) -> Any:
    ask = getattr(Client(), method)
    headers = {"Authorization": f"Bearer {key}"}
    return ask(f"{API}{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_what_is_written_down_stands_on_the_line_of_the_metric(ann: Membership) -> None:
    load_scores({9: 10}, of=ann.tenant)
    annotation(ann, text="One page instead of three", link="https://shop.example/notes?a=1&b=2")

    page = client_of(ann).get(metric_url(ann.tenant)).content.decode()

    assert 'class="event-line"' in page
    assert 'data-event="Release: Checkout 2.0"' in page
    assert 'href="https://shop.example/notes?a=1&amp;b=2"' in page


def test_a_new_one_is_on_a_page_that_was_kept(ann: Membership) -> None:
    load_scores({9: 10}, of=ann.tenant)
    client = client_of(ann)
    assert "event-line" not in client.get(metric_url(ann.tenant)).content.decode()

    annotation(ann)

    assert "event-line" in client.get(metric_url(ann.tenant)).content.decode()


def test_what_is_about_another_metric_stays_away(ann: Membership) -> None:
    annotation(ann, title="Only here", metric=make.metric(of=ann.tenant))

    found = [
        [one.title for one in seen(ann, metric=make.metric(key, of=ann.tenant)).shown]
        for key in ("nps", "csat_5")
    ]

    assert found == [["Only here"], []]


@pytest.mark.parametrize(
    ("day", "last_on", "is_shown"),
    [(-20, None, False), (-20, -10, False), (-20, -7, True), (-7, None, True), (0, None, False)],
)
def test_what_lasts_into_the_days_belongs_to_them(
    ann: Membership, day: int, last_on: int | None, is_shown: bool
) -> None:
    last = None if last_on is None else TODAY + timedelta(days=last_on)
    annotation(ann, day=TODAY + timedelta(days=day), last_on=last)

    found = seen(ann, start_on=TODAY - WEEK, end_on=TODAY)

    assert bool(found.shown) is is_shown


def test_wayfare_notices_what_was_published_changed_and_loaded(ann: Membership) -> None:
    with tenant_bound(ann.tenant_id):
        save_rule(
            tenant=ann.tenant,
            kind=RuleKind.QUIET_PERIOD,
            values={"params": {"days": 30}},
            by=ann,
            now=make.NOW,
        )
        batch = make.batch(of=ann.tenant)
        batch.state, batch.finished_at = "done", make.NOW
        batch.save(update_fields=["state", "finished_at"])
        Import.objects.create(
            tenant=ann.tenant,
            file_name="answers.csv",
            file_path="x",
            bytes=1,
            sha256="0" * 64,
            batch=batch,
            created_at=make.NOW,
        )

    told = {(one.kind, one.title) for one in seen(ann).shown}

    assert ("Import", "answers.csv") in told
    assert any(kind == "Contact policy" and "A rule was added" in title for kind, title in told)


def test_a_rule_in_the_place_of_another_was_changed_and_one_that_is_out_ended(
    ann: Membership,
) -> None:
    times = [make.NOW - timedelta(days=days) for days in (9, 5, 1)]
    values: dict[str, Any] = {"params": {"days": 30}}
    kind = RuleKind.QUIET_PERIOD
    with tenant_bound(ann.tenant_id):
        first = save_rule(tenant=ann.tenant, kind=kind, values=values, by=ann, now=times[0])
        second = save_rule(
            tenant=ann.tenant, kind=kind, values=values, replaced=first, by=ann, now=times[1]
        )
        end_rule(rule=second, by=ann, now=times[2])

    told = [one.title.split(":")[0] for one in seen(ann).shown]
    lately = [
        one.title.split(":")[0] for one in seen(ann, start_on=TODAY - timedelta(days=3)).shown
    ]

    assert told == ["A rule was ended", "A rule was changed", "A rule was added"]
    assert lately == ["A rule was ended"]


def test_maps_are_told_to_those_who_may_open_them(ann: Membership) -> None:
    row = Told(ann).current
    guest = make.member(of=ann.tenant, role=Role.GUEST)

    assert [one.title for one in seen(ann).shown] == [f"{row.journey.title}: {row.name}"]
    assert seen(guest).shown == ()


def test_only_the_newest_are_listed_and_the_others_counted(ann: Membership) -> None:
    for at in range(MOST_HAPPENINGS + 1):
        annotation(ann, title=f"Release {at}", day=TODAY - timedelta(days=at))

    found = seen(ann)

    assert (len(found.shown), found.left_out) == (MOST_HAPPENINGS, 1)
    assert found.shown[0].title == "Release 0"


def test_another_workspace_sees_nothing(ann: Membership) -> None:
    made = annotation(ann)
    other = make.member(of=make.tenant(name="Other"), role=Role.OWNER)

    assert seen(other).shown == ()
    for path in ("edit/", "remove/"):
        page = client_of(other).post(f"/t/{other.tenant.slug}/annotations/{made.pk}/{path}")
        assert page.status_code == 404
    with tenant_bound(ann.tenant_id):
        assert Annotation.objects.for_tenant(ann.tenant).count() == 1


def test_one_is_written_changed_and_taken_away_on_pages(ann: Membership) -> None:
    client, start = client_of(ann), f"/t/{ann.tenant.slug}/annotations/"
    typed = {"title": "Spring sale", "kind": "campaign", "day": "2026-11-20", "last_on": ""}
    back = f"/t/{ann.tenant.slug}/metrics/nps/?period=28d"

    made = client.post(f"{start}new/?back={back}", typed)
    with tenant_bound(ann.tenant_id):
        row = Annotation.objects.for_tenant(ann.tenant).get()
    assert (made.status_code, made["Location"]) == (302, back)

    client.post(f"{start}{row.pk}/edit/", {**typed, "title": "Sale", "last_on": "2026-11-22"})
    assert "Sale 20 Nov 2026 to 22 Nov 2026" not in text_of(client, f"{start}new/")
    assert "20 Nov 2026 to 22 Nov 2026" in text_of(client, start)

    client.post(f"{start}{row.pk}/remove/")
    with tenant_bound(ann.tenant_id):
        actions = set(AuditEntry.objects.for_tenant(ann.tenant).values_list("action", flat=True))
        assert not Annotation.objects.for_tenant(ann.tenant).exists()
    assert {"annotation-written", "annotation-changed", "annotation-removed"} <= actions


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/t/other/", ""])
def test_nobody_is_led_away_after_writing(ann: Membership, back: str) -> None:
    start = f"/t/{ann.tenant.slug}/annotations/"
    typed = {"title": "Sale", "kind": "note", "day": "2026-11-20"}

    assert client_of(ann).post(f"{start}new/?back={back}", typed)["Location"] == start


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"day": TODAY + timedelta(days=400)}, "day"),
        ({"day": TODAY.replace(year=1900)}, "day"),
        ({"last_on": TODAY - WEEK}, "last_on"),
        ({"last_on": TODAY + timedelta(days=366)}, "last_on"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "//shop.example"}, "link"),
        ({"link": "https://[x"}, "link"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(
    ann: Membership, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnnotationError) as caught:
        annotation(ann, **fields)

    assert caught.value.field == field


def test_what_was_typed_stays_where_it_is_refused(ann: Membership) -> None:
    typed = {"title": "Sale", "kind": "note", "day": "2026-11-20", "last_on": "2026-11-01"}

    page = client_of(ann).post(f"/t/{ann.tenant.slug}/annotations/new/", typed)

    assert page.status_code == 422
    assert 'value="Sale"' in page.content.decode()
    assert "It ends before it begins" in page.content.decode()


def test_viewers_read_and_do_not_write(ann: Membership) -> None:
    annotation(ann)
    viewer = make.member(of=ann.tenant, role=Role.VIEWER)
    client, start = client_of(viewer), f"/t/{ann.tenant.slug}/annotations/"

    page = client.get(start).content.decode()

    assert "Checkout 2.0" in page
    assert "annotations/new/" not in page
    assert client.get(f"{start}new/").status_code == 404


def test_a_release_that_is_sent_again_is_changed_not_doubled(ann: Membership) -> None:
    _, key = make.api_key(of=ann.tenant, rights=[Right.SEE_FIGURES, Right.EDIT_SEGMENTS])
    told = {"title": "v2.1", "day": "2026-11-20", "key": "deploy-2.1"}

    answers = [sent(key, **told), sent(key, **told), sent(key, **{**told, "title": "v2.1 again"})]

    assert [one.status_code for one in answers] == [201, 200, 200]
    assert len({one.json()["id"] for one in answers}) == 1
    with tenant_bound(ann.tenant_id):
        [row] = Annotation.objects.for_tenant(ann.tenant)
    assert (row.title, row.kind, row.by) == ("v2.1 again", "release", None)


def test_a_key_of_another_workspace_is_another_key(ann: Membership) -> None:
    other = make.tenant(name="Other")
    for tenant in (ann.tenant, other):
        _, key = make.api_key(of=tenant, rights=[Right.EDIT_SEGMENTS])
        assert sent(key, title="v1", day="2026-11-20", key="deploy-1").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"day": "2026-11-20"}, "title"),
        ({"title": "v1", "day": "soon"}, "day"),
        ({"title": "v1", "day": "2026-11-20", "metric": "none"}, "metric"),
        ({"title": "v1", "day": "2026-11-20", "link": "ftp://x"}, "link"),
        ({"title": "v1", "day": "2026-11-20", "kind": "party"}, "kind"),
        ({"title": "v1\0", "day": "2026-11-20"}, "title"),
        ({"title": "v1", "day": "2026-11-20", "color": "red"}, "color"),
    ],
)
def test_the_api_names_what_is_wrong(ann: Membership, body: dict[str, str], field: str) -> None:
    _, key = make.api_key(of=ann.tenant, rights=[Right.EDIT_SEGMENTS])

    answer = sent(key, **body)

    assert answer.status_code == 422
    assert field in json.dumps(answer.json())


def test_the_api_lists_changes_and_removes(ann: Membership) -> None:
    made = annotation(ann, last_on=TODAY + WEEK)
    annotation(ann, title="Long ago", day=TODAY - timedelta(days=300))
    _, key = make.api_key(of=ann.tenant, rights=[Right.SEE_FIGURES, Right.EDIT_SEGMENTS])
    headers = {"Authorization": f"Bearer {key}"}
    asked = f"{API}?from={(TODAY + timedelta(days=2)).isoformat()}"

    assert [one["id"] for one in Client().get(asked, headers=headers).json()["results"]] == [
        str(made.pk)
    ]
    changed = sent(key, "patch", f"{made.pk}/", last_on=None, metric="nps")
    assert (changed.json()["last_on"], changed.json()["metric"]) == (None, "nps")
    assert sent(key, "delete", f"{made.pk}/").status_code == 204
    assert sent(key, "delete", f"{made.pk}/").status_code == 404


def test_reading_keys_cannot_write(ann: Membership) -> None:
    _, key = make.api_key(of=ann.tenant, rights=[Right.SEE_FIGURES])

    assert sent(key, title="v1", day="2026-11-20").status_code == 403
