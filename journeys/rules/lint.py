"""Looking a map over: what keeps it from being published, and what would make it truer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.kinds import Grade
from journeys.rules.kinds import LaneKind, MapState, StepRoleKind, Zone
from journeys.rules.laws import steps_in_order
from journeys.rules.lint_facts import Finding, LintFacts, Severity
from journeys.rules.lint_template import changed_parts, empty_parts
from journeys.rules.lint_ways import way_findings
from journeys.rules.lint_words import near_equal, own_words
from journeys.rules.shapes import UNTITLED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cxm.kernel.operations.state import Element

MANY_STEPS = 30
A_YEAR = timedelta(days=365)
_WITH_FILES = (LaneKind.IMAGE, LaneKind.FILE)
# Lanes whose cells are no cards, with the kind of element that fills them.
_FILLED_BY = {"touchpoint": "contact", "actor": "role", "nested": "nested", "flow": "flow"}


def findings(facts: LintFacts) -> list[Finding]:
    """Give all findings about a map: errors first, then in the order of their codes."""
    looked_over = _Looked.over(facts)
    found = [finding for check in _CHECKS for finding in check(looked_over)]
    order = list(Severity)
    return sorted(found, key=lambda one: (order.index(one.severity), one.code))


def errors(facts: LintFacts) -> list[Finding]:
    """Give the findings that keep a map from being published."""
    return [one for one in findings(facts) if one.severity is Severity.ERROR]


@dataclass(frozen=True, slots=True)
class _Looked:
    """A map with its elements in order, by what they lie in."""

    facts: LintFacts
    stages: Sequence[Element]
    steps: Sequence[Element]
    lanes: Sequence[Element]
    root: Element

    @classmethod
    def over(cls, facts: LintFacts) -> _Looked:
        root = next(e for e in facts.state.values() if e.kind == "map")
        stages, lanes = (facts.state.children(root.id, kind) for kind in ("stage", "lane"))
        return cls(facts, stages, steps_in_order(facts.state), lanes, root)

    def of(self, element: Element, kind: str) -> Sequence[Element]:
        return self.facts.state.children(element.id, kind)

    def cards_of(self, *kinds: LaneKind) -> list[Element]:
        lanes = [lane for lane in self.lanes if lane.values["kind"] in kinds]
        return [card for lane in lanes for card in self.of(lane, "card")]

    def has_lane(self, *kinds: LaneKind) -> bool:
        return any(lane.values["kind"] in kinds for lane in self.lanes)

    def spanned(self, cards: Sequence[Element]) -> set[str]:
        """Give the ids of the steps that *cards* lie over."""
        places = {str(step.id): place for place, step in enumerate(self.steps)}
        ids = [str(step.id) for step in self.steps]
        found: set[str] = set()
        for card in cards:
            first, last = (places.get(str(card.values[name])) for name in ("step_from", "step_to"))
            if first is not None and last is not None:
                found.update(ids[first : last + 1])
        return found


def _error(code: str, words: str, about: Element | None = None) -> Finding:
    return Finding(code, Severity.ERROR, words, about.id if about else None)


def _warning(code: str, words: str, about: Element | None = None) -> Finding:
    return Finding(code, Severity.WARNING, words, about.id if about else None)


def _hint(code: str, words: str, about: Element | None = None) -> Finding:
    return Finding(code, Severity.HINT, words, about.id if about else None)


def _title(element: Element) -> str:
    return f"“{element.values['title']}”"


def _owner(looked: _Looked) -> Iterator[Finding]:
    if not looked.facts.has_owner:
        yield _error("J01", "The journey has no owner. Say who answers for it.")


def _titles(looked: _Looked) -> Iterator[Finding]:
    for element in [*looked.stages, *looked.steps]:
        if element.values["title"] in ("", UNTITLED):
            yield _error("J02", f"A {element.kind} has no title.", element)


def _alternatives(looked: _Looked) -> Iterator[Finding]:
    for card in looked.cards_of(*_WITH_FILES):
        has_words = card.values["alt"] or card.values["is_decorative"]
        if card.values["asset"] and not has_words:
            yield _error("J03", "A file has no words for those who cannot see it.", card)
    for lane in looked.lanes:
        if lane.values["kind"] == LaneKind.EMOTION and not lane.values["title"]:
            yield _error("J03", "A curve has no title to read it by.", lane)


def _locked(looked: _Looked) -> Iterator[Finding]:
    for words in changed_parts(looked.facts.state, looked.facts.kept):
        yield _error("J04", words)


def _required(looked: _Looked) -> Iterator[Finding]:
    for lane in looked.lanes:
        if _is_required(lane) and not _fills(looked, lane):
            yield _error("J05", f"The lane {_title(lane)} must not stay empty.", lane)
    is_filled = partial(_says_something, looked)
    for words, element in empty_parts(looked.facts.state, looked.facts.kept, is_filled):
        yield _error("J05", words, element)


def _is_required(lane: Element) -> bool:
    config: Any = lane.values["config"]
    return isinstance(config, dict) and bool(config.get("required"))


def _fills(looked: _Looked, lane: Element) -> bool:
    kind = _FILLED_BY.get(str(lane.values["kind"]))
    if kind == "flow":
        return bool(looked.of(looked.root, "flow"))
    if kind:
        return any(looked.of(step, kind) for step in looked.steps)
    return bool(looked.of(lane, "card"))


def _says_something(looked: _Looked, element: Element) -> bool:
    """Whether anything lies on a lane, at a step, or at any step of a stage."""
    if element.kind == "lane":
        return _fills(looked, element)
    steps = looked.of(element, "step") if element.kind == "stage" else [element]
    if any(looked.of(step, kind) for step in steps for kind in ("contact", "role", "nested")):
        return True
    cards = [card for lane in looked.lanes for card in looked.of(lane, "card")]
    return bool(looked.spanned(cards) & {str(step.id) for step in steps})


def _personas(looked: _Looked) -> Iterator[Finding]:
    cast = looked.of(looked.root, "cast")
    if not cast:
        yield _warning("J06", "The map shows the way of no persona.")
    for one in cast:
        name = looked.facts.unbound.get(str(one.values["persona"]))
        if name:
            words = f"The persona “{name}” is bound to no segment: no number is about it."
            yield _warning("J13", words, one)


def _touchpoints(looked: _Looked) -> Iterator[Finding]:
    told: set[str] = set()
    for step in looked.steps:
        contacts = looked.of(step, "contact")
        if not contacts:
            yield _warning("J07", f"The step {_title(step)} happens at no touchpoint.", step)
        for contact in contacts:
            key = str(contact.values["touchpoint"])
            name = looked.facts.unruled.get(key)
            if name and key not in told:
                told.add(key)
                words = f"No event leads to the touchpoint “{name}”: make a rule for it."
                yield _warning("J14", words, step)


def _emotions(looked: _Looked) -> Iterator[Finding]:
    if not looked.has_lane(LaneKind.EMOTION):
        return
    felt = looked.spanned(looked.cards_of(LaneKind.EMOTION))
    for step in looked.steps:
        if str(step.id) not in felt:
            yield _warning("J08", f"The curve says nothing at {_title(step)}.", step)


def _insights(looked: _Looked) -> Iterator[Finding]:
    cards = [card for lane in looked.lanes for card in looked.of(lane, "card")]
    known = looked.spanned([card for card in cards if card.values["insight"]])
    for stage in looked.stages:
        if not any(str(step.id) in known for step in looked.of(stage, "step")):
            yield _warning("J09", f"Nothing was learned about the stage {_title(stage)}.", stage)


def _accountable(looked: _Looked) -> Iterator[Finding]:
    backstage = [lane for lane in looked.lanes if lane.values["zone"] == Zone.BACKSTAGE]
    busy = looked.spanned([card for lane in backstage for card in looked.of(lane, "card")])
    for step in looked.steps:
        roles = looked.of(step, "role")
        is_backstage = str(step.id) in busy or any(
            role.values["zone"] == Zone.BACKSTAGE for role in roles
        )
        is_answered = any(role.values["role"] == StepRoleKind.ACCOUNTABLE for role in roles)
        if is_backstage and not is_answered:
            words = f"Nobody is accountable for what happens backstage at {_title(step)}."
            yield _warning("J20", words, step)


def _truth(looked: _Looked) -> Iterator[Finding]:
    facts = looked.facts
    backings = facts.backings
    assumed = sum(backing.grade is Grade.ASSUMPTION for backing in backings.values())
    if assumed * 2 > len(backings):
        words = f"{assumed} of {len(backings)} statements are assumptions: no evidence backs them."
        yield _warning("J10", words)
    old = [
        lineage
        for lineage, backing in backings.items()
        if backing.newest_on and backing.newest_on < facts.today - A_YEAR
    ]
    for lineage in old:
        words = "The newest evidence for this is older than 12 months."
        yield Finding("J11", Severity.WARNING, words, lineage)
    if facts.review_due_on and facts.review_due_on < facts.today:
        words = f"The journey was to be reviewed by {facts.review_due_on:%-d %B %Y}."
        yield _warning("J22", words)


def _figures(looked: _Looked) -> Iterator[Finding]:
    facts = looked.facts
    for key, step in facts.broken:
        words = f"The figure “{key}” is broken: its metric is out of use."
        yield Finding("J19", Severity.WARNING, words, step)
    if facts.map_state is MapState.FUTURE and not facts.targets:
        yield _warning("J17", "The future promises nothing that could be measured: set a target.")
    for target in facts.targets:
        if target.due < facts.today and target.is_reached is not True:
            end = "see whether it is reached" if target.is_reached is None else "it is not reached"
            words = f"A target was due on {target.due:%-d %B %Y}: {end}."
            yield Finding("J18", Severity.WARNING, words, target.step)


def _ways(looked: _Looked) -> Iterator[Finding]:
    flows = looked.of(looked.root, "flow")
    for code, words, element in way_findings(looked.steps, flows):
        yield _warning(code, words, element)


def _words(looked: _Looked) -> Iterator[Finding]:
    for element in [*looked.stages, *looked.steps]:
        for word in own_words(str(element.values["title"])):
            words = f"“{word}” in {_title(element)} is the firm's word. What would a customer say?"
            yield _hint("J12", words, element)


def _size(looked: _Looked) -> Iterator[Finding]:
    if len(looked.steps) > MANY_STEPS:
        words = f"{len(looked.steps)} steps are many: put parts of it into journeys of their own."
        yield _hint("J23", words)


def _doubles(looked: _Looked) -> Iterator[Finding]:
    cards = looked.cards_of(LaneKind.TEXT)
    by_id = {card.id: card for card in cards}
    texts = [(card.id, str(card.values["text"])) for card in cards]
    for one, other in near_equal(texts):
        words = f"This says nearly the same as “{str(by_id[one].values['text'])[:60]}”."
        yield _hint("J24", words, by_id[other])


_CHECKS: tuple[Callable[[_Looked], Iterator[Finding]], ...] = (
    _owner,
    _titles,
    _alternatives,
    _locked,
    _required,
    _personas,
    _touchpoints,
    _emotions,
    _insights,
    _accountable,
    _truth,
    _figures,
    _ways,
    _words,
    _size,
    _doubles,
)
