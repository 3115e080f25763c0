"""The past asked again: who would have been asked, by the policy that decides every day.

Time runs through a queue as it does for the workers: a wish is planned, and put before the policy
once more when its message would go out. Both times `policy.decide` says what becomes of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from feedback.rules.distribution.policy import Asking, Contact, Outcome, Person, decide
from feedback.rules.distribution.words import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from feedback.rules.distribution.policy import PolicyRule, Verdict

# At one moment facts are known first, then people are planned, then messages go out.
_KNOWN, _PLANNED, _SENT = range(3)

type Place = tuple[str | int | datetime, ...]
type _Turn = tuple[datetime, int, Place, int]


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish of a distribution to ask a person: about what, when, and how it is drawn.

    *person* is the id of the person, whose order among those planned at once is *priority* of the
    distribution, then the older event. *answered_at* is when the real invitation was answered;
    *was_called_off* and *has_failed* say what became of it for reasons that are not the policy's;
    from *called_off_at* on an event calls it off.
    """

    invitation: str
    person: str
    distribution: str
    survey: str
    natural_key: str
    medium: str
    purpose: str
    planned_at: datetime
    due_at: datetime
    expires_at: datetime
    priority: int = 100
    share: float = 1.0
    seed: str = ""
    is_about_event: bool = False
    was_called_off: bool = False
    called_off_at: datetime | None = None
    has_failed: bool = False
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A contact of *person* that stands whatever the policy says, known from *at* on."""

    person: str
    at: datetime
    contact: Contact


@dataclass(frozen=True, slots=True)
class History:
    """What is replayed: wishes, what is known anyway, and the people by id and medium.

    *barred* says since when somebody stands on the list of those who are written to no more, by
    id and medium. *companies* are those of a person, the one that counts first. *before* are
    invitations from before the time that is replayed: survey, distribution, natural key, and
    whether that person was asked.
    """

    wishes: Sequence[Wish]
    persons: Mapping[tuple[str, str], Person]
    known: Sequence[Known] = ()
    barred: Mapping[tuple[str, str], Mapping[Reason, datetime]] = field(default_factory=dict)
    companies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    before: Sequence[tuple[str, str, str, bool]] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a wish: asked where *reason* is None; *rule* decided, "" for none."""

    wish: Wish
    reason: Reason | None = None
    rule: str = ""


def replay(history: History, rules: Sequence[PolicyRule]) -> list[Decided]:
    """Decide about every wish of *history* by *rules*, in the order of time.

    A natural key is asked about once a distribution: later wishes about it are left out. How many
    messages a minute may go out only delays, and is not replayed.
    """
    return _Replay(history, rules).run()


