"""Points between two axes: where they are drawn, what is told of them, and how they may move."""

from __future__ import annotations

import pytest

from cxm.kernel.drawing.scatter import Axis, Scatter, Spot, scatter

IMPORTANCE = Axis("importance_org", "Importance to us", 1, 5, far=2)
FEELING = Axis("emotion", "Feeling", -2, 2, step=0.1, far=1, is_signed=True)
MEASURED = Axis("lane", "Experience", 0, 100, fixed="It is measured.", says="{} % satisfied")


def laid_out(*spots: Spot, x: Axis = IMPORTANCE, y: Axis = FEELING) -> Scatter:
    return scatter(x, y, spots)


@pytest.mark.parametrize(
    ("x", "y", "left", "top"),
    [
        (1, -2, "9.00%", "91.00%"),
        (5, 2, "91.00%", "9.00%"),
        (3, 0, "50.00%", "50.00%"),
        (9, -7, "91.00%", "91.00%"),
    ],
    ids=["low ends", "high ends", "middle", "beyond an end"],
)
def test_a_point_is_drawn_where_its_values_lie(x: float, y: float, left: str, top: str) -> None:
    (one,) = laid_out(Spot("a", "Pays", x, y)).placed

    assert (one.left, one.top) == (left, top)


def test_an_axis_without_ticks_uses_all_of_the_drawing() -> None:
    bare = Axis("x", "Place", 0, 100, has_ticks=False)
    (one,) = laid_out(Spot("a", "Bea", 0, 100), x=bare, y=bare).placed

    assert (one.left, one.top, one.is_among) == ("0.00%", "0.00%", False)


def test_a_point_without_a_value_is_listed_and_not_drawn() -> None:
    made = laid_out(Spot("a", "Pays", None, 1.0), Spot("b", "Waits", 2, 1.0))

    assert [one.spot.key for one in made.placed] == ["b"]
    assert [one.spot.key for one in made.rows] == ["b", "a"]
    assert (made.absent[0].x, made.absent[0].x_words, made.absent[0].y_words) == ("", "", "+1")


def test_points_of_one_place_are_fanned_out() -> None:
    made = laid_out(*(Spot(str(n), f"Step {n}", 3, 0) for n in range(3)))

    assert made.placed[0].transform == ""
    assert len({one.transform for one in made.placed}) == 3
    assert all(one.is_among for one in made.placed)
    assert {one.left for one in made.placed} == {"50.00%"}


@pytest.mark.parametrize(
    ("labels", "ups", "shown"),
    [
        (("Waits for the engineer", "Signs for the parcel"), (0, 0), [True, False]),
        (("Waits for the engineer", "Signs for the parcel"), (0, 1), [True, True]),
        (("Waits", "Signs"), (0, 0), [True, True]),
        (("Waits for the engineer", "Signs for the parcel", "Is called back"), (0, 0, 0),
         [True, False, True]),
    ],
    ids=["near", "one above the other", "short names", "what is hidden covers nothing"],
)  # fmt: skip
def test_a_name_that_would_cover_one_to_its_left_waits_to_be_pointed_at(
    labels: tuple[str, ...], ups: tuple[float, ...], shown: list[bool]
) -> None:
    spots = (
        Spot(str(n), label, 2 + 0.8 * n, up)
        for n, (label, up) in enumerate(zip(labels, ups, strict=True))
    )

    assert [not one.is_among for one in laid_out(*spots).placed] == shown


def test_a_name_that_would_cover_another_point_waits_to_be_pointed_at() -> None:
    spots = (Spot("a", "Signs for the parcel", 3, 0.4), Spot("b", "Pays", 3, 0))
    far = (Spot("a", "Signs for the parcel", 3, 1), Spot("b", "Pays", 3, 0))

    assert [[one.is_among for one in laid_out(*some).placed] for some in (spots, far)] == [
        [True, False],
        [False, False],
    ]


def test_an_interval_is_a_bar_around_its_point_and_ends_with_the_axis() -> None:
    spot = Spot("a", "Pays", 80, -1, x_interval=(70, 120), y_interval=(-1.4, 0))

    (one,) = laid_out(spot, x=MEASURED).placed

    # A tenth of the axis is a tenth of 82 % of the drawing.
    assert one.bar_across == (-8.2, 16.4)
    assert one.bar_up == (8.2, -20.5)


def test_a_point_is_told_with_its_numbers_or_the_words_for_them() -> None:
    plain = laid_out(Spot("a", "Pays", 4, -1.25)).placed[0]
    measured = Spot("b", "Waits", 82, 1, x_words="82 %, 143 answers", size_words="3 customers")

    assert plain.words == "Pays: Importance to us 4, Feeling −1.25"
    told = laid_out(measured, x=MEASURED).placed[0].words
    assert told == "Waits: Experience: 82 %, 143 answers, Feeling +1, 3 customers"


@pytest.mark.parametrize(("size", "radius"), [(None, "11"), (0, "7.0"), (1, "22.0"), (7, "22.0")])
def test_a_size_is_shown_by_the_area_within_bounds(size: float | None, radius: str) -> None:
    (one,) = laid_out(Spot("a", "Pays", 4, 1, size=size)).placed

    assert one.radius == radius


def test_the_hint_says_how_far_arrows_go_and_what_cannot_be_moved() -> None:
    both, one = laid_out(), laid_out(x=MEASURED)

    assert (
        "left and right by 1, with Shift by 2 and up and down by 0.1, with Shift by 1." in both.hint
    )
    assert "left and right" not in one.hint
    assert one.hint.endswith("Enter opens it. Experience: It is measured.")
    assert not laid_out(x=MEASURED, y=MEASURED).may_move


def test_an_axis_writes_its_ends_its_heading_and_ticks() -> None:
    assert FEELING.ends == ("Feeling: −2", "Feeling: +2")
    assert FEELING.heading == "Feeling (−2 to +2)"
    assert FEELING.ticks[1] == (29.5, "−1")
    assert FEELING.rungs[1] == (70.5, "−1")
    assert FEELING.script["signed"] == "1"


@pytest.mark.parametrize(("x", "anchor"), [(1, "start"), (3, "middle"), (5, "end")])
def test_a_name_stays_in_the_drawing(x: float, anchor: str) -> None:
    (one,) = laid_out(Spot("a", "Pays", x, 0)).placed

    assert one.anchor == anchor


def test_only_named_quarters_are_written() -> None:
    made = scatter(IMPORTANCE, FEELING, [], zones=("", "Keep", "", "Mend first"))

    assert [corner[2:] for corner in made.corners] == [("end", "Keep"), ("end", "Mend first")]
