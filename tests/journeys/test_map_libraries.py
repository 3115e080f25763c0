"""Files of maps with the library that they use, and what they promise."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cxm.kernel.cxmap.documents import Document
from cxm.kernel.operations.records import Source
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from journeys.models import Insight, Journey, MetricBinding, Target, TargetChange
from journeys.services.library_stores import INSIGHTS as INSIGHT_STORE
from journeys.services.map_library_in import Desk, MapAsking
from tests import make
from tests.journeys import charting as m
from tests.journeys import shelving
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
from tests.journeys.test_map_imports import LANES, map_part

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
SMALL = HEAD + STAGES


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


INSIGHTS = (
    LANES
    + """\
  - key: pains
    kind: insight
    title: Pains
    cards:
      - key: no-day
        step: wait-refund
        insight: refund-date-unknown
library:
  insights:
    - key: refund-date-unknown
      type: pain
      title: Nobody says on which day the money comes
      impact: -1.5
"""
)
BUNDLE = (SMALL + INSIGHTS).replace("profile: map", "profile: bundle")


def test_a_bundle_brings_what_the_map_uses(bea: Membership) -> None:
    taken_in(bea, BUNDLE)

    assert exported(bea, the_map(bea)) == BUNDLE


def test_an_insight_of_the_same_key_and_another_title_has_to_be_chosen_about(
    bea: Membership,
) -> None:
    taken_in(bea, BUNDLE)
    text = BUNDLE.replace("Nobody says", "We do not say")
    name = "insight.refund-date-unknown"

    asked = looked_at(bea, text)
    told = {one: looked_at(bea, text, {name: one}) for one in ("leave", "take", "copy")}

    assert any("choose whether" in one for one in faults(asked))
    assert [faults(one) for one in told.values()] == [[], [], []]
    becomes = {
        choice: next(p for p in one.preview.parts if p.kind == "insight")
        for choice, one in told.items()
    }
    assert becomes["leave"].becomes == "used as it is here"
    assert [step.words for step in becomes["take"].steps] == ["Title"]
    assert becomes["copy"].target_key == "refund-date-unknown-2"


def test_a_copy_of_an_insight_is_the_one_that_the_card_shows(bea: Membership) -> None:
    taken_in(bea, BUNDLE)
    taken_in(
        bea,
        BUNDLE.replace("Nobody says", "We do not say"),
        {"insight.refund-date-unknown": "copy"},
    )

    told = exported(bea, the_map(bea), profile="map")
    assert "insight: refund-date-unknown-2\n" in told
    with tenant_bound(bea.tenant_id):
        assert Insight.objects.for_tenant(bea.tenant).count() == 2


def test_without_the_right_to_registries_no_touchpoint_is_made(bea: Membership) -> None:
    text = BUNDLE.replace(
        "library:\n", "library:\n  touchpoints:\n    - key: counter\n      title: Counter\n"
    )

    found = looked_at(bea, text, may_register=False)

    assert len(faults(found)) == 1
    assert "You may not add channels and touchpoints" in faults(found)[0]


def test_a_map_put_on_another_keeps_its_journey(bea: Membership) -> None:
    of = drawn(bea, template="blank")

    found = taken_in(bea, (SMALL + LANES).replace("return-shoes", "other-shoes"), onto=of)

    assert [one.pk for one in found.maps] == [of.pk]
    assert map_part(found).becomes == "changed"
    with tenant_bound(bea.tenant_id):
        assert Journey.objects.for_tenant(bea.tenant).get().title == "Return shoes"


# Figures and promises


PROMISED = (
    SMALL.replace("state: current", "state: future")
    + """\
targets:
  - binding: refund-csat
    step: wait-refund
    direction: up
    value: 82
    due: "2027-09-30"
library:
  bindings:
    - key: refund-csat
      metric: {metric}
      step: wait-refund
"""
).replace("profile: map", "profile: bundle")


def promised(member: Membership) -> str:
    """Give a bundle with a target on a figure that there is."""
    with tenant_bound(member.tenant_id):
        key = Metric.objects.for_tenant(member.tenant).order_by("key")[0].key
    return PROMISED.replace("{metric}", key)


def test_figures_and_targets_come_with_a_bundle_and_back(bea: Membership) -> None:
    text = promised(bea)

    taken_in(bea, text)
    again = taken_in(bea, text)

    assert exported(bea, the_map(bea)) == text
    assert set(again.preview.counts) == {"same", "used as it is here"}


def test_a_target_that_changes_keeps_what_was_promised_first(bea: Membership) -> None:
    text = promised(bea)
    taken_in(bea, text)

    found = taken_in(bea, text.replace("value: 82", "value: 90"))

    assert [step.words for step in map_part(found).steps] == ["Target refund-csat"]
    with tenant_bound(bea.tenant_id):
        row = Target.objects.for_tenant(bea.tenant).get()
        kept = TargetChange.objects.for_tenant(bea.tenant).order_by("at", "value")
        assert [one.value for one in kept] == [82, 90]
        assert (row.value, row.due) == (90, date(2027, 9, 30))


def test_a_target_that_the_file_does_not_promise_goes(bea: Membership) -> None:
    text = promised(bea)
    taken_in(bea, text)

    taken_in(bea, text[: text.index("targets:")] + text[text.index("library:") :])

    with tenant_bound(bea.tenant_id):
        assert Target.objects.for_tenant(bea.tenant).get().removed_at == make.NOW


def test_a_figure_of_something_that_is_not_here_is_left_out_in_words(bea: Membership) -> None:
    found = looked_at(bea, PROMISED.replace("{metric}", "nobody-measures-this"))

    assert [one.path for one in found.preview.notices] == [
        "targets[0].binding",
        "library.bindings[0].metric",
    ]
    assert faults(found) == []


def test_a_map_of_today_promises_nothing(bea: Membership) -> None:
    found = looked_at(bea, promised(bea).replace("state: future", "state: current"))

    assert faults(found) == ["targets: Only a future or an ideal map promises something."]
    with tenant_bound(bea.tenant_id):
        assert not MetricBinding.objects.for_tenant(bea.tenant).exists()


def test_an_item_takes_more_at_once_than_people_do(bea: Membership) -> None:
    item = shelving.made(bea, title="Waits")
    asked = [m.put(item.pk, "title", f"Waits {n}") for n in range(501)]
    desk = Desk(MapAsking(bea.tenant, bea, make.NOW, Source.IMPORT), Document())

    with tenant_bound(bea.tenant_id):
        done = desk.try_to("library.insights[0]", INSIGHT_STORE, item.pk, asked)
        item.refresh_from_db()

    assert (done, desk.document.faults) == (True, [])
    assert item.title == "Waits 500"


def test_a_figure_of_chosen_answers_is_refused_by_the_name_of_its_field(bea: Membership) -> None:
    chosen = promised(bea) + "      filter: {channel: web}\n"

    words = "Figures of chosen answers are not told on maps: leave the filter out."
    assert faults(looked_at(bea, chosen)) == [f"library.bindings[0].filter: {words}"]
    assert faults(looked_at(bea, promised(bea) + "      filter: {}\n")) == []