class _Replay:
    """One run through a history."""

    def __init__(self, history: History, rules: Iterable[PolicyRule]) -> None:
        self.history, self.rules = history, list(rules)
        self.contacts: dict[str, list[Contact]] = defaultdict(list)
        self.of_company: dict[str, list[Contact]] = defaultdict(list)
        self.about: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.planned: set[tuple[str, str]] = set()
        self.waiting: dict[str, Contact] = {}
        self.decided: list[Decided] = []
        for survey, distribution, natural_key, was_asked in history.before:
            self.planned.add((distribution, natural_key))
            if was_asked:
                self.about[survey, natural_key].add(distribution)
        # Facts that came up on the way stand behind those that were known before.
        self.known = list(history.known)
        self.queue: list[_Turn] = [
            (one.at, _KNOWN, (), number) for number, one in enumerate(self.known)
        ]
        self.queue += [
            (one.planned_at, _PLANNED, _place(one), number)
            for number, one in enumerate(history.wishes)
        ]

    def run(self) -> list[Decided]:
        heapify(self.queue)
        turns: dict[int, Callable[[int, datetime], None]] = {
            _KNOWN: self._know,
            _PLANNED: self._plan,
            _SENT: self._send,
        }
        while self.queue:
            at, rank, _, number = heappop(self.queue)
            turns[rank](number, at)
        return self.decided

    def _know(self, number: int, _at: datetime) -> None:
        self._add(self.known[number].person, self.known[number].contact)

    def _plan(self, number: int, at: datetime) -> None:
        wish = self.history.wishes[number]
        if (wish.distribution, wish.natural_key) in self.planned:
            return
        self.planned.add((wish.distribution, wish.natural_key))
        others = self.about[wish.survey, wish.natural_key] - {wish.distribution}
        send_at = max(wish.due_at, at)
        verdict = self._verdict(
            wish, send_at, is_duplicate=wish.is_about_event and bool(others), known_at=at
        )
        if verdict.outcome is Outcome.NO:
            self.decided.append(Decided(wish, verdict.reason, verdict.rule))
            return
        self.about[wish.survey, wish.natural_key].add(wish.distribution)
        self._wait(number, verdict.again_at or send_at)

    def _send(self, number: int, at: datetime) -> None:
        wish = self.history.wishes[number]
        is_off = wish.called_off_at is not None and wish.called_off_at <= at
        is_called_off = wish.was_called_off or is_off
        verdict = self._verdict(wish, at, is_called_off=is_called_off, known_at=at)
        if verdict.outcome is Outcome.LATER:
            self._remove(wish)
            self._wait(number, verdict.again_at or at)
            return
        self.decided.append(Decided(wish, verdict.reason, verdict.rule))
        if verdict.outcome is Outcome.NO:
            self.about[wish.survey, wish.natural_key].discard(wish.distribution)
        if verdict.outcome is Outcome.NO or wish.has_failed:
            self._remove(wish)
        elif wish.answered_at:
            answer = Contact(wish.answered_at, "", wish.purpose, wish.invitation, is_answer=True)
            self.known.append(Known(wish.person, max(wish.answered_at, at), answer))
            turn = (self.known[-1].at, _KNOWN, (), len(self.known) - 1)
            heappush(self.queue, turn)

    def _verdict(
        self,
        wish: Wish,
        at: datetime,
        *,
        known_at: datetime,
        is_duplicate: bool = False,
        is_called_off: bool = False,
    ) -> Verdict:
        asking = Asking(
            medium=wish.medium,
            purpose=wish.purpose,
            at=at,
            expires_at=wish.expires_at,
            invitation=wish.invitation,
            share=wish.share,
            seed=wish.seed,
            is_duplicate=is_duplicate,
            is_called_off=is_called_off,
        )
        return decide(self._person(wish, known_at), asking, self.rules)

    def _person(self, wish: Wish, at: datetime) -> Person:
        """Give the person as they were known at a moment."""
        key = (wish.person, wish.medium)
        barred = self.history.barred.get(key, {})
        companies = self.history.companies.get(wish.person, ())
        person = self.history.persons[key]
        return replace(
            person,
            bars=person.bars | {reason for reason, since in barred.items() if since <= at},
            contacts=self.contacts[wish.person],
            company_contacts=self.of_company[companies[0]] if companies else [],
        )

    def _wait(self, number: int, until: datetime) -> None:
        wish = self.history.wishes[number]
        contact = Contact(until, wish.medium, wish.purpose, wish.invitation)
        self.waiting[wish.invitation] = contact
        self._add(wish.person, contact)
        heappush(self.queue, (until, _SENT, _place(wish), number))

    def _remove(self, wish: Wish) -> None:
        contact = self.waiting.pop(wish.invitation)
        for contacts in self._lists(wish.person):
            contacts.remove(contact)

    def _add(self, person: str, contact: Contact) -> None:
        for contacts in self._lists(person):
            contacts.append(contact)

    def _lists(self, person: str) -> list[list[Contact]]:
        companies = self.history.companies.get(person, ())
        return [self.contacts[person], *(self.of_company[one] for one in companies)]


def _place(wish: Wish) -> Place:
    """Give the order among what is planned, or sent, at once."""
    return (wish.priority, wish.distribution, wish.due_at, wish.natural_key)
