"""The draft of a survey, read as the questionnaire that publishing would freeze."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.state import as_id, children_by_parent
from feedback.rules.question_types import QuestionType
from feedback.rules.questionnaires import Choice, Jump, Question, Questionnaire, Row, Scale
from feedback.rules.survey_shapes import TRANSLATED
from feedback.rules.survey_words import PageLayout, TextRole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.operations.state import Element, State
    from feedback.rules.questionnaires import Texts

_PLAIN = ("is_required", "style", "least", "most", "step", "unit", "is_random", "starts_page")


@dataclass(frozen=True, slots=True)
class Registered:
    """What drafts refer to, by id: keys of figures, touchpoints and channels, and scales."""

    metrics: Mapping[UUID, str] = field(default_factory=dict)
    scales: Mapping[UUID, Scale] = field(default_factory=dict)
    touchpoints: Mapping[UUID, str] = field(default_factory=dict)
    channels: Mapping[UUID, str] = field(default_factory=dict)


def questionnaire_of(state: State, registered: Registered) -> Questionnaire:
    """Read the draft *state*, without what was deleted of it.

    What refers to something that is not *registered* comes without it.
    """
    return _Reader(state, registered).read()


class _Reader:
    def __init__(self, state: State, registered: Registered) -> None:
        self.root = next(e for e in state.values() if e.parent is None)
        self.inside = children_by_parent(state)
        self.registered = registered
        self.language = str(self.root.values["language"])

    def read(self) -> Questionnaire:
        values = self.root.values
        texts = self.texts(self.root)
        others = [one for one in _listed(values["languages"]) if one != self.language]
        return Questionnaire(
            title=texts["title"],
            language=self.language,
            languages=(self.language, *others),
            layout=PageLayout(str(values["layout"])),
            questions=tuple(self.question(one) for one in self.within(self.root, "question")),
            intro=texts["intro"],
            thanks=texts["thanks"],
            closed=texts["closed"],
            has_progress=bool(values["has_progress"]),
        )

    def within(self, parent: Element, kind: str) -> Sequence[Element]:
        return self.inside.get((parent.id, kind), [])

    def texts(self, element: Element) -> dict[str, Texts]:
        """Give every text of an element by language; one that was left empty has none."""
        told: dict[str, Texts] = {}
        for name in TRANSLATED[element.kind]:
            own = str(element.values[name] or "")
            told[name] = {self.language: own} if own else {}
        for wording in self.within(element, "wording"):
            name, text = str(wording.values["field"]), str(wording.values["text"] or "")
            if text and name in told:
                told[name][str(wording.values["language"])] = text
        return told

    def question(self, element: Element) -> Question:
        values = element.values
        told: dict[str, Any] = {name: values[name] for name in _PLAIN}
        told |= self.texts(element) | self.names(element)
        metric = as_id(values["metric"])
        return Question(
            key=str(values["key"]),
            type=QuestionType(str(values["type"])),
            **told,
            scale=self.registered.scales.get(metric) if metric else None,
            show=_condition(values["show"]),
            text_role=TextRole(str(values["text_role"])),
            formula=str(values["formula"]),
            fallback=str(values["fallback"]),
            purpose=str(values["purpose"]),
            asset=_text(values["asset"]),
            choices=tuple(self.choice(one) for one in self.within(element, "choice")),
            rows=tuple(self.row(one) for one in self.within(element, "row")),
            jumps=tuple(
                Jump(str(one.values["to"]), _condition(one.values["when"]))
                for one in self.within(element, "jump")
            ),
        )

    def names(self, element: Element) -> dict[str, Any]:
        """Give the keys of what an element refers to in the registries."""
        told: dict[str, Any] = {}
        for name, known in (
            ("metric", self.registered.metrics),
            ("touchpoint", self.registered.touchpoints),
            ("channel", self.registered.channels),
        ):
            found = as_id(element.values[name])
            told[name] = known.get(found) if found else None
        return told

    def choice(self, element: Element) -> Choice:
        values, texts = element.values, self.texts(element)
        return Choice(
            key=str(values["key"]),
            title=texts["title"],
            is_other=bool(values["is_other"]),
            is_none=bool(values["is_none"]),
            is_anchored=bool(values["is_anchored"]),
            asset=_text(values["asset"]),
            alt=texts["alt"],
        )

    def row(self, element: Element) -> Row:
        return Row(
            key=str(element.values["key"]),
            title=self.texts(element)["title"],
            **self.names(element),
        )


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value or []]


def _condition(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
