"""Keys of somebody's own (`x-…`) in files of maps: kept through all that is done to a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.cxmap.own_keys import MOST
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from journeys.models import Step
from journeys.rules.fields import joined_own
from journeys.rules.kinds import MapState
from journeys.services.comparing import Moment, compare
from journeys.services.map_templates import create_map, save_template
from journeys.services.maps import fork_map
from journeys.services.splitting import merge_steps
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m
from tests.journeys.filing import exported, faults, looked_at, taken_in, the_map
from tests.journeys.test_map_imports import map_part, steps_of
from tests.journeys.test_map_sheets_back import back, sheets

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
FULL = """\
cxmap: 1
profile: bundle
journey:
  key: return-shoes
  title: I send back shoes
  level: 2
  x-portfolio: shop
map:
  state: current
  name: As it is
  x-workshop: "2026-11-03"
personas:
  - key: uma
    x-weight: 0.5
stages:
  - key: hand-over
    title: Hand over
    steps:
      - key: show-code
        title: I show a code
        importance:
          customer: 4
          x-asked: 12
        touchpoints:
          - key: counter
            x-shelf: B
        roles:
          - key: courier
            role: R
            x-shift: late
        x-jira: SHOP-7
      - key: wait-refund
        title: I wait for the refund
        x-jira: SHOP-8
    x-room:
      a: 1
      b:
        - true
        - two
flows:
  - key: again
    from: wait-refund
    to: show-code
    kind: loop
    x-seen: 3
lanes:
  - key: does
    kind: text
    title: Does
    cards:
      - key: search
        step: show-code
        text: I search for the label
        x-note: |-
          Two
          lines
    x-lane: 1
  - key: mood
    kind: emotion
    title: Feels
    values:
      uma:
        show-code:
          value: 1.2
          x-from: diary
  - key: pains
    kind: insight
    title: Pains
    cards:
      - key: no-day
        step: wait-refund
        insight: no-date
library:
  touchpoints:
    - key: counter
      title: Counter
  personas:
    - key: uma
      name: Uma
  stakeholders:
    - key: courier
      name: Courier
      kind: partner
  insights:
    - key: no-date
      type: pain
      title: Nobody says on which day
      x-study:
        year: 2026
