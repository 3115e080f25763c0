"""The filters above a map: what can be asked for, what is, and how many cards they hide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.template.loader import render_to_string

from cxm.collaboration.rules.kinds import Grade
from journeys.rules.filtering import STATUSES, TYPES
from journeys.rules.look import CHANGED_DAYS, UNFILTERED
from journeys.selectors.grid_names import cast_in_order
from journeys.views.finding import map_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.safestring import SafeString

    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid import Grid
    from journeys.selectors.grid_names import Name

type Choices = Sequence[tuple[str, str]]

COUNTS = "journeys/_map_counts.html"
_ITEMS = ("opportunity", "solution", "goal")


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to filter by: its *name* in the address, a *label*, what is chosen, and of what."""

    name: str
    label: str
    value: str
    choices: Choices


def filters_of(look: Look, names: Sequence[Name]) -> list[Filter]:
    """List what the cards of a map can be filtered by: of what is not on it nothing is offered.

    *names* are those of `names_of`. What is chosen stays in its list, though nothing has it.
    """
    kinds = {n.word if n.kind == "insight" else n.kind for n in names if _is_item(n)}
    states = {n.more for n in names if _is_item(n)}
    people = [(str(n.id), n.title) for n in names if n.kind == "owner"]
    days = [(str(n), "Changed today" if n == 1 else f"Changed in {n} days") for n in CHANGED_DAYS]
    grades = [(grade.value, grade.words) for grade in Grade]
    cast = [(str(name.id), name.title) for name in cast_in_order(names)]
    found = [
        _one("persona", "Persona", str(look.persona or ""), "All personas", cast),
        _one("types", "Kind", look.types, "All kinds", _of(TYPES, kinds | {look.types})),
        _one("status", "Status", look.status, "Any status", _of(STATUSES, states | {look.status})),
        _one("owner", "Owner", str(look.owner or ""), "Anybody’s", people),
        _one("grade", "Evidence", look.grade, "Any evidence", grades),
        _one("changed", "Changed since", str(look.changed_days or ""), "Changed ever", days),
        _one("commented", "Comments", _yes(look.commented), "All", [("1", "Commented")]),
        _one("tag", "Tag", look.tag, "All tags", _tags(look, names)),
        _one("tags", "Tags on cards", _yes(look.shows_tags), "Tags not shown", _shown_tags(names)),
    ]
    return [one for one in found if one.choices or one.value]


def kept_of(look: Look) -> list[tuple[str, str]]:
    """Give what of the look a form of filters keeps, as names and values of hidden fields."""
    return parse_qsl(look.address(**UNFILTERED, shows_tags=False).removeprefix("?"))


def ways_back(look: Look) -> dict[str, str]:
    """Give the queries that show all cards, and the whole map, as the counts above it expect."""
    return {
        "show_all": look.address(**UNFILTERED),
        "whole_map": look.address(stage=None, lanes=frozenset()),
    }


def counts_markup(row: JourneyMap, look: Look, grid: Grid) -> SafeString:
    """Draw how many cards the filters leave of a whole grid, as the bar above it shows it."""
    told = {"look": look, "page_url": map_url(row), "shown": grid.count, "hidden": grid.hidden}
    return render_to_string(COUNTS, {**told, **ways_back(look)})


def _tags(look: Look, names: Sequence[Name]) -> Choices:
    """Offer the tags of the map with how many steps and cards have each, and what is chosen."""
    found = {
        name.title.casefold(): f"{name.title} ({name.word})" for name in names if name.kind == "tag"
    }
    return sorted((({look.tag: look.tag} if look.tag else {}) | found).items())


def _shown_tags(names: Sequence[Name]) -> Choices:
    return [("1", "Tags shown")] if any(name.kind == "tag" for name in names) else []


def _yes(value: object) -> str:
    return "1" if value else ""


def _is_item(name: Name) -> bool:
    return name.kind == "insight" or name.kind in _ITEMS


def _of(words: dict[str, str], there: Iterable[str]) -> Choices:
    kept = set(there)
    return [(value, said) for value, said in words.items() if value in kept]


def _one(name: str, label: str, value: str, none: str, choices: Choices) -> Filter:
    return Filter(name, label, value, [("", none), *choices] if choices else [])
