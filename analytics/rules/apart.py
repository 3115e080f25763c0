"""Which overlapping groups may be counted in public: no set of fewer than k, nor by subtraction.

Whoever knows the numbers of some groups can add and subtract them: what is said of everybody less
what is said of one group is about the rest, and two groups with almost the same people tell of
those few who are in one alone. A group is shown only when no sum of shown numbers, each taken any
number of times and with either sign, is about 1 to k - 1 people.
"""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop
from itertools import tee
from typing import TYPE_CHECKING

from cxm.metrics.rules.small_cells import SCORES_K, check_threshold

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

type Cell[G: Hashable] = frozenset[G]

# Sums are compared modulo a prime. What tells groups apart there does so in whole numbers; the
# converse could fail only beyond 50 groups (Hadamard's bound on determinants of 0 and 1).
_PRIME = 2**127 - 1


def shown_groups[G: Hashable](
    cells: Mapping[Cell[G], int], order: Sequence[G], k: int = SCORES_K
) -> frozenset[G]:
    """Choose which of the groups in *order* may be shown together, the earlier ones first.

    *cells* counts the people (at least 1) of each combination of groups; people in no group that
    is asked for need not be told of. A group that is shown never depends on those after it.
    Raises ValueError when *k* is below 3.
    """
    check_threshold(k)
    places = {group: 1 << place for place, group in enumerate(order)}
    people: Counter[int] = Counter()
    for cell, n in cells.items():
        people[sum(places[group] for group in cell if group in places)] += n
    independent: list[int] = []
    shown = set()
    for group, place in places.items():
        bases = _bases([*independent, place], people, k)
        if bases == k:
            independent.append(place)
        if bases in {0, k}:  # 0: it follows from those shown already, or nobody is in it
            shown.add(group)
    return frozenset(shown)


def _bases(groups: Sequence[int], people: Mapping[int, int], k: int) -> int:
    """Find up to *k* sets of people, nobody in two of them, that tell *groups* apart.

    Within such a set no group is a sum of others. With k of them every sum of numbers of the
    groups that is not 0 everywhere counts at least one person of each set, thus k people.
    People are taken from the largest cells first: the rare ones stay for where they are needed.
    """
    mask = sum(groups)
    left: Counter[int] = Counter()
    for pattern, n in people.items():
        left[pattern & mask] += n
    patterns: Iterator[int] = _largest_first(left)
    for found in range(k):
        patterns, these = tee(patterns)
        basis = _basis((pattern for pattern in these if left[pattern]), groups)
        if len(basis) < len(groups):
            return found
        left.subtract(basis)
    return k


def _largest_first(left: Mapping[int, int]) -> Iterator[int]:
    """Give patterns by how many people they have; of many thousands the first few are enough."""
    heap = [(-n, pattern) for pattern, n in left.items()]
    heapify(heap)
    while heap:
        yield heappop(heap)[1]


def _basis(patterns: Iterable[int], groups: Sequence[int]) -> list[int]:
    """Pick patterns, the first ones first, none of which is a sum of others in any multiples.

    What remains is kept as weights of the groups that give 0 for every pattern picked so far:
    another one that they do not all give 0 for is no sum of those. So each pattern that is a sum
    costs a few additions, and only those that are picked cost work with all weights.
    """
    picked: list[int] = []
    weights = [[int(at == own) for at in range(len(groups))] for own in range(len(groups))]
    for pattern in patterns:
        inside = [at for at, group in enumerate(groups) if pattern & group]
        for place, told in enumerate(weights):
            if sum([told[at] for at in inside]) % _PRIME:
                _weigh_off(weights, place, inside)
                picked.append(pattern)
                break
        if not weights:
            break
    return picked


def _weigh_off(weights: list[list[int]], place: int, inside: Sequence[int]) -> None:
    """Take one of the weights out, and make the others give 0 for the groups *inside*, too."""
    out = weights.pop(place)
    inverse = pow(sum([out[at] for at in inside]), -1, _PRIME)
    for at_weight, told in enumerate(weights):
        if factor := sum([told[at] for at in inside]) * inverse % _PRIME:
            weights[at_weight] = [(v - factor * w) % _PRIME for v, w in zip(told, out, strict=True)]
