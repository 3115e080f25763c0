"""Scores as pages: models, what an item is scored, lists, boards and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, Score, ScoreModel
from tests import make
from tests.journeys import charting, scoring, shelving
from tests.journeys.test_library_pages import got, page_of, posted, seen, signed_in, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOSTILE = '<script>alert("x")</script> & “q”'
ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; “q”"
USUAL = "opportunity-rice"
VALUE = "opportunity-value-effort"


@pytest.fixture
def ann() -> Membership:
    return make.member()


def problem(member: Membership, title: str = "Nobody says when", **values: Any) -> Any:
    return shelving.made(member, "opportunity", title, **values)


def said(member: Membership, item: Any, key: str = VALUE, **values: Any) -> Any:
    told = {"scores": key, "reason": ""} | values
    return posted(member, page_of(item, "scores/"), **told)


def entered(member: Membership, model: ScoreModel, **changes: str) -> dict[str, str]:
    """Give what the form of a model would send, with changes."""
    told = {"title": model.title, "x": model.x, "y": model.y, "size": model.size}
    for prefix, rows in (("inputs", model.inputs), ("formulas", model.formulas)):
        told |= {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": str(len(rows))}
    for number, one in enumerate(model.inputs):
        told |= {
            f"inputs-{number}-key": one["key"],
            f"inputs-{number}-label": one["label"],
            f"inputs-{number}-least": "" if one["min"] is None else str(one["min"]),
            f"inputs-{number}-most": "" if one["max"] is None else str(one["max"]),
            f"inputs-{number}-source": one["auto"],
        }
        told |= {f"inputs-{number}-is_cost": "on"} if one["is_cost"] else {}
    for number, one in enumerate(model.formulas):
        told |= {
            f"formulas-{number}-key": one["key"],
            f"formulas-{number}-label": one["label"],
            f"formulas-{number}-text": one["expr"],
        }
    return told | changes


def test_the_usual_models_are_there_when_somebody_looks(ann: Membership) -> None:
    page = seen(ann, "scores/")

    assert "reach * impact * confidence / 100 / effort" in page
    assert page.count(">Desirable, feasible, viable</a>") == 2
    assert page.count('<span class="badge">Usual</span>') == 2


def test_a_viewer_reads_models_and_changes_none(ann: Membership) -> None:
    viewer = make.member(of=ann.tenant, role=Role.VIEWER)
    model = scoring.model(ann)

    page = seen(viewer, "scores/")

    assert "New model" not in page
    assert f"scores/{model.pk}/" not in page
    for deed in ("", "archive/", "default/", "restore/"):
        assert posted(viewer, f"scores/{model.pk}/{deed}").status_code == 404
    assert posted(viewer, "scores/new/").status_code == 404
    assert posted(viewer, "scores/compute/").status_code == 404


def test_models_of_others_are_not_there(ann: Membership) -> None:
    other = scoring.model(make.member())

    assert got(ann, f"scores/{other.pk}/").status_code == 404
    for deed in ("", "archive/", "default/", "restore/"):
        assert posted(ann, f"scores/{other.pk}/{deed}").status_code == 404


def test_a_model_of_ones_own_is_made_and_opened(ann: Membership) -> None:
    rice = scoring.model(ann, USUAL)

    answer = posted(ann, "scores/new/", title=HOSTILE, of=str(rice.pk))

    with tenant_bound(ann.tenant_id):
        made = ScoreModel.objects.for_tenant(ann.tenant).get(title=HOSTILE)
    assert answer.url == url(ann, f"scores/{made.pk}/")
    assert ESCAPED in seen(ann, f"scores/{made.pk}/")
    assert HOSTILE not in seen(ann, "scores/")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "Ours", "of": "nothing"}, "Select a valid choice."),
    ],
)
def test_a_model_without_a_title_or_a_beginning_is_refused(
    ann: Membership, values: dict[str, str], words: str
) -> None:
    rice = scoring.model(ann, USUAL)

    answer = posted(ann, "scores/new/", **({"of": str(rice.pk)} | values))

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_model_is_changed(ann: Membership) -> None:
    model = scoring.model(ann)
    told = entered(ann, model, **{"formulas-0-text": "value - effort", "title": "Mine"})

    answer = posted(ann, f"scores/{model.pk}/", **told)

    after = scoring.model(ann)
    assert answer.status_code == 302
    assert (after.title, after.formulas[0]["expr"]) == ("Mine", "value - effort")
    assert after.inputs == model.inputs


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"formulas-0-text": "value * / effort"}, "“/” at character 9"),
        ({"formulas-0-text": "value / size"}, "no input “size”"),
        ({"formulas-0-key": "Ratio!"}, "lower-case letters"),
        ({"inputs-0-most": "-1"}, "the least lies below the most"),
        ({"inputs-0-label": ""}, "This field is required."),
        ({"x": "elsewhere"}, "Select a valid choice."),
        ({"inputs-TOTAL_FORMS": "9999"}, "at most 12"),
        ({"inputs-TOTAL_FORMS": "many"}, "ManagementForm data is missing"),
    ],
)
def test_a_model_that_cannot_be_used_is_not_saved_and_says_why(
    ann: Membership, changes: dict[str, str], words: str
) -> None:
    model = scoring.model(ann)

    answer = posted(ann, f"scores/{model.pk}/", **entered(ann, model, **changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert scoring.model(ann).formulas == model.formulas


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a + b", "This formula can be read."),
        ("a + + b", "“+” at character 5"),
        ("a + c", "There is no input “c”; there are a, b"),
        ("", 'role="status"></p>'),
        (HOSTILE, "“&lt;” at character 1"),
    ],
)
def test_a_formula_is_checked_while_one_types(ann: Membership, text: str, words: str) -> None:
    told = {"at": "1", "inputs-0-key": "a", "inputs-1-key": "b", "formulas-1-text": text}

    page = seen(ann, "scores/check/", **told)

    assert words in page
    assert 'id="formula-check-1"' in page


def test_the_last_model_of_a_subject_is_not_archived(ann: Membership) -> None:
    rice = scoring.model(ann)
    with tenant_bound(ann.tenant_id):
        rows = ScoreModel.objects.for_tenant(ann.tenant).filter(subject="opportunity")
        rows.exclude(pk=rice.pk).update(archived_at=make.NOW, is_default=False)

    answer = posted(ann, f"scores/{rice.pk}/archive/")

    assert answer.status_code == 409
    assert "last model for opportunities" in answer.content.decode()


def test_models_are_archived_restored_and_made_usual(ann: Membership) -> None:
    model = scoring.model(ann)

    assert posted(ann, f"scores/{model.pk}/archive/").status_code == 302
    assert "1 archived" in seen(ann, "scores/")
    assert posted(ann, f"scores/{model.pk}/default/").status_code == 409
    assert posted(ann, f"scores/{model.pk}/restore/").status_code == 302
    assert posted(ann, f"scores/{model.pk}/default/").status_code == 302
    assert scoring.model(ann).is_default


@pytest.mark.parametrize("sort", ["opportunity", "solution"])
def test_values_are_said_on_the_page_of_an_item(ann: Membership, sort: str) -> None:
    item, key = shelving.made(ann, sort), f"{sort}-value-effort"

    told = {"value-value": "6", "value-lo": "4", "value-hi": "8", "effort-value": "2"}
    answer = said(ann, item, key, **told, reason="Ten talks")

    page = seen(ann, page_of(item), scores=key)
    assert answer.url == url(ann, f"{page_of(item)}?scores={key}#scores")
    assert "<strong>3 (2 to 4)</strong>" in page
    assert 'name="value-lo" value="4"' in page
    assert page.count("Ten talks") == 4


def test_without_values_the_page_says_why_there_is_no_score(ann: Membership) -> None:
    page = seen(ann, page_of(problem(ann)))

    assert "No score: Reach, Impact, Confidence (%) and Effort are missing." in page


def test_an_item_that_is_not_scored_has_no_scores(ann: Membership) -> None:
    for sort in ("insight", "goal"):
        assert 'id="scores"' not in seen(ann, page_of(shelving.made(ann, sort)))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"value-value": "11"}, "Value: 0 to 10"),
        ({"value-value": "many"}, "Value: Enter a number."),
        ({"value-value": "nan"}, "Value: Enter a number."),
        ({"value-value": "5", "value-lo": "6", "value-hi": "7"}, "between both ends"),
        ({"value-value": "5", "reason": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_values_that_cannot_be_are_refused_and_stay_in_the_form(
    ann: Membership, values: dict[str, str], words: str
) -> None:
    item = problem(ann)

    answer = said(ann, item, **values)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'name="value-value" value="{values["value-value"]}"' in page
    with tenant_bound(ann.tenant_id):
        assert not Score.objects.for_tenant(ann.tenant).exists()


def test_values_are_refused_to_viewers_and_to_strangers(ann: Membership) -> None:
    item = problem(ann)
    scoring.model(ann)
    viewer = make.member(of=ann.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert said(viewer, item, **{"value-value": "5"}).status_code == 404
    assert said(stranger, item, **{"value-value": "many"}).status_code == 404
    assert said(ann, item, "no-model").status_code == 404
    assert 'name="value-value"' not in seen(viewer, page_of(item), scores=VALUE)


def test_lists_show_the_score_of_the_usual_model_and_are_sorted_by_it(ann: Membership) -> None:
    low, high, none = (problem(ann, title) for title in ("Low", "High", "None"))
    for item, reach in ((low, 10), (high, 90)):
        scoring.say(ann, item, USUAL, reach=reach, impact=1, confidence=100, effort=1)

    page = seen(ann, "opportunities/", view="table", sort="score")
    board = seen(ann, "opportunities/", view="board", sort="score")

    for shown in (page, board):
        places = [shown.index(f'id="opportunity-{item.pk}"') for item in (high, low, none)]
        assert places == sorted(places)
    assert "No score" in page
    assert "RICE</span> <strong>90</strong>" in board


def test_the_number_of_queries_of_a_scored_list_does_not_grow(ann: Membership) -> None:
    counts = []
    for number in range(3):
        item = problem(ann, f"Number {number}", due="2027-01-01")
        scoring.say(ann, item, USUAL, effort=number + 1)
        told = {}
        for path, query in (
            ("opportunities/", {"view": "table", "sort": "score"}),
            ("opportunities/", {"view": "board", "lanes": "goal"}),
            ("opportunities/matrix/", {}),
        ):
            client = signed_in(ann)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(ann, path), query).status_code == 200
            told[path, str(query)] = len(queries)
        counts.append(told)

    assert counts[0] == counts[2]


def test_a_board_has_lanes_by_owner_by_goal_and_by_journey(ann: Membership) -> None:
    journey = charting.journey(ann, "I send back shoes")
    drawn = charting.blank_map(ann, journey)
    _, step = charting.stage(ann, drawn)
    goal = shelving.made(ann, "goal", "Fewer calls")
    links = [("lies-at", step), ("serves", goal.pk)]
    there = shelving.made(ann, "opportunity", "There", links=links)
    problem(ann, "Elsewhere", owner=None)

    for by, lane, rest in (
        ("journey", "I send back shoes", "In no journey"),
        ("goal", "Fewer calls", "For no goal"),
        ("owner", ann.user.get_full_name(), "Nobody’s"),
    ):
        page = seen(ann, "opportunities/", view="board", lanes=by)
        assert page.count("data-board ") == 2
        first, second = page.index(f">{lane} <span"), page.index(f">{rest} <span")
        assert first < page.index(f'id="opportunity-1-{there.pk}"') < second
    assert seen(ann, "opportunities/", view="board", lanes="<b>").count("data-board ") == 1


def test_lanes_tell_nothing_of_journeys_that_one_may_not_open(ann: Membership) -> None:
    journey = charting.journey(ann, "A secret journey")
    drawn = charting.blank_map(ann, journey)
    _, step = charting.stage(ann, drawn)
    shelving.made(ann, "opportunity", "There", links=[("lies-at", step)])
    with tenant_bound(ann.tenant_id):
        Journey.objects.for_tenant(ann.tenant).filter(pk=journey).update(visibility="listed")
    other = make.member(of=ann.tenant, role=Role.ANALYST)

    page = seen(other, "opportunities/", view="board", lanes="journey")

    assert "A secret journey" not in page
    assert "In no journey" in page
