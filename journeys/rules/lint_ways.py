"""Whether the ways on a map lead anywhere: steps that nobody reaches, shares that do not add up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from journeys.rules.kinds import FlowKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxm.kernel.operations.state import Element

# Ways that take the place of going on to the neighbour; the others stand beside it.
_INSTEAD = (FlowKind.NEXT, FlowKind.BRANCH)
_NEARLY = 0.005


def way_findings(
    steps: Sequence[Element], flows: Sequence[Element]
) -> Iterator[tuple[str, str, Element]]:
    """Give (code, words, element) for *steps* in order that nobody reaches, and wrong shares."""
    ways: dict[str, list[Element]] = {}
    for flow in flows:
        ways.setdefault(str(flow.values["from_step"]), []).append(flow)
    reached = _reached(steps, ways)
    for step in steps:
        title = step.values["title"]
        if str(step.id) not in reached:
            yield "J15", f"No way leads to the step “{title}”.", step
        total = _shared_out(ways.get(str(step.id), []))
        if total is not None and abs(total - 1) > _NEARLY:
            words = f"The branches at “{title}” are taken by {total:.0%} of customers, not by 100%."
            yield "J16", words, step


def _reached(steps: Sequence[Element], ways: dict[str, list[Element]]) -> set[str]:
    following = {str(one.id): str(other.id) for one, other in pairwise(steps)}
    found: set[str] = set()
    to_go = [str(steps[0].id)] if steps else []
    while to_go:
        step = to_go.pop()
        if step in found:
            continue
        found.add(step)
        own = ways.get(step, [])
        to_go += [str(flow.values["to_step"]) for flow in own]
        goes_on = not any(flow.values["kind"] in _INSTEAD for flow in own)
        if goes_on and step in following:
            to_go.append(following[step])
    return found


def _shared_out(ways: Sequence[Element]) -> float | None:
    """Add up the planned shares of branches; None where none was planned."""
    branches: list[Any] = [
        way.values["planned_share"] for way in ways if way.values["kind"] == FlowKind.BRANCH
    ]
    if all(share is None for share in branches):
        return None
    return float(sum(share or 0 for share in branches))
