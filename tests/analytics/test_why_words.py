"""What is said of a split change where groups came, went, scored alike, or carry weights."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analytics.rules.why_wording import Judged, why_sentences
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import read_filter
from analytics.selectors.histograms import By
from analytics.selectors.names import measures
from analytics.selectors.why import why
from cxm.metrics.rules.comparison import ShareGroup, compare_shares
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.mix_and_rate import Split, split
from cxm.metrics.rules.statistic import Definition
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.reading import load_scores

NPS = Definition("net", frozenset({9, 10}), frozenset(range(7)), decimals=1, version=1)


def scores(**counts: int) -> Histogram:
    """So many promoters, passives and detractors."""
    made = [0] * 11
    made[10], made[8], made[0] = (counts.get(name, 0) for name in ("good", "even", "bad"))
    return Histogram(tuple(made))


def judged(found: Split, *, is_inside_told: bool = True) -> Judged:
    return Judged(
        split=found,
        noun="channel",
        nouns="channels",
        titles={"web": "Web", "app": "App", "desk": "Desk"},
        decimals=1,
        is_told=True,
        is_composition_told=True,
        is_inside_told=is_inside_told,
        moved=frozenset(),
    )


def test_moved_shares_of_groups_that_score_alike_are_not_called_the_same() -> None:
    found = split(
        {
            "web": (scores(good=30, bad=10), scores(good=5, bad=15)),
            "app": (scores(good=15, bad=5), scores(good=10, bad=30)),
        },
        NPS,
    )
    assert found

    [first, *_] = why_sentences(judged(found))

    assert "0.0 because it made no difference which channels answered more, −100.0 inside" in first


@pytest.mark.parametrize(
    ("has_desk", "is_inside_told", "words"),
    [
        (False, True, "Every channel went up and the whole went down"),
        (True, True, "Every channel with answers in both periods went up and the whole went down"),
        (False, False, "Every channel went up (can be chance) and the whole went down"),
    ],
)
def test_groups_that_go_against_the_whole_are_named_as_far_as_they_are_told(
    has_desk: bool, is_inside_told: bool, words: str
) -> None:
    groups: dict[object, tuple[Histogram | None, Histogram | None]] = {
        "web": (scores(good=180, bad=20), scores(good=37, bad=3)),
        "app": (scores(good=10, bad=30), scores(good=60, bad=140)),
    }
    if has_desk:
        groups["desk"] = (None, scores(bad=5))
    found = split(groups, NPS)
    assert found

    said = " ".join(why_sentences(judged(found, is_inside_told=is_inside_told)))

    assert words in said


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_one_moment")
def test_weighted_shares_are_compared_with_the_effective_number_of_answers() -> None:
    tenant = make.tenant()
    for day, weight in ((100, 4), (0, 12)):
        for channel, n, each in (("web", 40, 1), ("app", 10, weight)):
            some = {10: n // 2, 0: n // 2}
            load_scores(some, of=tenant, channel=channel, day=day, weight=Decimal(each))
    with tenant_bound(tenant.pk):
        viewer = Viewer(tenant, True, make.NOW)
        asked = read_filter({"weighted": ["1"]}, today=viewer.today)
        found = why(viewer, measures(tenant, only="nps")[0], asked, By.CHANNEL)

    assert found.explained
    [share] = [one.group.share for one in found.explained.groups if one.group.key == "app"]
    # (sum of weights)^2 / sum of squares: 80^2 / 200 before, 160^2 / 1,480 now.
    wanted = compare_shares(ShareGroup(0.5, 32), ShareGroup(0.75, 160**2 / 1480))
    assert share.value == 25
    assert share.p == pytest.approx(wanted.p)


FALLS = {
    # Web rises (80 to 90) and the app (0 to 10), the desk falls (20 to 10): in all 63 to 22.
    "web": (scores(good=180, bad=20), scores(good=38, bad=2)),
    "app": (scores(good=20, bad=20), scores(good=110, bad=90)),
    "desk": (scores(good=12, bad=8), scores(good=11, bad=9)),
}

HALF_EASED = {
    # The app grows from a fifth to a half and rises from -20 to 20, web stays: in all 44 to 40.
    "web": (scores(good=96, bad=24), scores(good=80, bad=20)),
    "app": (scores(good=12, bad=18), scores(good=60, bad=40)),
}


@pytest.mark.parametrize(
    ("groups", "is_inside_told", "words"),
    [
        (
            HALF_EASED,
            False,
            "All of the fall is who answered, as far as can be told.",
        ),
        (
            FALLS,
            True,
            (
                "All of the fall, and more, is who answered: inside the channels, taken "
                "together, it went up."
            ),
        ),
        (
            {group: (after, before) for group, (before, after) in FALLS.items()},
            True,
            (
                "All of the rise, and more, is who answered: inside the channels, taken "
                "together, it went down."
            ),
        ),
    ],
)
def test_a_part_that_goes_against_the_whole_is_named(
    groups: dict[object, tuple[Histogram | None, Histogram | None]],
    is_inside_told: bool,
    words: str,
) -> None:
    found = split(groups, NPS)
    assert found

    assert words in why_sentences(judged(found, is_inside_told=is_inside_told))


def test_who_answered_can_ease_what_they_answered() -> None:
    # Web falls from 80 to 20, and is more of the answers than the app at -50.
    found = split(
        {
            "web": (scores(good=90, bad=10), scores(good=180, bad=120)),
            "app": (scores(good=25, bad=75), scores(good=24, bad=76)),
        },
        NPS,
    )
    assert found
    assert found.mix > 0 > found.difference

    assert (
        "All of the fall, and more, is what they answered: who answered eased it."
        in why_sentences(judged(found))
    )
    untold = why_sentences(judged(found, is_inside_told=False))
    assert not [sentence for sentence in untold if "All of the fall" in sentence]


def test_one_group_alone_is_no_cause() -> None:
    found = split({"web": (scores(good=30, bad=10), scores(good=15, bad=25))}, NPS)
    assert found

    [sentence] = why_sentences(judged(found))

    assert sentence.startswith("−75.0 in all: there is only one of the channels, so that parting")


def test_nothing_is_not_said_of_a_change_half_of_which_lies_inside() -> None:
    # In all −19.6: 10.2 by who answered, 9.3 inside, which cannot be told.
    found = split(
        {
            "web": (scores(good=60, even=20, bad=20), scores(good=38, even=20, bad=22)),
            "app": (scores(good=20, even=20, bad=60), scores(good=25, even=35, bad=85)),
        },
        NPS,
    )
    assert found

    said = " ".join(why_sentences(judged(found, is_inside_told=False)))

    assert "Nothing got better or worse" not in said
