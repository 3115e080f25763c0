"""The organisations that made-up business customers belong to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxm.web.demo.company import Company
    from cxm.web.demo.people import Person

_FIRST = [
    "Adler",
    "Bergmann",
    "Cordes",
    "Dahl",
    "Eckhart",
    "Falke",
    "Granit",
    "Hansa",
    "Inselhof",
    "Juniper",
    "Kranich",
    "Linden",
    "Möwen",
    "Nordlicht",
    "Osterfeld",
    "Pappel",
    "Quellen",
    "Rabe",
    "Seestern",
    "Tidewater",
]
_LAST = {
    "Logistics": "transport",
    "Bakery": "food",
    "Dental Care": "health",
    "Garden Centre": "retail",
    "Engineering": "manufacturing",
    "Tax Office": "services",
}
# The larger, the fewer: most business lines belong to the first ones.
_UNEVENNESS = 1.5
_MEMBERS_EACH = 5


@dataclass(frozen=True, slots=True)
class Organisation:
    """A company that is a customer, with its number in the company's own books."""

    number: str
    traits: dict[str, str]


def organisations_of(
    company: Company, everybody: list[Person], *, scale: float, seed: int
) -> dict[str, Organisation]:
    """Say to which organisation somebody belongs, by customer number; most belong to none."""
    plan = company.timeline
    count = round(plan.organisations * scale) if plan else 0
    if plan is None or not count:
        return {}
    dice = Random(f"{company.slug} organisations {seed}")  # noqa: S311 - no secret
    listed = [_organisation(dice, number) for number in range(count)]
    members = [one for one in everybody if one.group.product == plan.members]
    found = {}
    for place, person in enumerate(members[: count * _MEMBERS_EACH]):
        # Everyone gets a first member, then chance decides.
        chosen = place if place < count else int(count * dice.random() ** _UNEVENNESS)
        found[person.reference.value] = listed[chosen]
    return found


def _organisation(dice: Random, number: int) -> Organisation:
    kinds = list(_LAST)
    # Three of each first name, of three kinds.
    kind = kinds[(number + 2 * (number // len(_FIRST))) % len(kinds)]
    name = f"{_FIRST[number % len(_FIRST)]} {kind}"
    lines = str(dice.choice((2, 4, 5, 8, 12, 20, 45)))
    return Organisation(
        f"ORG-{1_000 + number}", {"name": name, "industry": _LAST[kind], "lines": lines}
    )
