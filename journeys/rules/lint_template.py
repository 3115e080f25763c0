"""What a map's template asks of it: locked parts as they were, required ones filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.operations.state import is_there
from journeys.rules.template_parts import TOUCHPOINTS, is_changed, told_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cxm.kernel.operations.state import Element, State
    from journeys.rules.template_parts import Kept


def changed_parts(state: State, kept: Sequence[Kept]) -> Iterator[str]:
    """Say of each locked part that is not as the template has it what is wrong."""
    for part in kept:
        if part.is_locked and is_changed(state, part):
            yield f"The {part.words} is locked by the template, and was changed."


def empty_parts(
    state: State, kept: Sequence[Kept], is_filled: Callable[[Element], bool]
) -> Iterator[tuple[str, Element | None]]:
    """Say of each required part that is gone or empty so, with the element; None for what is gone.

    *is_filled* tells of a stage, step or lane whether anything lies on it.
    """
    for part in kept:
        if not part.is_required:
            continue
        if not is_there(state, part.lineage):
            yield f"The template requires the {part.words}: it is gone.", None
            continue
        element = state[part.lineage]
        if not _says(state, part, element, is_filled):
            yield f"The template requires the {part.words}: it is empty.", element


def _says(state: State, part: Kept, element: Element, is_filled: Callable[[Element], bool]) -> bool:
    if not part.field:
        return is_filled(element)
    if part.field == TOUCHPOINTS:
        return state.count(element.id, "contact") > 0
    return bool(told_in(element, part.kind, part.field))
