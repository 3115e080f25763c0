"""The events of a made-up company, a portion of its customers at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.customers.rules.records import Ref
from cxm.web.demo.company import Rhythm
from cxm.web.demo.contacts import email_of, home_phone, phone_of
from cxm.web.demo.organisations import organisations_of
from cxm.web.demo.tales import SOURCES, WEBSITE, Tale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cxm.customers.rules.records import EventRecord
    from cxm.web.demo.company import Company, TimelinePlan
    from cxm.web.demo.organisations import Organisation
    from cxm.web.demo.people import People, Person
    from cxm.web.demo.tales import Causes

    type Portion = dict[str, list[EventRecord]]

PEOPLE_AT_ONCE = 500
_MAIL_SHARE = 0.88
_DUPLICATE_EVERY = 16


def portion_count(people: People) -> int:
    """Say how many portions there are: those of customers, and one of visitors."""
    return -(-len(people.everybody) // PEOPLE_AT_ONCE) + 1


def portions(
    company: Company,
    plan: TimelinePlan,
    people: People,
    causes: Causes,
    *,
    scale: float,
    seed: int,
    now: datetime,
    first: int = 0,
) -> Iterator[Portion]:
    """Give the records of events by their source, from portion number *first* on.

    *causes* are all answers of the company. The same arguments give the same records.
    """
    teller = _Teller(company, plan, people, causes, scale=scale, seed=seed, now=now)
    for number in range(first, portion_count(people)):
        yield teller.portion(number)


class _Teller:
    """Tells the tales of the people with certain numbers."""

    def __init__(
        self,
        company: Company,
        plan: TimelinePlan,
        people: People,
        causes: Causes,
        *,
        scale: float,
        seed: int,
        now: datetime,
    ) -> None:
        self._company, self._plan, self._causes = company, plan, causes
        self._everybody, self._scale, self._seed, self._now = people.everybody, scale, seed, now
        reached = [
            place
            for place, person in enumerate(self._everybody)
            if _has_phone(place) and person.left_on is None
        ]
        self._doubled = frozenset(reached[::_DUPLICATE_EVERY][: plan.duplicates])
        self._organisations = organisations_of(company, self._everybody, scale=scale, seed=seed)

    def portion(self, number: int) -> Portion:
        """Tell one portion; the one after all customers is that of visitors."""
        start = number * PEOPLE_AT_ONCE
        told: list[Tale] = []
        if start >= len(self._everybody):
            told += self._visitors()
        for place, person in enumerate(self._everybody[start : start + PEOPLE_AT_ONCE], start):
            told.append(self._tale(person, place))
            if place in self._doubled:
                told.append(self._double(person, place))
        return {
            source: [
                replace(record, position=position)
                for position, record in enumerate(
                    record for tale in told for record in tale.records[source]
                )
            ]
            for source in SOURCES
        }

    def _new(self, person: Person) -> Tale:
        causes = self._causes.of.get(person.reference.value, [])
        return Tale(self._company, person, causes=causes, seed=self._seed, now=self._now)

    def _tale(self, person: Person, place: int) -> Tale:
        tale = self._new(person)
        at = tale.at(max(tale.begins_on, person.joined_on - timedelta(days=35)), Rhythm.OFFICE)
        traits = self._addresses(tale, place) | self._plan.traits(person, tale.dice)
        tale.introduce(traits, min(at, self._now))
        organisation: Organisation | None = self._organisations.get(person.reference.value)
        if organisation:
            tale.belong(organisation.number, organisation.traits, min(at, self._now))
        for chapter in self._plan.chapters:
            chapter(tale)
        return tale

    def _addresses(self, tale: Tale, place: int) -> dict[str, str]:
        """Give name, addresses and language, as far as they are known."""
        name = tale.person.reference.name
        known = {"name": name}
        if tale.chance(_MAIL_SHARE):
            known["email"] = email_of(name, place)
        if _has_phone(place) and (phone := phone_of(place // 2)):
            known["phone"] = phone
        if tale.person.language != "en":
            known["language"] = tale.person.language
        return known

    def _double(self, person: Person, place: int) -> Tale:
        """Tell of somebody whom a shop entered once more, with the initial and another address."""
        reference = replace(person.reference, value=f"{person.reference.value}-shop")
        double = self._new(replace(person, reference=reference))
        first, *_, last = person.reference.name.split()
        email = email_of(f"{last} home", place)
        double.refs = (Ref.folded("email", email),)
        told = {
            "name": f"{first[0]}. {last}",
            "email": email,
            "phone": home_phone(phone_of(place // 2)),
        }
        on = double.today - timedelta(days=double.dice.randrange(5, 60))
        at = double.at(on, Rhythm.SHOP)
        double.introduce(told, at)
        double.tell("store_visited", at, kind="visit", touchpoint="shop-visit", title="Shop 7")
        return double

    def _visitors(self) -> Iterator[Tale]:
        """Tell of people who only looked at the website, of whom nobody knows the name."""
        for number in range(round(self._plan.visitors * self._scale)):
            somebody = self._everybody[number % len(self._everybody)]
            anonymous = f"web-visitor-{number:04}"
            reference = replace(somebody.reference, value=anonymous)
            tale = self._new(replace(somebody, reference=reference))
            tale.refs = (Ref("anonymous", "", anonymous),)
            days = tale.dice.randrange(100)
            at = tale.at(tale.today - timedelta(days=days), Rhythm.ALWAYS)
            for path, title in self._plan.pages[: tale.dice.randrange(1, 4)]:
                props = {"context": {"page": {"path": path}}}
                tale.tell("page_viewed", at, source=WEBSITE, kind="page", title=title, props=props)
                at += timedelta(seconds=tale.dice.randrange(20, 300))
            yield tale


def _has_phone(place: int) -> bool:
    """Every second customer told a number."""
    return place % 2 == 0
