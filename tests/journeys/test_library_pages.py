"""The library as pages: lists, boards, trees, the page of an item, and who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey
from tests import make
from tests.journeys import charting, shelving
from tests.personas import citing, editing

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOLDERS = {
    "insight": "insights",
    "opportunity": "opportunities",
    "solution": "solutions",
    "goal": "goals",
}
VIEWS = [
    ("insight", "table"),
    ("insight", "cards"),
    ("opportunity", "board"),
    ("opportunity", "table"),
    ("solution", "board"),
    ("solution", "table"),
    ("goal", "tree"),
    ("goal", "table"),
]
HOSTILE = '<script>alert("x")</script> & “q”'


@pytest.fixture
def ann() -> Membership:
    return make.member()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(member: Membership, path: str) -> str:
    return f"/t/{member.tenant.slug}/{path}"


def got(member: Membership, path: str, **query: str) -> Any:
    return signed_in(member).get(url(member, path), query)


def seen(member: Membership, path: str, **query: str) -> str:
    answer = got(member, path, **query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def posted(member: Membership, path: str, **values: Any) -> Any:
    return signed_in(member).post(url(member, path), values)


def page_of(item: Any, more: str = "") -> str:
    return f"{FOLDERS[item._meta.model_name]}/{item.pk}/{more}"


@pytest.mark.parametrize("sort", FOLDERS)
def test_an_empty_list_says_what_stands_there(ann: Membership, sort: str) -> None:
    told = seen(ann, f"{FOLDERS[sort]}/")

    assert f"No {FOLDERS[sort]} yet" in told
    assert f"New {sort}" in told


@pytest.mark.parametrize("sort", FOLDERS)
def test_an_item_is_made_and_opened(ann: Membership, sort: str) -> None:
    answer = posted(
        ann, f"{FOLDERS[sort]}/new/", title="Say the day", kind="pain", text="They call."
    )

    [made] = shelving.all_of(ann, sort)
    assert answer.headers["Location"] == url(ann, page_of(made))
    told = seen(ann, page_of(made))
    assert "Say the day" in told
    assert "They call." in told


@pytest.mark.parametrize(("sort", "view"), VIEWS)
def test_a_list_shows_titles_as_they_were_typed(ann: Membership, sort: str, view: str) -> None:
    shelving.made(ann, sort, HOSTILE)

    told = seen(ann, f"{FOLDERS[sort]}/", view=view)

    assert "&lt;script&gt;alert(" in told
    assert "<script>alert(" not in told


@pytest.mark.parametrize("sort", FOLDERS)
def test_viewers_read_and_change_nothing(ann: Membership, sort: str) -> None:
    item = shelving.made(ann, sort, "Say the day")
    viewer = make.member(of=ann.tenant, role=Role.VIEWER)
    folder = FOLDERS[sort]

    assert "Say the day" in seen(viewer, f"{folder}/")
    told = seen(viewer, page_of(item))
    assert "data-editor" not in told
    assert " data-op>" not in told
    for deed in ("archive/", "restore/", "change/", "undo/"):
        assert posted(viewer, page_of(item, deed)).status_code == 404
    assert got(viewer, f"{folder}/new/").status_code == 404
    assert posted(viewer, f"{folder}/several/", item=str(item.pk)).status_code == 404


@pytest.mark.parametrize("sort", FOLDERS)
def test_items_of_another_workspace_are_not_there(ann: Membership, sort: str) -> None:
    theirs = shelving.made(make.member(), sort, "Theirs")

    assert got(ann, page_of(theirs)).status_code == 404
    assert got(ann, page_of(theirs, "history/")).status_code == 404
    for deed in ("archive/", "restore/", "change/"):
        assert posted(ann, page_of(theirs, deed), op="rubbish").status_code == 404
    several = posted(ann, f"{FOLDERS[sort]}/several/", item=str(theirs.pk), deed="archive")
    assert several.status_code == 422
    assert "is not here any more" in several.content.decode()
    assert "Theirs" not in seen(ann, f"{FOLDERS[sort]}/")


@pytest.mark.parametrize(("sort", "view"), VIEWS)
def test_a_list_asks_no_more_for_more_rows(ann: Membership, sort: str, view: str) -> None:
    client, counts = signed_in(ann), []
    client.get(url(ann, f"{FOLDERS[sort]}/"), {"view": view})
    for more in (1, 2):
        for number in range(more):
            item = shelving.made(ann, sort, f"Item {more} {number}")
            if sort != "goal":
                shelving.cite(ann, item, citing.evidence(ann))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url(ann, f"{FOLDERS[sort]}/"), {"view": view}).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_insights_are_filtered_and_put_in_order(ann: Membership) -> None:
    bea = editing.persona(ann, "Bea")
    journey = charting.journey(ann)
    on = charting.blank_map(ann, journey)
    [_, at] = charting.stage(ann, on)
    pain = shelving.made(ann, title="No date", links=[("about", bea)], kind="pain", weight=3)
    gain = shelving.made(ann, title="A kind word", kind="gain", weight=9, status="validated")
    charting.card(ann, on, charting.lane(ann, on, "insight"), at, insight=str(pain.pk))

    def titles(**query: str) -> list[str]:
        rows = got(ann, "insights/", **query).context["rows"]
        return [row.item.title for row in rows]

    assert titles(sort="weight") == ["A kind word", "No date"]
    assert titles(sort="title") == ["A kind word", "No date"]
    assert titles(kind="pain") == titles(persona=str(bea)) == titles(journey=str(journey))
    assert titles(kind="pain") == ["No date"]
    assert titles(status="validated") == titles(q="kind w") == ["A kind word"]
    assert titles(owner="nobody") == titles(owner=str(new_id())) == []
    assert len(titles(owner="me")) == len(titles(persona="rubbish", kind="rubbish")) == 2
    assert shelving.fresh(ann, gain).status == "validated"


def test_several_get_a_status_an_owner_or_the_archive(ann: Membership) -> None:
    first, second = shelving.made(ann, title="One"), shelving.made(ann, title="Two")
    bob = make.member(of=ann.tenant)
    both = [str(first.pk), str(second.pk)]

    posted(ann, "insights/several/", item=both, deed="status", status="validated")
    posted(ann, "insights/several/", item=both, deed="owner", owner=str(bob.pk))
    posted(ann, "insights/several/", item=both[:1], deed="archive")

    rows = shelving.all_of(ann, "insight")
    assert [(row.status, row.owner_id) for row in rows] == [("validated", bob.pk)] * 2
    assert [row.archived_at is None for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"deed": "archive"}, "Tick one or more first."),
        ({"deed": "status"}, "Choose the status first."),
        ({"deed": "rubbish"}, "This cannot be done."),
    ],
)
def test_several_are_refused_with_the_reason(
    ann: Membership, sent: dict[str, str], words: str
) -> None:
    item = shelving.made(ann)
    ids = {} if sent["deed"] == "archive" else {"item": str(item.pk)}

    answer = posted(ann, "insights/several/", **sent, **ids)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_new_item_needs_a_title(ann: Membership) -> None:
    answer = posted(ann, "insights/new/", title=" ", kind="pain")

    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def test_an_opportunity_begins_on_an_insight_and_a_solution_on_it(ann: Membership) -> None:
    insight = shelving.made(ann, title="No date")
    asked = seen(ann, "opportunities/new/", of=str(insight.pk))
    posted(ann, f"opportunities/new/?of={insight.pk}", title="Say the day")
    [chance] = shelving.all_of(ann, "opportunity")
    posted(ann, f"solutions/new/?of={chance.pk}", title="A mail")
    [solution] = shelving.all_of(ann, "solution")

    assert 'value="No date"' in asked
    assert shelving.links_of(ann, chance, "answers") == [insight.pk]
    assert shelving.links_of(ann, solution, "solves") == [chance.pk]
    theirs = shelving.made(make.member())
    for of in (theirs.pk, "rubbish"):
        assert posted(ann, f"opportunities/new/?of={of}", title="x").status_code == 404


def test_a_page_shows_what_hangs_together(ann: Membership) -> None:
    goal = shelving.made(ann, "goal", "Fewer calls")
    insight = shelving.made(ann, title="No date")
    links = [("answers", insight.pk), ("serves", goal.pk)]
    chance = shelving.made(ann, "opportunity", "Say the day", links)
    shelving.made(ann, "solution", "A mail with it", [("solves", chance.pk)])

    told = seen(ann, page_of(chance))

    for words in ("Fewer calls", "No date", "A mail with it", "Whom would it help?"):
        assert words in told
    assert "Say the day" in seen(ann, page_of(insight))
    assert "Say the day" in seen(ann, page_of(goal))


def test_maps_and_steps_are_named_to_those_who_may_open_them(ann: Membership) -> None:
    bob = make.member(of=ann.tenant)
    journey = charting.journey(ann, "I send it back")
    on = charting.blank_map(ann, journey)
    [_, at] = charting.stage(ann, on, "Secret")
    chance = shelving.made(ann, "opportunity", "Say the day", [("lies-at", at)])
    charting.card(ann, on, charting.lane(ann, on, "opportunity"), at, opportunity=str(chance.pk))

    assert "Secret 1" in seen(bob, page_of(chance))
    with tenant_bound(ann.tenant_id):
        Journey.objects.for_tenant(ann.tenant).filter(pk=journey).update(visibility="listed")

    hidden = seen(bob, page_of(chance))
    assert "A step that you may not see" in hidden
    assert "Secret 1" not in hidden
    assert "I send it back: " not in hidden
    assert "Secret 1" not in seen(bob, page_of(chance, "link/"), kind="lies-at")
    assert "Secret 1" in seen(ann, page_of(chance))


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("insight", "about"),
        ("insight", "basis"),
        ("opportunity", "answers"),
        ("opportunity", "serves"),
        ("opportunity", "lies-at"),
        ("opportunity", "helps"),
        ("solution", "solves"),
        ("solution", "makes"),
    ],
)
def test_links_are_found_by_name_and_made(ann: Membership, sort: str, kind: str) -> None:
    made = {
        "persona": editing.persona(ann, "Bea"),
        "insight": shelving.made(ann, title="No date").pk,
        "goal": shelving.made(ann, "goal", "Fewer calls").pk,
        "opportunity": shelving.made(ann, "opportunity", "Say the day").pk,
        "step": charting.stage(ann, charting.blank_map(ann, charting.journey(ann)))[1],
    }
    item = shelving.made(ann, sort, "The one")
    told = got(ann, page_of(item, "link/"), kind=kind)
    context = told.context

    [(pk, title, _)] = [one for one in context["found"] if one[0] in made.values()]
    assert title in told.content.decode()
    sent = {"op": "create", "kind": kind, "parent": str(item.pk)}
    sent[f"value.{context['name']}"] = str(pk)
    assert posted(ann, page_of(item, "change/"), **sent).status_code == 302

    assert shelving.links_of(ann, item, kind) == [pk]
    assert title in seen(ann, page_of(item))
    assert got(ann, page_of(item, "link/"), kind=kind, q="zzz").context["found"] == []
    assert got(ann, page_of(item, "link/"), kind="rubbish").status_code == 404


def test_a_card_moves_on_the_board_by_an_ordinary_operation(ann: Membership) -> None:
    item = shelving.made(ann, "opportunity", "Say the day")
    sent = {"op": "set", "lineage": str(item.pk), "field": "status", "value": "planned"}

    posted(ann, page_of(item, "change/"), **sent)
    [lane] = got(ann, "opportunities/").context["board"].lanes
    columns = lane.columns

    assert [(c.status, len(c.cards)) for c in columns] == [
        ("new", 0),
        ("exploring", 0),
        ("planned", 1),
        ("doing", 0),
        ("done", 0),
        ("dropped", 0),
    ]
    assert posted(ann, page_of(item, "change/"), **{**sent, "value": "lost"}).status_code == 422


def test_goals_stand_as_a_tree(ann: Membership) -> None:
    top = shelving.made(ann, "goal", "B top")
    below = shelving.made(ann, "goal", "A below", parent=str(top.pk))
    shelving.made(ann, "goal", "C other")
    shelving.made(ann, "opportunity", "Say the day", [("serves", below.pk)])

    lines = got(ann, "goals/").context["tree"]

    told = [(line.goal.title, line.depth, line.opportunities) for line in lines]
    assert told == [("B top", 0, 0), ("A below", 1, 1), ("C other", 0, 0)]
    rows = got(ann, "opportunities/", goal=str(below.pk), view="table").context["rows"]
    assert [row.item.title for row in rows] == ["Say the day"]


def test_archived_items_are_off_the_lists_and_come_back(ann: Membership) -> None:
    item = shelving.made(ann, title="No date")

    posted(ann, page_of(item, "archive/"))
    assert "No date" not in seen(ann, "insights/")
    assert "No date" in seen(ann, "insights/", archived="1")
    assert "This insight is archived." in seen(ann, page_of(item))
    posted(ann, page_of(item, "restore/"))

    assert "No date" in seen(ann, "insights/")


def test_insights_are_merged_on_a_page(ann: Membership) -> None:
    kept, other = shelving.made(ann, title="No date"), shelving.made(ann, title="When?")
    theirs = shelving.made(make.member(), title="Theirs")

    assert "When?" in seen(ann, page_of(kept, "merge/"))
    assert posted(ann, page_of(kept, "merge/"), other=str(theirs.pk)).status_code == 404
    assert posted(ann, page_of(kept, "merge/")).status_code == 422
    posted(ann, page_of(kept, "merge/"), other=str(other.pk))

    assert "It was merged into" in seen(ann, page_of(other))


def test_the_palette_finds_the_library(ann: Membership) -> None:
    for sort in FOLDERS:
        shelving.made(ann, sort, f"Refund {sort}")

    told = seen(ann, "find/", q="refund")

    for sort in FOLDERS:
        assert f"Refund {sort}" in told
