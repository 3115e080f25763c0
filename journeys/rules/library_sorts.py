"""The four sorts of items that the library holds, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.rules.library import (
    GoalStatus,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)

if TYPE_CHECKING:
    from cxm.kernel.named import Named


@dataclass(frozen=True, slots=True)
class LinkSort:
    """What one item links to others of: *kind* is the element, *to* what it leads to."""

    kind: str
    to: str
    title: str
    none: str


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of items: its *name* in code, what one is and several are called.

    *text* is the field with its longer text, *text_label* what that is called; *about* says what
    such an item is, *links* what it links to. *is_cited*: evidence speaks for or against it.
    """

    name: str
    plural: str
    icon: str
    about: str
    text: str
    text_label: str
    statuses: type[Named]
    links: tuple[LinkSort, ...] = ()
    is_cited: bool = True

    @property
    def words(self) -> str:
        """Give what one is called, with a capital."""
        return self.name.capitalize()

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Give its statuses in order: pairs of name and words."""
        return self.statuses.choices()

    def link(self, kind: str) -> LinkSort | None:
        """Give the sort of link that is called *kind*; None where it has no such."""
        return next((one for one in self.links if one.kind == kind), None)


INSIGHT = Sort(
    "insight",
    "Insights",
    "lightbulb",
    "What you have learned about customers: a pain, a need, a wish, and what it rests on.",
    "body",
    "What was learned",
    InsightStatus,
    (
        LinkSort("about", "persona", "Personas", "Whom is this about?"),
        LinkSort("basis", "insight", "Rests on other insights", "It rests on no other insight."),
    ),
)
OPPORTUNITY = Sort(
    "opportunity",
    "Opportunities",
    "target",
    "Problems worth solving, from the first thought to what is done.",
    "problem",
    "The problem",
    OpportunityStatus,
    (
        LinkSort("answers", "insight", "Insights", "Nothing says yet why this matters."),
        LinkSort("serves", "goal", "Goals", "It serves no goal yet."),
        LinkSort("lies-at", "step", "Steps", "Where in a journey does it lie?"),
        LinkSort("helps", "persona", "Personas", "Whom would it help?"),
    ),
)
SOLUTION = Sort(
    "solution",
    "Solutions",
    "package",
    "What might solve a problem, what it costs, and what it should change.",
    "body",
    "What it is",
    SolutionStatus,
    (
        LinkSort("solves", "opportunity", "Opportunities", "It takes no opportunity yet."),
        LinkSort("makes", "step", "Steps it makes real", "It makes no step of a future map real."),
    ),
)
GOAL = Sort(
    "goal",
    "Goals",
    "flag",
    "What the company wants to reach, and which opportunities serve it.",
    "body",
    "What it means",
    GoalStatus,
    is_cited=False,
)
SORTS = {one.name: one for one in (INSIGHT, OPPORTUNITY, SOLUTION, GOAL)}
