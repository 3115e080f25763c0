"""What looking a map over needs to know, beside the map itself, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.kernel.named import Named
from journeys.rules.kinds import MapState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from cxm.collaboration.rules.kinds import Grade
    from cxm.kernel.operations.state import State
    from journeys.rules.template_parts import Kept


class Severity(Named):
    """How much a finding weighs; an error keeps a map from being published."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: *about* is the lineage of an element, or None for the whole map."""

    code: str
    severity: Severity
    words: str
    about: UUID | None = None


@dataclass(frozen=True, slots=True)
class Backing:
    """How well a card or a step is backed, and the day of its newest evidence."""

    grade: Grade
    newest_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """A target of the map: where, by when, and whether it is reached; None where nobody knows."""

    due: date
    is_reached: bool | None = None
    step: UUID | None = None


@dataclass(frozen=True, slots=True)
class LintFacts:
    """A map and what is known about what it names.

    *unruled* are touchpoints that no event rule leads to, *unbound* personas without a segment,
    both by id with their names; *broken* the keys of bindings whose figure is gone, with the step
    they are at; *kept* the parts that the map's template has locked, or requires.
    """

    state: State
    today: date
    map_state: MapState = MapState.CURRENT
    has_owner: bool = True
    review_due_on: date | None = None
    unruled: Mapping[str, str] = field(default_factory=dict)
    unbound: Mapping[str, str] = field(default_factory=dict)
    backings: Mapping[UUID, Backing] = field(default_factory=dict)
    targets: Sequence[Promised] = ()
    broken: Sequence[tuple[str, UUID | None]] = ()
    kept: Sequence[Kept] = ()
