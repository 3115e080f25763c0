"""The customers of a made-up company: who they are, how often and how kindly they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING

from cxm.web.demo.company import NUMBERING
from feedback.adapters.records import CustomerRef

if TYPE_CHECKING:
    from cxm.web.demo.company import Company, Group

_FIRST_NAMES = {
    "en": "Ada Adam Alice Amara Amir Anita Arjun Ben Bella Caleb Carla Chloe Daniel Daria Dev "
    "Elena Ellis Emma Esther Farid Fiona George Grace Hana Harry Imani Isla Ivan Jack Jade "
    "Jonah Julia Kai Karim Kate Leila Leo Lily Liam Lucia Mara Marco Mateo Maya Mila Nadia "
    "Nathan Nina Noah Olive Omar Oscar Paula Priya Rafael Rosa Ruth Sam Sana Sofia Tara "
    "Theo Tom Uma Vera Victor Wanda Will Yara Yusuf Zoe",
    "de": "Anja Anton Bernd Birgit Carsten Clara Dieter Elif Emil Erika Felix Finn Frieda Greta "
    "Hannes Heike Ines Jan Jana Johanna Jonas Jürgen Karin Klaus Lars Lena Lotte Lukas "
    "Marie Markus Mehmet Merle Michael Nele Niklas Petra Ralf Renate Sabine Silke Stefan "
    "Sven Tanja Thomas Ulrike Ute Wiebke Wolfgang",
}
_LAST_NAMES = {
    "en": "Abbott Adeyemi Ali Archer Bailey Barnes Bell Bennett Brooks Byrne Carter Castillo Chen "
    "Clarke Cole Cooper Costa Cruz Daly Davies Dixon Doyle Dunn Ellis Farrell Fisher Flores "
    "Ford Foster Fraser Garcia Gibson Grant Gray Gupta Hale Harper Hayes Hill Holt Hughes "
    "Hunt Iqbal James Jensen Jones Kaur Kelly Khan Kim King Knight Lane Lee Lopez Lowe "
    "Marsh Mason Mendes Mills Moore Morgan Moss Murphy Nolan Novak Okafor Owen Page Park "
    "Patel Pearce Perez Potter Price Quinn Rao Reed Reid Rossi Rowe Shah Shaw Silva Singh "
    "Sloan Stone Tanaka Todd Turner Vance Wade Walsh Ward Webb Wells West White Wong Woods "
    "Wright Young",
    "de": "Albers Arnold Bach Baumann Becker Berger Böhm Brandt Braun Busch Demir Dietrich Engel "
    "Ernst Fiedler Fischer Frank Friedrich Graf Groß Haas Hahn Hartmann Heinrich Hofmann "
    "Horn Jung Kaiser Keller Koch König Kraus Krüger Kuhn Lange Lehmann Lorenz Maier Möller "
    "Neumann Otto Peters Pfeiffer Pohl Richter Roth Sauer Schäfer Schmitt Schubert Schulz "
    "Schwarz Seidel Simon Sommer Thiel Vogel Vogt Wagner Walter Weber Winkler Wolff Yilmaz "
    "Ziegler",
}
_BEFORE_SHARE = 0.72
_LEAVING_SHARE = 0.11
_OLD_CUSTOMER_YEARS = 12
_KINDNESS_SPREAD = 0.97  # With the moods of the groups the spread of all is about 1.
_DAYS = 1096
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. *kindness* says how easily they are pleased, in standard deviations."""

    reference: CustomerRef
    language: str
    group: Group
    region: str
    kindness: float
    joined_on: date
    left_on: date | None

    def is_served(self, on: date) -> bool:
        """Tell whether the person is a customer on this day."""
        return self.joined_on <= on and (self.left_on is None or on < self.left_on)


class People:
    """All customers that a company has had, found by how often they answer."""

    def __init__(self, company: Company, *, scale: float, seed: int, today: date) -> None:
        """Draw *scale* times the company's customers; the same arguments give the same people."""
        dice = Random(f"{company.slug} people {seed}")  # noqa: S311 - no secret
        count = round(company.customers * scale)
        self._everybody = [_person(company, dice, number, today) for number in range(count)]
        # A few answer again and again, most once or twice.
        self._eagerness = list(accumulate(dice.lognormvariate(0, 0.75) for _ in range(count)))
        self._joined: dict[date, list[Person]] = {}
        self._left: dict[date, list[Person]] = {}
        for person in self._everybody:
            self._joined.setdefault(person.joined_on, []).append(person)
            if person.left_on:
                self._left.setdefault(person.left_on, []).append(person)

    @property
    def everybody(self) -> list[Person]:
        """All of them, by their numbers."""
        return self._everybody

    def somebody(self, dice: Random, on: date) -> Person:
        """Draw somebody who is a customer on this day; the eager come more often."""
        for _ in range(_TRIES):
            [person] = dice.choices(self._everybody, cum_weights=self._eagerness)
            if person.is_served(on):
                return person
        return next(one for one in self._everybody if one.is_served(on))

    def joined(self, on: date) -> list[Person]:
        """List who became a customer on this day."""
        return self._joined.get(on, [])

    def left(self, on: date) -> list[Person]:
        """List who stopped being a customer on this day."""
        return self._left.get(on, [])


def _person(company: Company, dice: Random, number: int, today: date) -> Person:
    language = "de" if dice.random() < company.german_share else "en"
    [group] = dice.choices(company.groups, [group.share for group in company.groups])
    joined_on = _joined_on(dice, today)
    left_on = None
    if dice.random() < _LEAVING_SHARE:
        left_on = max(joined_on, today - timedelta(_DAYS)) + timedelta(dice.randrange(60, 1400))
    name = f"{_one_of(dice, _FIRST_NAMES[language])} {_one_of(dice, _LAST_NAMES[language])}"
    reference = CustomerRef(
        kind="external",
        namespace=NUMBERING,
        value=f"{company.number_prefix}{100_000 + number * 7:06}",
        name=name,
    )
    return Person(
        reference=reference,
        language=language,
        group=group,
        region=dice.choice(company.regions),
        kindness=dice.gauss(group.mood, _KINDNESS_SPREAD),
        joined_on=joined_on,
        left_on=left_on,
    )


def _joined_on(dice: Random, today: date) -> date:
    if dice.random() < _BEFORE_SHARE:
        return today - timedelta(_DAYS + 1 + dice.randrange(_OLD_CUSTOMER_YEARS * 365))
    return today - timedelta(dice.randrange(_DAYS))


def _one_of(dice: Random, names: str) -> str:
    return dice.choice(names.split())
