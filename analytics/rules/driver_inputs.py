"""Which ratings can stand side by side as inputs, and which are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.rules.driver_shapes import Lack, LeftOut, Source
from analytics.rules.drivers import (
    FEWEST_A_PERSON_PER_INPUT,
    FEWEST_INPUTS,
    FEWEST_OVERLAP,
    FEWEST_PEOPLE,
    MOST_INPUTS,
)
from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazily("numpy")

_MOST_BEGINNINGS = 50


def chosen_inputs(
    columns: NDArray[np.float64], sources: Sequence[Source]
) -> tuple[list[int], list[LeftOut]]:
    """Choose columns (people, k) that enough people rated together, and say why others are not.

    NaN is no rating. Of every two at least 30 % of those who rated the rarer one, and 10 people,
    rated both; there are 10 people for each. The largest such set that is found by taking columns
    in order of their number of people, beginning with any of them.
    """
    told = ~np.isnan(columns)
    both = (told.astype(np.float64).T @ told.astype(np.float64)).astype(int)
    counts, left, able = np.diag(both), [], []
    for place, source in enumerate(sources):
        values = columns[told[:, place], place]
        if counts[place] < FEWEST_A_PERSON_PER_INPUT:
            few = LeftOut(source, Lack.FEW, int(counts[place]), FEWEST_A_PERSON_PER_INPUT)
            left.append(few)
        elif values.min() == values.max():
            left.append(LeftOut(source, Lack.SAME, int(counts[place]), 0))
        else:
            able.append(place)
    able.sort(key=lambda place: (-counts[place], place))
    found = max(
        (_grown(first, able, both) for first in able[:_MOST_BEGINNINGS]),
        key=lambda places: (len(places), both[np.ix_(places, places)].sum()),
        default=[],
    )
    kept = found[: _most(int(told[:, found].any(axis=1).sum()) if found else 0)]
    for place in able:
        if place in found and place not in kept:
            left.append(LeftOut(sources[place], Lack.CROWD, int(counts[place]), 0))
        elif place not in found:
            left.append(_apart(place, found, both, sources))
    return kept, left


def too_few(asked: int, people: int, inputs: int) -> str:
    """Say why nothing can be told, and how many more it takes; "" where enough answered."""
    if not asked:
        return "Nobody gave the outcome in this period."
    if asked < FEWEST_PEOPLE:
        return (
            f"{_people(asked)} gave the outcome; {FEWEST_PEOPLE} are needed, "
            f"{FEWEST_PEOPLE - asked} more."
        )
    if inputs < FEWEST_INPUTS:
        return (
            f"Fewer than {FEWEST_INPUTS} touchpoints were rated by enough of the same people: "
            f"{FEWEST_A_PERSON_PER_INPUT} and {100 * FEWEST_OVERLAP:.0f} % of those who rated the "
            "rarer of two. The list below says how many more it takes."
        )
    if people < FEWEST_PEOPLE:
        return (
            f"{_people(people)} gave the outcome and rated a touchpoint; {FEWEST_PEOPLE} are "
            f"needed, {FEWEST_PEOPLE - people} more."
        )
    return ""


def _grown(first: int, able: Sequence[int], both: NDArray[np.int_]) -> list[int]:
    found = [first]
    for place in able:
        if place != first and all(both[place, one] >= _needed(place, one, both) for one in found):
            found.append(place)
    return found


def _needed(one: int, other: int, both: NDArray[np.int_]) -> int:
    rarer = min(both[one, one], both[other, other])
    return max(FEWEST_A_PERSON_PER_INPUT, int(np.ceil(FEWEST_OVERLAP * rarer)))


def _most(people: int) -> int:
    """Give how many inputs so many people can tell apart."""
    return max(min(MOST_INPUTS, people // FEWEST_A_PERSON_PER_INPUT), FEWEST_INPUTS)


def _apart(
    place: int, found: Sequence[int], both: NDArray[np.int_], sources: Sequence[Source]
) -> LeftOut:
    """Name the input that too few rated together with *place*, the one that lacks most."""
    other = max(found, key=lambda one: _needed(place, one, both) - both[place, one])
    needed = _needed(place, other, both)
    return LeftOut(sources[place], Lack.OVERLAP, int(both[place, other]), needed, sources[other])


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
