"""Models of scores in files of maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.tenants.binding import tenant_bound
from journeys.models import ScoreModel
from journeys.services.score_models import ensure_models
from tests import make
from tests.journeys.filing import (
    HEAD,
    STAGES,
    drawn,
    exported,
    faults,
    looked_at,
    taken_in,
    the_map,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db

MODEL = """\
    - key: fit
      title: Fit
      subject: opportunity
      inputs:
        - key: gain
          label: Gain
          min: 0
          max: 10
        - key: toil
          label: Toil
          min: 0.5
          is_cost: true
        - key: reach
          label: Reach
          auto: reach
      formulas:
        - key: fit
          label: Fit
          expr: gain * reach / toil
      x: toil
      "y": fit
"""
LANE = """\
lanes:
  - key: problems
    kind: opportunity
    title: Problems
    config:
      show_scores:
        - fit
"""
BUNDLE = HEAD.replace("profile: map", "profile: bundle") + STAGES + LANE
FULL = BUNDLE + "library:\n  score_models:\n" + MODEL


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def models(member: Membership) -> dict[str, ScoreModel]:
    with tenant_bound(member.tenant_id):
        return {one.key: one for one in ScoreModel.objects.for_tenant(member.tenant)}


def test_a_model_that_a_lane_shows_comes_back_byte_for_byte(bea: Membership) -> None:
    taken_in(bea, FULL)

    assert exported(bea, the_map(bea)) == FULL


def test_the_same_file_twice_changes_nothing(bea: Membership) -> None:
    taken_in(bea, FULL)

    again = looked_at(bea, FULL, {"score_model.fit": "take"})

    [part] = [one for one in again.preview.parts if one.kind == "score_model"]
    assert (part.becomes, list(part.steps)) == ("same", [])


def test_models_that_no_lane_shows_stay_here(bea: Membership) -> None:
    with tenant_bound(bea.tenant_id):
        ensure_models(tenant=bea.tenant, now=make.NOW)

    assert "score_models" not in exported(bea, drawn(bea))


def test_what_changes_is_told_and_done_where_chosen(bea: Membership) -> None:
    taken_in(bea, FULL)
    text = FULL.replace("gain * reach / toil", "gain / toil")
    name = "score_model.fit"

    left = looked_at(bea, text)
    seen = looked_at(bea, text, {name: "take"})
    taken_in(bea, text, {name: "take"})

    told = [next(p for p in one.preview.parts if p.field == name) for one in (left, seen)]
    assert [one.becomes for one in told] == ["used as it is here", "changed"]
    assert [(step.words, step.after) for step in told[1].steps][1] == (
        "Scores",
        "fit: Fit = gain / toil",
    )
    assert models(bea)["fit"].formulas == [{"key": "fit", "label": "Fit", "expr": "gain / toil"}]


def test_a_copy_is_another_model(bea: Membership) -> None:
    taken_in(bea, FULL)

    taken_in(bea, FULL, {"score_model.fit": "copy"})

    assert {"fit", "fit-2"} <= set(models(bea))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("gain * reach / toil", "gain * luck", "library.score_models[0].formulas: Fit: "),
        ("x: toil", "x: luck", "library.score_models[0].x: There is no score or input “luck”"),
        ("min: 0\n", "min: 20\n", "library.score_models[0].inputs: Gain: the least lies below"),
        ("auto: reach", "auto: luck", "library.score_models[0].inputs[2].auto: "),
    ],
    ids=["formula", "axis", "range", "source"],
)
def test_a_model_that_cannot_be_used_is_refused(
    bea: Membership, old: str, new: str, said: str
) -> None:
    found = faults(looked_at(bea, FULL.replace(old, new)))

    assert len(found) == 1
    assert found[0].startswith(said)


def test_models_are_made_by_those_who_keep_the_registries(bea: Membership) -> None:
    found = faults(looked_at(bea, FULL, may_register=False))

    assert len(found) == 1
    assert "You may not make or change models of scores" in found[0]


def test_a_model_of_something_else_is_not_overwritten(bea: Membership) -> None:
    taken_in(bea, FULL)
    text = FULL.replace("subject: opportunity", "subject: solution")

    found = faults(looked_at(bea, text, {"score_model.fit": "take"}))

    assert len(found) == 1
    assert "scores something else" in found[0]
