"""What the builder of a survey shows: its questions in a list, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.collaboration.selectors.placing import Placed, placed
from feedback.rules.question_types import SPECS, QuestionType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State
    from feedback.rules.survey_checks import Finding

_NAMED_AFTER = 120


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the list: its place, its number from 1, what is said about it."""

    place: Placed[Element]
    number: int
    type: QuestionType
    name: str
    findings: list[Finding]

    @property
    def element(self) -> Element:
        """Give the question itself."""
        return self.place.row

    @property
    def level(self) -> str:
        """Give how bad the worst finding about it is; "" where there is none."""
        return min((one.level.value for one in self.findings), key=_LEVELS.index, default="")


_LEVELS = ["error", "warning", "hint"]


def question_lines(state: State, root: UUID, findings: Sequence[Finding]) -> list[QuestionLine]:
    """List the questions of a draft in their order, each with its *findings*."""
    lines = []
    for number, place in enumerate(placed(state.children(root, "question"), _id), start=1):
        values = place.row.values
        kind = QuestionType(str(values["type"]))
        name = " ".join(str(values["title"]).split())[:_NAMED_AFTER] or kind.words
        about = [one for one in findings if one.key == values["key"]]
        lines.append(QuestionLine(place, number, kind, name, about))
    return lines


def parts_of(state: State, question_id: UUID, kind: str) -> list[Placed[Element]]:
    """List the choices, rows or ways on of a question, in order."""
    return placed(state.children(question_id, kind), _id)


def types_offered() -> list[tuple[str, list[QuestionType]]]:
    """Group the types of questions that can be added, as the menu shows them."""
    groups: dict[str, list[QuestionType]] = {}
    for one in SPECS:
        groups.setdefault(one.spec.group, []).append(one)
    return list(groups.items())


def _id(element: Element) -> UUID:
    return element.id
