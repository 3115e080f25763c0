"""Each customer's chances to be lost, and the inputs that make the most of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from analytics.rules.risk import LEAST_POINTS, MOST_REASONS
from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

    from analytics.rules.risk import Learned
    from analytics.rules.risk_inputs import Table
else:
    np = lazily("numpy")

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Reason:
    """What one input makes of a chance: so many *points* more than its *usual* value would.

    *value* is None where it is not known of this person.
    """

    key: str
    value: float | None
    usual: float
    points: float

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scored:
    """One person: chances within 30, 60 and 90 days, the largest reasons first.

    *coverage* (0 to 1) is the share of the model's inputs that are known of them.
    """

    chances: tuple[float, ...]
    coverage: float
    reasons: tuple[Reason, ...]


def scored(model: Learned, table: Table) -> Iterator[Scored]:
    """Give the chances of each person of *table*, in its order."""
    for start in range(0, len(table.values), AT_ONCE):
        part = type(table)(table.inputs, table.values[start : start + AT_ONCE])
        yield from _scored(model, part)


def read_reason(stored: Mapping[str, Any]) -> Reason:
    """Read what `Reason.as_json` gave."""
    return Reason(**stored)


def _scored(model: Learned, table: Table) -> Iterator[Scored]:
    columns = model.encoding.columns
    chances, points = model.chances(table), model.points(table)
    raw = np.column_stack([table.column(one.input.key) for one in columns])
    is_known = ~np.isnan(raw)
    order = np.argsort(-np.abs(points), axis=1, kind="stable")[:, :MOST_REASONS]
    for place in range(len(raw)):
        reasons = (
            Reason(
                columns[one].input.key,
                float(raw[place, one]) if is_known[place, one] else None,
                columns[one].usual,
                float(points[place, one]),
            )
            for one in order[place]
        )
        yield Scored(
            tuple(float(one) for one in np.clip(chances[place], 0.0, 1.0)),
            float(is_known[place].mean()),
            tuple(one for one in reasons if abs(one.points) >= LEAST_POINTS),
        )
