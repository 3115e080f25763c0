"""Pages of segments: list, builder, one segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cxm.customers.models import Customer, Segment
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.customers.segment_world import Fact, Person, World, plant, saved_segment

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def url(name: str, of: Tenant, *args: str) -> str:
    return reverse(f"customers:segment-{name}", args=[of.slug, *args])


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def typed(**more: str) -> dict[str, str]:
    """What the builder sends for “plan is pro”."""
    rule = {
        "g.0": "all",
        "k.0.0": "attr",
        "f.0.0.key": "plan",
        "f.0.0.op": "=",
        "f.0.0.value": "pro",
    }
    return {"title": "Pros", **rule, **more}


def test_saving_makes_a_segment_and_counts_its_members() -> None:
    member = make.member()
    plant(World([Person({"plan": "pro"}), Person()]), member.tenant)

    answer = client_of(member).post(url("new", member.tenant), typed(do="save"))
    drain(member.tenant_id)

    found = saved_segment(member.tenant, "pros")
    assert (answer.status_code, answer["Location"]) == (302, url("detail", member.tenant, "pros"))
    assert (found.size, found.error) == (1, "")


def test_the_builder_counts_each_line_and_says_the_rule() -> None:
    member = make.member()
    plant(
        World([Person({"plan": "pro"}), Person({"plan": "pro"}), Person()], [Fact(0)]),
        member.tenant,
    )
    more = {"k.0.1": "did", "f.0.1.name": "order", "f.0.1.op": ">=", "f.0.1.n": "1"}

    answer = client_of(member).post(url("new", member.tenant), typed(**more), headers=HTMX)

    root = answer.context["root"]
    assert answer.status_code == 200
    assert [part.count.n for part in root.parts] == [2, 1]
    assert answer.context["preview"].size.n == 1
    assert answer.context["sentence"] == "Customers whose plan is “pro” and who had “order”."


def test_a_line_that_is_not_complete_is_left_out_without_scolding() -> None:
    member = make.member()
    plant(World([Person({"plan": "pro"}), Person()]), member.tenant)
    more = {"k.0.1": "did", "f.0.1.n": "many"}

    answer = client_of(member).post(url("new", member.tenant), typed(**more), headers=HTMX)

    done, open_ = answer.context["root"].parts
    assert (done.count.n, open_.count, open_.is_incomplete, open_.faults) == (1, None, True, [])
    assert answer.context["preview"].size.n == 1


def test_nothing_typed_is_lost_when_saving_is_refused() -> None:
    member = make.member()
    more = {"k.0.1": "did", "f.0.1.name": "ördér", "f.0.1.op": ">=", "f.0.1.n": "many"}

    answer = client_of(member).post(url("new", member.tenant), typed(do="save", **more))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["root"].parts[1].faults == ["Write a whole number from 0 to 1000000."]
    assert all(f'value="{text}"' in page for text in ("Pros", "pro", "ördér", "many"))
    with tenant_bound(member.tenant_id):
        assert not Segment.objects.for_tenant(member.tenant).exists()


def test_a_segment_without_a_title_is_refused_at_the_title() -> None:
    member = make.member()

    answer = client_of(member).post(url("new", member.tenant), typed(do="save", title=""))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["title"])


STEPS = [
    ("test:0", ["0", "0.0", "0.1"]),
    ("group:0", ["0", "0.0", "0.1", "0.1.0"]),
    ("company:0", ["0", "0.0", "0.1", "0.1.0"]),
    ("remove:0.0", ["0"]),
    ("remove:0", ["0", "0.0"]),
    ("dance:0", ["0", "0.0"]),
    ("test:0.0", ["0", "0.0"]),
    ("test:9.9", ["0", "0.0"]),
]


@pytest.mark.parametrize(("do", "paths"), STEPS, ids=[one[0] for one in STEPS])
def test_lines_are_added_and_removed_by_a_round_trip(do: str, paths: list[str]) -> None:
    member = make.member()

    answer = client_of(member).post(url("new", member.tenant), typed(do=do))

    assert answer.status_code == 200
    assert [node.path for node in answer.context["root"].draft.every()] == paths


@pytest.mark.parametrize(
    "hostile",
    [
        {"g.0": "all", "g.0.1": "any", **{f"k.0.1.{n}": "attr" for n in range(300)}},
        {"g.0" + ".0" * depth: "all" for depth in range(40)},
        {"g.0": "dance", "k.0.0": "attr", "f.0.0.key": "x" * 100_000, "f.0.0.op": "\0"},
        {"k.0": "attr", "f.0.value": "1"},
        {"g.0": "all", "k.0.0": "did", "f.0.0.window": "days", "f.0.0.days": "9" * 5000},
    ],
    ids=["many", "deep", "strange", "no group", "huge number"],
)
def test_whatever_is_posted_is_answered(hostile: dict[str, str]) -> None:
    client, member = Client(), make.member()
    client.force_login(member.user)

    answers = [
        client.post(url("new", member.tenant), {"title": "X", "do": do, **hostile})
        for do in ("count", "save")
    ]

    assert [answer.status_code for answer in answers] == [200, 422]


def test_the_builder_suggests_what_there_is() -> None:
    member = make.member()
    make.segment(of=member.tenant, title="Others")
    plant(World([Person()], [Fact(0)]), member.tenant)
    inside = {"k.0.1": "in", "k.0.2": "did", "k.0.3": "rated"}

    page = client_of(member).post(url("new", member.tenant), typed(**inside)).content.decode()

    for option in ("others", "checkout", "nps", "$last_seen"):
        assert f'value="{option}"' in page


def test_editing_begins_with_the_rule_in_force() -> None:
    member = make.member()
    make.segment(of=member.tenant)

    answer = client_of(member).get(url("edit", member.tenant, "pros"))

    [line] = answer.context["root"].parts
    assert line.draft.values == {"key": "plan", "op": "=", "value": "pro"}


def test_saving_another_rule_makes_a_version() -> None:
    member = make.member()
    make.segment(of=member.tenant)
    other = typed(do="save") | {"f.0.0.value": "basic"}

    client_of(member).post(url("edit", member.tenant, "pros"), other)

    assert saved_segment(member.tenant, "pros").version == 2


def test_a_segment_shows_its_rule_members_and_versions() -> None:
    member = make.member()
    make.segment(of=member.tenant)
    plant(World([Person({"plan": "pro"})]), member.tenant)
    drain(member.tenant_id)

    answer = client_of(member).get(url("detail", member.tenant, "pros"))

    page = answer.content.decode()
    assert answer.context["sentence"] == "Customers whose plan is “pro”."
    assert len(answer.context["members"]) == 1
    assert "1 came, 0 went" in page
    assert "100.0 %" in page


def test_versions_are_told_by_the_names_of_those_who_made_them() -> None:
    member = make.member()
    member.user.name = "Robin Marsh"
    member.user.save()
    client = client_of(member)
    client.post(url("new", member.tenant), typed(do="save"))

    page = client.get(url("detail", member.tenant, "pros")).content.decode()

    assert '<td data-label="By">Robin Marsh</td>' in page


def test_members_are_masked_for_those_who_may_not_see_persons() -> None:
    analyst = make.member(role=Role.ANALYST)
    [pk] = plant(World([Person({"plan": "pro"})]), analyst.tenant)
    make.segment(of=analyst.tenant)
    with tenant_bound(analyst.tenant_id):
        Customer.objects.for_tenant(analyst.tenant).update(display_name="Zoë Secret")
    drain(analyst.tenant_id)
    client = client_of(analyst)

    detail = client.get(url("detail", analyst.tenant, "pros"))
    builder = client.post(url("new", analyst.tenant), typed())

    assert "Secret" not in (detail.content + builder.content).decode()
    assert f"Customer {pk.hex[-4:]}" in detail.content.decode()
    assert builder.context["some"] == []


@pytest.mark.parametrize("deed", ["archive", "refresh"])
def test_a_deed_leads_back_to_the_segment(deed: str) -> None:
    member = make.member()
    make.segment(of=member.tenant)

    answer = client_of(member).post(url(deed, member.tenant, "pros"))

    assert (answer.status_code, answer["Location"]) == (302, url("detail", member.tenant, "pros"))


def test_archiving_what_is_used_says_by_what() -> None:
    member = make.member()
    make.segment(of=member.tenant)
    make.segment(of=member.tenant, title="Outer", rule={"in": "pros"})

    answer = client_of(member).post(url("archive", member.tenant, "pros"))

    assert answer.status_code == 422
    assert "“Outer” is made with this segment" in answer.content.decode()


def test_an_archived_segment_can_be_restored() -> None:
    member = make.member()
    make.segment(of=member.tenant)
    client = client_of(member)
    client.post(url("archive", member.tenant, "pros"))

    client.post(url("restore", member.tenant, "pros"))

    assert saved_segment(member.tenant, "pros").archived_at is None


CHANGING = ["new", "edit", "archive", "refresh", "restore"]


@pytest.mark.parametrize("name", CHANGING)
@pytest.mark.parametrize("role", [Role.AGENT, Role.VIEWER])
def test_those_who_may_not_edit_segments_find_nothing(name: str, role: Role) -> None:
    member = make.member(role=role)
    make.segment(of=member.tenant)
    args = [] if name == "new" else ["pros"]

    assert client_of(member).post(url(name, member.tenant, *args)).status_code == 404


@pytest.mark.parametrize("name", ["list", "detail"])
def test_viewers_do_not_see_segments(name: str) -> None:
    viewer = make.member(role=Role.VIEWER)
    make.segment(of=viewer.tenant)
    args = ["pros"] if name == "detail" else []

    assert client_of(viewer).get(url(name, viewer.tenant, *args)).status_code == 404


@pytest.mark.parametrize("name", ["detail", "edit", "archive", "refresh", "restore"])
def test_a_segment_of_another_tenant_is_not_found(name: str) -> None:
    member, foreign = make.member(), make.tenant()
    make.segment(of=foreign, key="theirs")
    client = client_of(member)
    send = client.get if name == "detail" else client.post

    assert send(url(name, member.tenant, "theirs")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_questions_whatever_its_length(
    rows: int, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    member = make.member()
    for _ in range(rows):
        make.segment(of=member.tenant)
    client = client_of(member)

    with django_assert_num_queries(16):
        answer = client.get(url("list", member.tenant))

    assert len(answer.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_segment_asks_the_same_questions_whatever_its_size(
    rows: int, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    member = make.member()
    make.segment(of=member.tenant)
    plant(World([Person({"plan": "pro"}) for _ in range(rows)]), member.tenant)
    drain(member.tenant_id)
    client = client_of(member)

    with django_assert_num_queries(22):
        answer = client.get(url("detail", member.tenant, "pros"))

    assert len(answer.context["members"]) == rows


def test_the_list_finds_by_title_and_shows_archived_ones_apart() -> None:
    member = make.member()
    for title in ("Pros", "Visitors", "Gone"):
        make.segment(of=member.tenant, title=title)
    client, list_url = client_of(member), url("list", member.tenant)
    client.post(url("archive", member.tenant, "gone"))

    found = [
        [row["segment"].key for row in client.get(list_url + query).context["rows"]]
        for query in ("?q=visi", "?archived=1", "")
    ]

    assert found == [["visitors"], ["gone"], ["pros", "visitors"]]
