"""The pages of dashboards: who sees and changes which, and what their forms refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import Dashboard, Tile
from analytics.rules.tile_kinds import TileKind
from analytics.selectors.tile_rows import NOT_FILTERED
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.boarding import answers, board, every_kind, order, tile
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def ann(db: None) -> Membership:
    """An analyst: she may share."""
    member = make.member(of=make.tenant(), role=Role.ANALYST)
    load_scores(NPS_EXAMPLE, of=member.tenant, touchpoint="checkout", channel="web")
    return member


@pytest.fixture
def vic(ann: Membership) -> Membership:
    """A viewer of the same workspace: he keeps dashboards for himself."""
    return make.member(of=ann.tenant, role=Role.VIEWER)


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def got(member: Membership, path: str = "") -> Any:
    return signed_in(member).get(f"/t/{member.tenant.slug}/dashboards/{path}")


def posted(member: Membership, path: str, **data: Any) -> Any:
    headers = {"HX-Request": "true"} if data.pop("htmx", False) else {}
    address = f"/t/{member.tenant.slug}/dashboards/{path}"
    return signed_in(member).post(address, data, headers=headers)


def the(model: Any, member: Membership) -> Any:
    with tenant_bound(member.tenant_id):
        return model.objects.for_tenant(member.tenant_id).order_by("pk").last()


def test_a_dashboard_is_made_filled_changed_and_archived(ann: Membership) -> None:
    empty = got(ann).content.decode()
    made = posted(ann, "new/", title=" Monday ", sharing="everybody", position=0)
    on = the(Dashboard, ann)
    added = posted(
        ann,
        f"{on.pk}/tiles/new/?kind=bars",
        metric="nps",
        by="channel",
        width=2,
        answers="own",
        period="28d",
        compare="previous",
        channel=["web"],
    )
    kept = the(Tile, ann)
    shown = got(ann, f"{on.pk}/").content.decode()
    posted(ann, f"{on.pk}/settings/", title="Tuesday", sharing="everybody", position=3)
    listed = got(ann).content.decode()
    posted(ann, f"{on.pk}/archive/")

    assert "Which numbers belong together?" in empty
    assert made["Location"].endswith(f"/dashboards/{on.pk}/?edit=1")
    assert added["Location"].endswith(f"/dashboards/{on.pk}/?edit=1#tile-{kept.pk}")
    assert kept.query == {"metric": "nps", "by": "channel", "filter": "channel=web&period=28d"}
    assert "Own filter" in shown
    assert "From 24 Oct 2026 to 20 Nov 2026." in shown
    assert ">Tuesday</a>" in listed
    assert got(ann, f"{on.pk}/").status_code == 404
    assert "Bring back" in got(ann, "?show=archived").content.decode()
    assert posted(ann, f"{on.pk}/restore/").status_code == 302
    assert got(ann, f"{on.pk}/").status_code == 200


def test_what_was_done_is_written_down(ann: Membership) -> None:
    on = board(ann, sharing="everybody")
    tile(on, ann)

    with tenant_bound(ann.tenant_id):
        rows = AuditEntry.objects.for_tenant(ann.tenant).filter(object_id=on.pk).order_by("pk")
        found = [(row.action, list(row.changes)) for row in rows]

    assert found == [("dashboard-created", []), ("dashboard-changed", ["tile-added"])]


@pytest.mark.parametrize(
    ("sharing", "roles", "sees"),
    [("private", [], False), ("roles", ["agent"], False), ("roles", ["viewer"], True),
     ("everybody", [], True)],
    ids=["private", "other-roles", "own-role", "everybody"],
)  # fmt: skip
def test_a_viewer_sees_what_is_for_them_and_changes_nothing_of_it(
    ann: Membership, vic: Membership, sharing: str, roles: list[str], *, sees: bool
) -> None:
    on = board(ann, sharing=sharing, roles=roles)
    mine = tile(on, ann)

    statuses = {got(vic, f"{on.pk}/{path}").status_code for path in ("", "wall/")}
    deeds = {
        posted(vic, f"{on.pk}/{path}", title="Mine", place=0, width=2, position=0).status_code
        for path in (
            *("settings/", "archive/", "tiles/new/", f"tiles/{mine.pk}/edit/"),
            *(f"tiles/{mine.pk}/{deed}/" for deed in ("move", "resize", "remove", "restore")),
        )
    }

    assert statuses == {200 if sees else 404}
    assert ("Monday" in got(vic).content.decode()) is sees
    assert "?edit=1" not in got(vic, f"{on.pk}/?edit=1").content.decode()
    assert deeds == {404}


def test_one_who_may_not_share_keeps_boards_for_themselves(vic: Membership) -> None:
    form = got(vic, "new/").content.decode()
    posted(vic, "new/", title="Mine", sharing="everybody", roles=["viewer"], position=0)
    on = the(Dashboard, vic)
    posted(vic, f"{on.pk}/settings/", title="Still mine", sharing="everybody", position=0)

    assert "Your role keeps dashboards for itself" in form
    assert (on.sharing, on.owner_id) == ("private", vic.pk)
    assert the(Dashboard, vic).sharing == "private"
    assert the(Dashboard, vic).title == "Still mine"
    assert posted(vic, f"{on.pk}/tiles/new/?kind=note", text="Hi", width=1).status_code == 302


def test_others_who_build_change_a_shared_board_but_cannot_take_it(ann: Membership) -> None:
    eve = make.member(of=ann.tenant, role=Role.MANAGER)
    shared, private = board(ann, sharing="roles", roles=["viewer"]), board(ann, "Secret")

    changed = posted(eve, f"{shared.pk}/settings/", title="Ours", sharing="everybody", position=0)
    taken = posted(eve, f"{shared.pk}/settings/", title="Ours", sharing="private", position=0)

    assert changed.status_code == 302
    assert (taken.status_code, taken.context["form"].errors["sharing"]) == (
        422,
        ["Only its owner can keep a dashboard for themselves."],
    )
    assert got(eve, f"{private.pk}/").status_code == 404
    assert "Secret" not in got(eve).content.decode()


def test_tiles_are_moved_resized_taken_away_and_brought_back(ann: Membership) -> None:
    on = board(ann)
    one, two, three = (tile(on, ann, title=title) for title in ("One", "Two", "Three"))
    path = f"{on.pk}/tiles/{three.pk}/"

    moved = posted(ann, f"{path}move/", place=0)
    after_move = order(on)
    part = posted(ann, f"{path}move/?edit=1", htmx=True, place=99).content.decode()
    after_end = order(on)
    posted(ann, f"{path}resize/", width=3)
    removed = posted(ann, f"{on.pk}/tiles/{two.pk}/remove/")
    without = order(on)
    offered = got(ann, f"{on.pk}/?edit=1&removed={two.pk}").content.decode()
    posted(ann, f"{on.pk}/tiles/{two.pk}/restore/")

    assert moved["Location"].endswith(f"?edit=1#tile-{three.pk}")
    assert after_move == ["Three", "One", "Two"]
    assert part.lstrip().startswith('<div class="figures-body" id="dashboard-body"')
    assert 'data-says="Moved to place 3."' in part
    assert after_end == ["One", "Two", "Three"]
    assert the(Tile, ann).width == 3
    assert removed["Location"].endswith(f"?edit=1&removed={two.pk}")
    assert without == ["One", "Three"]
    assert "The tile is taken away." in offered
    assert order(on) == ["One", "Two", "Three"]
    assert one.position == 0


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [("move", {"place": "up"}, "Not moved"), ("resize", {"width": "4"}, "from 1 to 3")],
    ids=["move", "resize"],
)
def test_nonsense_changes_nothing_and_is_said(
    ann: Membership, path: str, data: dict[str, str], words: str
) -> None:
    on = board(ann)
    only = tile(on, ann)

    part = posted(ann, f"{on.pk}/tiles/{only.pk}/{path}/?edit=1", htmx=True, **data)

    assert words in part.content.decode()
    assert (the(Tile, ann).position, the(Tile, ann).width) == (0, 1)


@pytest.mark.parametrize(
    ("kind", "data", "field", "words"),
    [
        ("figure", {"metric": "gone"}, "metric", "not one of the available"),
        ("bars", {"metric": "nps", "by": "moon"}, "by", "not one of the available"),
        ("note", {"text": " "}, "text", "required"),
        ("note", {"text": "x" * 4_001}, "text", "4000"),
        ("figure", {"metric": "nps", "answers": "own", "period": "custom"}, "from", "first day"),
        (
            "figure",
            {"metric": "nps", "answers": "own", "period": "custom", "from": "2026-11-02",
             "to": "2026-11-01"},
            "to",
            "after the first",
        ),
        ("figure", {"metric": "nps", "width": "9"}, "width", "not one of the available"),
    ],
    ids=["metric", "by", "empty-note", "long-note", "no-days", "backwards", "width"],
)  # fmt: skip
def test_a_tile_that_cannot_be_is_refused_at_its_field(
    ann: Membership, kind: str, data: dict[str, str], field: str, words: str
) -> None:
    on = board(ann)
    usual = {"width": "1", "answers": "board", "period": "13w", "compare": "previous"}

    answer = posted(ann, f"{on.pk}/tiles/new/?kind={kind}", **{**usual, **data})

    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert order(on) == []


def test_a_form_of_a_tile_shows_what_it_asks_and_keeps_it(ann: Membership) -> None:
    on = board(ann)
    only = tile(
        on, ann, title="Days", filter="from=2026-11-01&to=2026-11-09&compare=year&weighted=1"
    )
    form = got(ann, f"{on.pk}/tiles/{only.pk}/edit/").context["form"]

    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    saved = posted(ann, f"{on.pk}/tiles/{only.pk}/edit/", **again)

    assert again["weighted"] is True
    assert saved.status_code == 302
    assert the(Tile, ann).query == only.query


def test_two_sendings_of_a_form_make_one_tile(ann: Membership) -> None:
    on = board(ann)
    data = {"text": "Once", "width": "1", "sent_as": str(new_id())}

    first = posted(ann, f"{on.pk}/tiles/new/?kind=note", **data)
    second = posted(ann, f"{on.pk}/tiles/new/?kind=note", **data)

    assert first["Location"] == second["Location"]
    assert len(order(on)) == 1


def test_a_copy_is_ones_own_and_has_the_same_tiles(ann: Membership, vic: Membership) -> None:
    on = board(ann, sharing="everybody")
    tile(on, ann, title="One", width=2)
    tile(on, ann, "note", text="Two", title="Two")

    made = posted(vic, f"{on.pk}/copy/")
    copy = the(Dashboard, ann)

    assert made["Location"].endswith(f"/{copy.pk}/?edit=1")
    assert (copy.title, copy.sharing, copy.owner_id) == ("Monday (copy)", "private", vic.pk)
    assert order(copy) == ["One", "Two"]


def test_the_filter_of_the_address_is_kept_in_every_link(ann: Membership) -> None:
    on = board(ann)
    tile(on, ann)

    shown = got(ann, f"{on.pk}/?touchpoint=checkout&period=28d&moon=1").content.decode()

    assert "“moon” is not a filter" in shown
    assert f'/dashboards/{on.pk}/wall/?period=28d&amp;touchpoint=checkout"' in shown
    assert 'href="?period=28d&amp;touchpoint=checkout&amp;edit=1"' in shown


def test_the_wall_asks_for_news_and_is_told_when_there_are_none(ann: Membership) -> None:
    on = board(ann)
    tile(on, ann)
    client = signed_in(ann)
    path = f"/t/{ann.tenant.slug}/dashboards/{on.pk}/wall/"
    whole = client.get(path)
    seen = whole.context["token"]

    same = client.get(f"{path}?seen={seen}", headers={"HX-Request": "true"})
    make.load(make.record(0), of=ann.tenant)
    news = client.get(f"{path}?seen={seen}", headers={"HX-Request": "true"}).content.decode()

    assert 'class="side' not in whole.content.decode()
    assert same.status_code == 204
    assert news.lstrip().startswith('<div class="figures-body" id="wall-body"')
    assert "52 answers" in news


def test_every_kind_of_tile_has_a_form_and_is_drawn(ann: Membership) -> None:
    on = board(ann)
    for kind, asked in every_kind(ann).items():
        usual = {"width": "1", "answers": "board", "period": "13w", "compare": "previous"}
        if "question" in asked:
            usual["asked"] = f"{asked['survey']}:{asked['question']}"
        added = posted(ann, f"{on.pk}/tiles/new/?kind={kind}", **{**usual, **asked})
        assert (kind, added.status_code) == (kind, 302)

    shown = got(ann, f"{on.pk}/").content.decode()

    assert shown.count('class="board-tile is-') == len(TileKind)
    assert "Words of <em>our</em> own." in shown
    assert "No comments here." in shown
    for made in Tile.objects.for_tenant(ann.tenant):
        form = got(ann, f"{on.pk}/tiles/{made.pk}/edit/").content.decode()
        assert "Change the tile" in form


def test_a_filter_that_does_not_count_is_said_on_the_tile(ann: Membership) -> None:
    on = board(ann)
    for kind, asked in every_kind(ann).items():
        tile(on, ann, kind, **asked)

    plain, filtered = answers(on), answers(on, "period=28d")

    said = {one.kind for one in filtered.answers if NOT_FILTERED in one.notes}
    assert said == {kind for kind in TileKind if not kind.follows_board} - {TileKind.NOTE}
    assert not [one for one in plain.answers if NOT_FILTERED in one.notes]


@pytest.mark.parametrize("boards", [1, 3])
def test_the_list_needs_the_same_queries_whatever_its_length(
    ann: Membership, boards: int, django_assert_num_queries: Any
) -> None:
    for place in range(boards):
        tile(board(ann, f"Board {place}"), ann)
    client = signed_in(ann)

    with django_assert_num_queries(11, exact=False):
        shown = client.get(f"/t/{ann.tenant.slug}/dashboards/")

    assert shown.content.decode().count("/dashboards/") >= boards
