"""Scores of opportunities and solutions: models, values that people say and data, and history."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.work.models import Outbox, Schedule
from journeys.errors import NotNowError, ScoreError, TitleNeededError
from journeys.models import Score, ScoreModel
from journeys.rules.formula_errors import ScoreModelError
from journeys.rules.formulas import Span
from journeys.rules.scoring import Expression, Scoring
from journeys.selectors.scores import by_score, models_of, past_scores, scores_of, scoring_of
from journeys.services import score_models as services
from journeys.services.bindings import bind_metric
from journeys.services.scores import compute_scores, set_scores
from tests import make
from tests.analytics import map_world
from tests.journeys import scoring, shelving

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LATER = make.NOW + timedelta(days=1)


@pytest.fixture
def ann() -> Membership:
    return make.member()


def problem(member: Membership, *steps: UUID, title: str = "Nobody says when") -> Any:
    links = [("lies-at", step) for step in steps]
    return shelving.made(member, "opportunity", title, links=links)


def models(member: Membership, subject: str = "") -> list[ScoreModel]:
    scoring.model(member)
    with tenant_bound(member.tenant_id):
        return models_of(member.tenant, subject)


def change(member: Membership, model: ScoreModel, **told: Any) -> None:
    values: dict[str, Any] = {
        "title": model.title,
        "scoring": scoring_of(model),
        "x": model.x,
        "y": model.y,
        "size": model.size,
    } | told
    with tenant_bound(member.tenant_id):
        services.change_model(model=model, by=member, now=make.NOW, **values)


def computed(member: Membership, at: Any = make.NOW) -> int:
    scoring.model(member)
    with tenant_bound(member.tenant_id):
        return compute_scores(tenant=member.tenant, now=at)


def test_a_workspace_gets_the_usual_models_once_and_has_them_computed(ann: Membership) -> None:
    found = models(ann)
    with tenant_bound(ann.tenant_id):
        services.ensure_models(tenant=ann.tenant, now=make.NOW)
        task = services.COMPUTE
        promised = Outbox.objects.for_tenant(ann.tenant).filter(task=task).count()
        daily = Schedule.objects.for_tenant(ann.tenant).filter(task=task).count()

    assert len(found) == 10
    assert (promised, daily) == (1, 1)
    assert [one.key for one in found if one.is_default] == ["opportunity-rice", "solution-rice"]
    assert {one.title for one in found if one.subject == "solution"} == {
        "Value and effort",
        "RICE",
        "ICE",
        "WSJF",
        "Desirable, feasible, viable",
    }


def test_a_copy_is_a_model_of_its_own_and_is_written_down(ann: Membership) -> None:
    rice = scoring.model(ann, "opportunity-rice")

    with tenant_bound(ann.tenant_id):
        made = services.copy_model(of=rice, title=" Our  own ", by=ann, now=make.NOW)
        entry = AuditEntry.objects.for_tenant(ann.tenant).get(action="score-model-made")

    assert (made.key, made.title, made.subject) == ("our-own", "Our own", "opportunity")
    assert (made.inputs, made.is_default) == (rice.inputs, False)
    assert entry.object_id == made.pk


def test_a_model_without_a_title_is_refused(ann: Membership) -> None:
    rice = scoring.model(ann, "opportunity-rice")

    with tenant_bound(ann.tenant_id), pytest.raises(TitleNeededError):
        services.copy_model(of=rice, title=" ", by=ann, now=make.NOW)


def test_a_model_gets_other_formulas_and_keeps_the_values(ann: Membership) -> None:
    item, model = problem(ann), scoring.model(ann)
    scoring.say(ann, item, value=8, effort=4)
    inputs = scoring_of(model).inputs

    change(ann, model, scoring=Scoring(inputs, (Expression("sum", "Sum", "value + effort"),)))

    assert scoring.scored(ann, item).main.words == "12"
    with tenant_bound(ann.tenant_id):
        entry = AuditEntry.objects.for_tenant(ann.tenant).get(action="score-model-changed")
    assert list(entry.changes) == ["formulas"]


def test_a_formula_that_cannot_be_read_changes_nothing(ann: Membership) -> None:
    model = scoring.model(ann)
    broken = Scoring(scoring_of(model).inputs, (Expression("ratio", "R", "value //"),))

    with pytest.raises(ScoreModelError, match="at character 8"):
        change(ann, model, scoring=broken)

    assert scoring.model(ann).formulas == model.formulas


def test_one_model_of_each_subject_is_the_default(ann: Membership) -> None:
    model = scoring.model(ann)

    with tenant_bound(ann.tenant_id):
        services.make_default(model=model, by=ann)

    defaults = [one.key for one in models(ann) if one.is_default]
    assert defaults == ["opportunity-value-effort", "solution-rice"]


def test_two_defaults_of_a_subject_cannot_be(ann: Membership) -> None:
    with (
        tenant_bound(ann.tenant_id),
        pytest.raises(IntegrityError, match="one_default"),
        transaction.atomic(),
    ):
        ScoreModel.objects.for_tenant(ann.tenant).filter(pk=scoring.model(ann).pk).update(
            is_default=True
        )


def test_archived_models_are_off_the_lists_until_they_are_restored(ann: Membership) -> None:
    rice = scoring.model(ann, "opportunity-rice")
    with tenant_bound(ann.tenant_id):
        services.archive_model(model=rice, by=ann, now=make.NOW)

        with pytest.raises(NotNowError):
            services.make_default(model=rice, by=ann)
        assert rice.key not in [one.key for one in models_of(ann.tenant)]
        assert [one.key for one in models_of(ann.tenant, is_archived=True)] == [rice.key]
        services.restore_model(model=rice, by=ann)
        assert not rice.is_default
        assert rice.key in [one.key for one in models_of(ann.tenant)]


def test_the_last_model_of_a_subject_stays(ann: Membership) -> None:
    *others, last = models(ann, "solution")
    with tenant_bound(ann.tenant_id):
        for one in others:
            services.archive_model(model=one, by=ann, now=make.NOW)

        with pytest.raises(NotNowError, match="last model for solutions"):
            services.archive_model(model=last, by=ann, now=make.NOW)


def test_values_are_said_and_the_score_follows(ann: Membership) -> None:
    item = problem(ann)
    scoring.say(ann, item, value=(6, 4, 8), effort=2)

    found = scoring.scored(ann, item)

    assert found.worth("ratio").span == Span(3, 2, 4)
    assert found.main.words == "3 (2 to 4)"
    assert [line.words for line in found.inputs] == ["6 (4 to 8)", "2"]


def test_without_values_there_is_no_score(ann: Membership) -> None:
    item = problem(ann)
    scoring.say(ann, item, value=6)

    assert scoring.scored(ann, item).main.words == "No score: Effort is missing."


def test_solutions_are_scored_as_well(ann: Membership) -> None:
    item = shelving.made(ann, "solution", "A sign with the day")
    scoring.say(ann, item, "solution-ice", impact=2, confidence=3, ease=4)

    assert scoring.scored(ann, item, "solution-ice").main.words == "24"


def test_what_was_said_before_is_kept(ann: Membership) -> None:
    item, model = problem(ann), scoring.model(ann)
    scoring.say(ann, item, value=6, reason="A guess")
    scoring.say(ann, item, value=7, reason="Ten talks", at=LATER)
    scoring.say(ann, item, value=7, reason="Ten talks", at=LATER)

    with tenant_bound(ann.tenant_id):
        past = past_scores(model, item)

    assert [(one.value, one.reason, one.by) for one in past] == [
        (7.0, "Ten talks", ann),
        (6.0, "A guess", ann),
    ]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"value": (11.0, None, None)}, "value", "Value: 0 to 10"),
        ({"value": (float("nan"), None, None)}, "value", "Value: 0 to 10"),
        ({"effort": (float("inf"), None, None)}, "value", "Effort"),
        ({"value": (5.0, 4.0, None)}, "lo", "both ends"),
        ({"value": (5.0, 6.0, 7.0)}, "lo", "between both ends"),
        ({"stars": (5.0, None, None)}, "input", "no input “stars”"),
    ],
)
def test_values_that_cannot_be_are_refused_all_together(
    ann: Membership, values: dict[str, Any], field: str, words: str
) -> None:
    item, model = problem(ann), scoring.model(ann)

    told = {"effort": (1.0, None, None)} | values
    with tenant_bound(ann.tenant_id), pytest.raises(ScoreError, match=words) as refused:
        set_scores(model=model, item=item, values=told, by=ann, now=make.NOW)

    assert refused.value.field == field
    assert scoring.scored(ann, item).held == {}


def test_archived_items_are_not_scored(ann: Membership) -> None:
    item = problem(ann)
    shelving.archive(ann, item)

    with pytest.raises(ScoreError, match="archived"):
        scoring.say(ann, shelving.fresh(ann, item), value=3)


def test_reach_counts_customers_at_the_steps_each_once(ann: Membership) -> None:
    of = map_world.world("shop", "door", member=ann)
    scoring.visits(ann, "shop", "Bo", "Bo", "Cy", "Di")
    scoring.visits(ann, "shop", "Long ago", day=31)
    scoring.visits(ann, "door", "Elsewhere")
    item = problem(ann, of.steps["shop"])

    computed(ann)

    reach = scoring.scored(ann, item, "opportunity-rice").held["reach"]
    assert reach.computed is not None
    assert (reach.computed.value, reach.computed.n) == (3.0, 3)
    assert reach.computed.reason == "Customers at its steps in 30 days."


def test_impact_is_how_much_worse_it_is_there_than_elsewhere(ann: Membership) -> None:
    of = map_world.world("shop", "door", member=ann)
    make.load(
        *[make.record(0 if n < 30 else 10, touchpoint="shop") for n in range(60)],
        *[make.record(0 if n < 6 else 10, touchpoint="door") for n in range(60)],
        of=ann.tenant,
    )
    item = problem(ann, of.steps["shop"])

    computed(ann)

    impact = scoring.scored(ann, item, "opportunity-rice").held["impact"].computed
    assert impact is not None
    assert impact.lo is not None
    assert impact.hi is not None
    # Half promoters less half detractors is 0; nine tenths less one tenth is 80.
    assert (impact.value, impact.n) == (80.0, 60)
    assert 40 < impact.lo < 80 < impact.hi < 120


def test_impact_is_of_the_metric_that_most_steps_show(ann: Membership) -> None:
    of = map_world.world("shop", "door", member=ann)
    make.load(
        *[make.record(1, metric="csat_5", touchpoint="shop") for _ in range(60)],
        *[make.record(5, metric="csat_5", touchpoint="door") for _ in range(60)],
        of=ann.tenant,
    )
    csat = make.metric("csat_5", of=ann.tenant)
    told: dict[str, Any] = {"touchpoint": None, "window_days": 28, "min_n": 30, "by": ann}
    told |= {"step": of.steps["door"], "metric": csat, "now": make.NOW}
    with tenant_bound(ann.tenant_id):
        bind_metric(journey=of.map().journey, **told)
    item = problem(ann, of.steps["shop"])

    computed(ann)

    impact = scoring.scored(ann, item, "opportunity-rice").held["impact"].computed
    assert impact is not None
    assert (impact.value, impact.n) == (100.0, 60)


def test_what_lies_at_no_step_is_not_computed_and_says_why(ann: Membership) -> None:
    item = problem(ann)

    computed(ann)

    found = scoring.scored(ann, item, "opportunity-rice")
    assert found.held["reach"].span is None
    assert found.held["reach"].computed.reason == "It lies at no step that has a touchpoint."  # type: ignore[union-attr]
    assert "Reach, Impact" in found.main.words


def test_what_came_out_as_before_is_not_written_again(ann: Membership) -> None:
    problem(ann)

    assert computed(ann) == 2
    assert computed(ann, LATER) == 0


def test_a_computed_value_is_set_aside_only_with_a_reason_and_stays_visible(
    ann: Membership,
) -> None:
    of = map_world.world("shop", member=ann)
    scoring.visits(ann, "shop", "Bo")
    item = problem(ann, of.steps["shop"])
    computed(ann)

    with pytest.raises(ScoreError, match="computed from data") as refused:
        scoring.say(ann, item, "opportunity-rice", reach=500)
    scoring.say(ann, item, "opportunity-rice", reach=500, reason="The new shop counts twice")
    computed(ann, LATER)

    held = scoring.scored(ann, item, "opportunity-rice").held["reach"]
    assert refused.value.field == "reason"
    assert held.score is not None
    assert held.computed is not None
    assert (held.score.value, held.computed.value) == (500.0, 1.0)


def test_taking_back_what_was_said_leaves_what_was_computed(ann: Membership) -> None:
    of = map_world.world("shop", member=ann)
    scoring.visits(ann, "shop", "Bo")
    item = problem(ann, of.steps["shop"])
    computed(ann)
    scoring.say(ann, item, "opportunity-rice", reach=500, reason="A guess")

    scoring.say(ann, item, "opportunity-rice", reach=None, at=LATER)

    held = scoring.scored(ann, item, "opportunity-rice").held["reach"]
    assert held.said is None
    assert held.span is not None
    assert held.span.value == 1.0


def test_solutions_reach_whom_their_opportunities_reach(ann: Membership) -> None:
    of = map_world.world("shop", member=ann)
    scoring.visits(ann, "shop", "Bo")
    of_shop = problem(ann, of.steps["shop"])
    item = shelving.made(ann, "solution", "A sign", links=[("solves", of_shop.pk)])

    computed(ann)

    held = scoring.scored(ann, item, "solution-rice").held["reach"]
    assert held.span is not None
    assert held.span.value == 1.0


def test_items_are_put_in_the_order_of_a_score_and_those_without_come_last(
    ann: Membership,
) -> None:
    low, none, high = (problem(ann, title=title) for title in ("Low", "None", "High"))
    scoring.say(ann, low, value=1, effort=1)
    scoring.say(ann, high, value=9, effort=1)
    items = [low, none, high]
    with tenant_bound(ann.tenant_id):
        found = scores_of(scoring.model(ann), [one.pk for one in items])

    falling = by_score(items, found, "ratio", is_rising=False)
    rising = by_score(items, found, "ratio", is_rising=True)

    assert [one.title for one in falling] == ["High", "Low", "None"]
    assert [one.title for one in rising] == ["Low", "High", "None"]


def test_a_score_is_of_one_item_only(ann: Membership) -> None:
    model = scoring.model(ann)

    with (
        tenant_bound(ann.tenant_id),
        pytest.raises(IntegrityError, match="score_of_one"),
        transaction.atomic(),
    ):
        Score.objects.create(
            pk=new_id(), tenant=ann.tenant, model=model, input="value", origin="manual", at=make.NOW
        )
