"""What one cell of a scored column holds: a score, a declared code, or something to refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedback.adapters.mapping import Score
from feedback.adapters.scales import MetricScale

_NUMBER = re.compile(r"([+-]?[0-9]+)(?:[.,]([0-9]+))?")
_MOST_DIGITS = 20  # longer than any scale; Python refuses to read numbers of thousands of digits
_REMEMBERED = 4_096  # distinct cells of a scored column are few; free text is not remembered


@dataclass(frozen=True, slots=True)
class CellRead:
    """A score (*value*), nothing (all fields empty), or no score.

    *is_kept* says that the cell's text stays with the answers: "not applicable", and what was
    refused. *code* and *reason* are those of a refusal.
    """

    value: int | None = None
    is_kept: bool = False
    code: str = ""
    reason: str = ""


_NOTHING = CellRead()
_NOT_APPLICABLE = CellRead(is_kept=True)


class ScoreCells:
    """Reads the cells of one scored column for one metric's *scale*."""

    def __init__(self, score: Score, scale: MetricScale) -> None:
        self._scale = scale
        self._declared = _declared(score)
        self._remembered: dict[str, CellRead] = {}

    def read(self, cell: str) -> CellRead:
        """Read a cell. Declared texts come first, so that 11 or "NA" can be declared blank.

        `5.0` and `5,0` are 5. Everything else that is no whole number on the scale is refused:
        `off_scale`, `not_whole_number`, `not_a_number` (text, TRUE, NaN, 1e400), `declared_error`.
        """
        found = self._remembered.get(cell)
        if found is None:
            found = self._judge(cell.strip())
            if len(self._remembered) < _REMEMBERED:
                self._remembered[cell] = found
        return found

    def _judge(self, text: str) -> CellRead:
        if not text:
            return _NOTHING
        declared = self._declared.get(text.casefold())
        return declared if declared is not None else self._number(text)

    def _number(self, text: str) -> CellRead:
        match = _NUMBER.fullmatch(text)
        if not match:
            return _refused("not_a_number", "is neither a number nor a declared text")
        if (match[2] or "").strip("0"):
            return _refused("not_whole_number", "is not a whole number")
        value = int(match[1]) if len(match[1]) <= _MOST_DIGITS else None
        if value is None or not self._scale.holds(value):
            return _refused("off_scale", f"is not on the scale {self._words()}")
        return CellRead(value)

    def _words(self) -> str:
        step = f" in steps of {self._scale.step}" if self._scale.step != 1 else ""
        return f"{self._scale.first} to {self._scale.last}{step}"


def _declared(score: Score) -> dict[str, CellRead]:
    kinds = (
        (score.blank, _NOTHING),
        (score.not_applicable, _NOT_APPLICABLE),
        (score.errors, _refused("declared_error", "is declared an error in the mapping")),
    )
    declared = {text.strip().casefold(): read for texts, read in kinds for text in texts}
    labels = {text.strip().casefold(): CellRead(value) for text, value in score.labels.items()}
    return declared | labels


def _refused(code: str, reason: str) -> CellRead:
    return CellRead(is_kept=True, code=code, reason=reason)