x-owner: ops
"""


@pytest.fixture
def bea(db: None) -> Membership:
    """Take the file in."""
    member = make.member()
    taken_in(member, FULL)
    return member


def test_every_item_gives_back_what_was_put_into_it(bea: Membership) -> None:
    found = looked_at(bea, FULL)

    assert exported(bea, the_map(bea)) == FULL
    assert (faults(found), found.preview.notices) == ([], [])
    assert set(found.preview.counts) == {"same", "used as it is here"}


def test_a_new_value_is_one_operation_and_said_in_words(bea: Membership) -> None:
    before = the_map(bea).head_seq

    found = taken_in(bea, FULL.replace("SHOP-7", "SHOP-9").replace("x-seen: 3", "x-seen: [3, a]"))

    assert steps_of(found) == [
        "Changed x-jira of “I show a code”: “SHOP-7” → “SHOP-9”",
        'Changed x-seen of “I wait for the refund → I show a code”: “3” → “[3, "a"]”',
    ]
    assert the_map(bea).head_seq == before + 2


def test_what_is_left_out_of_a_file_goes_and_comes_back_by_undo(bea: Membership) -> None:
    of = the_map(bea)
    asked = "importance:\n          customer: 4\n          x-asked: 12\n"
    without = FULL.replace(asked, "importance: 4\n").replace("x-owner: ops\n", "")

    told = steps_of(taken_in(bea, without))
    gone = exported(bea, the_map(bea))
    with tenant_bound(bea.tenant_id):
        undo(MAPS, m.request(bea, of.pk), as_batch=new_id())

    assert told == [
        "Changed the map’s file/x-owner: “ops” → nothing",
        "Changed importance/x-asked of “I show a code”: “12” → nothing",
    ]
    assert gone == without
    assert exported(bea, the_map(bea)) == FULL


def test_an_item_of_the_library_changes_where_that_is_chosen(bea: Membership) -> None:
    changed = FULL.replace("year: 2026", "year: 2027")

    found = taken_in(bea, changed, {"insight.no-date": "take"})

    [part] = [one for one in found.preview.parts if one.kind == "insight"]
    assert [(one.words, one.before, one.after) for one in part.steps] == [
        ("Keys of your own", "x-study year 2026", "x-study year 2027")
    ]
    assert exported(bea, the_map(bea)) == changed


def test_a_fork_and_a_template_hold_them_as_well(bea: Membership) -> None:
    of = the_map(bea)
    keys_only = exported(bea, of, profile="map")
    with tenant_bound(bea.tenant_id):
        fork = fork_map(of=of, name="As it is", state=MapState.CURRENT, by=bea, now=make.NOW)
        kept = save_template(of=of, title="Returns", by=bea, now=make.NOW)
        made = create_map(
            journey=of.journey, name="As it is", by=bea, now=make.NOW, template=kept.key
        )
        differs = compare(left=Moment(of), right=Moment(fork), reader=bea, now=make.NOW)

    assert exported(bea, fork, profile="map") == keys_only.replace(
        "  name: As it is\n", "  name: As it is\n  baseline: 1\n"
    )
    assert exported(bea, made, profile="map") == keys_only
    assert differs.changes == []


def test_a_map_from_a_template_leaves_its_journey_as_it_is_called_now(bea: Membership) -> None:
    of = the_map(bea)
    with tenant_bound(bea.tenant_id):
        kept = save_template(of=of, title="Returns", by=bea, now=make.NOW)
    taken_in(bea, FULL.replace("I send back shoes", "I return shoes"))

    with tenant_bound(bea.tenant_id):
        made = create_map(journey=of.journey, name="New", by=bea, now=make.NOW, template=kept.key)

    assert made.journey.title == "I return shoes"


def test_joined_steps_keep_those_of_both_and_the_first_where_both_have_one(
    bea: Membership,
) -> None:
    taken_in(bea, FULL.replace("x-jira: SHOP-8", "x-jira: SHOP-8\n        x-team: blue"))
    of = the_map(bea)
    with tenant_bound(bea.tenant_id):
        titles = Step.objects.for_tenant(bea.tenant).filter(map=of)
        ids = dict(titles.values_list("title", "lineage"))
        merge_steps(
            row=of,
            kept=ids["I show a code"],
            gone=ids["I wait for the refund"],
            by=bea,
            now=make.NOW,
        )
        told = titles.values_list("extra", flat=True).get(lineage=ids["I show a code"])

    assert told == {"x-jira": "SHOP-7", "x-team": "blue", "importance/x-asked": 12}


def test_sheets_that_come_back_leave_them(bea: Membership) -> None:
    of = the_map(bea)

    back(bea, sheets(bea, of), onto=of)

    assert exported(bea, the_map(bea)) == FULL


def test_an_edit_may_set_them_and_is_refused_with_the_name_of_the_key(bea: Membership) -> None:
    of = the_map(bea)
    lane = next(e for e in m.state_of(bea, of.pk).values() if e.kind == "lane")

    m.do(bea, of.pk, m.put(lane.id, "extra", {"x-lane": 2, "x-none": None}))

    assert m.state_of(bea, of.pk)[lane.id].values["extra"] == {"x-lane": 2}
    with pytest.raises(RefusedError, match="Keys of your own: “x-big” holds 4,003 characters"):
        m.do(bea, of.pk, m.put(lane.id, "extra", {"x-big": "a" * 4_001}))
    with pytest.raises(RefusedError, match="“team” is no key of your own"):
        m.do(bea, of.pk, m.put(lane.id, "extra", {"team": "blue"}))


def test_a_file_with_too_much_is_refused_at_the_key(bea: Membership) -> None:
    found = looked_at(bea, FULL.replace("x-shift: late", f"x-shift: {'a' * 4_000}"))

    [fault] = faults(found)
    assert fault.startswith("stages[0].steps[0].roles[0].x-shift: “x-shift” holds 4,002 characters")


def test_what_nothing_here_keeps_is_told(bea: Membership) -> None:
    text = FULL.replace("      name: Uma\n", "      name: Uma\n      x-photo: p7\n")
    text = text.replace("library:\n", "library:\n  x-about: all\n")

    found = looked_at(bea, text)

    assert faults(found) == []
    assert [(one.path, one.message) for one in found.preview.notices] == [
        ("library.x-about", "Keys that begin with “x-” are read, but not kept here."),
        ("library.personas[0].x-photo", "Keys that begin with “x-” are read, but not kept here."),
    ]
    assert map_part(found).becomes == "same"


def test_joined_elements_hold_as_many_keys_in_each_place_as_one_may() -> None:
    first = {f"x-{n}": n for n in range(12)} | {f"importance/x-{n}": n for n in range(8)}
    many = {f"x-more-{n}": n for n in range(30)}

    joined = joined_own(first, {"x-team": "blue", "x-0": "theirs", **many})

    assert joined["x-team"] == "blue"
    assert joined["x-0"] == 0
    assert sum("/" not in name for name in joined) == MOST
