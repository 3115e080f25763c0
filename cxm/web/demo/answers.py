"""The answers that a made-up company gets over three years, in the order in which they come in."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxm.web.demo.brightline_leaving import reason_of
from cxm.web.demo.comments import BETWEEN, BLAME, LANGUAGES, PRAISE, comment
from cxm.web.demo.company import Asked
from cxm.web.demo.people import People
from cxm.web.demo.scores import is_blame, is_praise, score
from cxm.web.demo.seasons import moment, volume
from cxm.web.demo.stories import age_in_weeks
from feedback.adapters.records import JSON, RatingRecord, ResponseRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cxm.web.demo.company import Company, Occasion, QuestionPlan, SurveyPlan
    from cxm.web.demo.people import Person

DAYS = 1095
_ASKED_AFTER = timedelta(days=30)
_MANY = 50
# How much of a score is the person, how much the occasion; the rest is the single question.
_OF_PERSON, _OF_OCCASION = 0.45, 0.6
_OF_QUESTION = math.sqrt(1 - _OF_PERSON**2 - _OF_OCCASION**2)
_COMMENT_FACTORS = {PRAISE: 1.0, BETWEEN: 0.8, BLAME: 2.6}
_SENT_TWICE_SHARE = 0.001
_CHANGED_SHARE = 0.3  # of those sent twice
_WEIGHTS = ("0.62", "0.81", "1.00", "1.27", "1.65")
_SHOPS = 40


@dataclass(frozen=True, slots=True)
class Arrival:
    """A response, and when it came in: mostly soon after it was given, sometimes weeks later."""

    received_at: datetime
    record: ResponseRecord


def arrivals(company: Company, *, scale: float, seed: int, now: datetime) -> Iterator[Arrival]:
    """Give what came in during the last three years before *now*, by the time it came in.

    *scale* is the size, 1 for full. The same arguments give the same answers. Now and then one
    is sent twice under the same key, a few of those with another score the second time.
    """
    today = now.astimezone(ZoneInfo(company.time_zone)).date()
    people = People(company, scale=scale, seed=seed, today=today)
    sources = [_Source(company, plan, people, scale, today, seed=seed) for plan in company.surveys]
    waiting: list[tuple[datetime, int, ResponseRecord]] = []
    order = count()
    for days_ago in range(DAYS, -1, -1):
        on = today - timedelta(days=days_ago)
        for source in sources:
            dice = Random(f"{company.slug} {seed} {source.plan.key} {days_ago}")  # noqa: S311 - no secret
            for arrival in source.day(dice, on):
                entry = (arrival.received_at, next(order), arrival.record)
                heapq.heappush(waiting, entry)
        yield from _come_in(waiting, until=min(now, _midnight(on, company)))


def _come_in(
    waiting: list[tuple[datetime, int, ResponseRecord]], *, until: datetime
) -> Iterator[Arrival]:
    while waiting and waiting[0][0] <= until:
        received_at, _, record = heapq.heappop(waiting)
        yield Arrival(received_at, record)


def _midnight(on: date, company: Company) -> datetime:
    after = on + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(company.time_zone))


class _Source:
    """One survey and the answers to it, day by day."""

    def __init__(
        self,
        company: Company,
        plan: SurveyPlan,
        people: People,
        scale: float,
        today: date,
        *,
        seed: int,
    ) -> None:
        self.plan = plan
        self._company, self._people, self._scale, self._today = company, people, scale, today
        self._seed = seed
        self._zone = ZoneInfo(company.time_zone)
        self._line = count(2)  # under the line of heads
        self._usual: dict[str, float] = {}
        for occasion in plan.occasions:
            before = self._usual.get(occasion.channel, 0.0)
            self._usual[occasion.channel] = before + occasion.share

    def day(self, dice: Random, on: date) -> Iterator[Arrival]:
        """Give the answers of one day, in no order."""
        age = age_in_weeks(on, self._today)
        if not self.plan.to_weeks < age <= self.plan.from_weeks:
            return
        script = self._company.stories.script(self.plan.key)
        if script:
            for value in script.on_day(age):
                somebody = self._people.somebody(dice, on)
                yield from self._answer(dice, on, age, somebody, value=value)
            return
        for who in self._respondents(dice, on, age):
            yield from self._answer(dice, on, age, who)

    def _respondents(self, dice: Random, on: date, age: float) -> Iterator[Person | None]:
        match self.plan.asked:
            case Asked.JOINERS | Asked.LEAVERS:
                asked = (
                    self._people.joined(on - _ASKED_AFTER)
                    if self.plan.asked is Asked.JOINERS
                    else self._people.left(on)
                )
                yield from (one for one in asked if dice.random() < self.plan.per_day)
                return
            case asked:
                usual = self.plan.per_day * self._scale * volume(self.plan.rhythm, on, age)
                expected = usual * self._company.stories.surge(self.plan.key, age)
                for _ in range(_poisson(dice, expected)):
                    is_somebody = asked is Asked.CUSTOMERS
                    yield self._people.somebody(dice, on) if is_somebody else None

    def _answer(
        self, dice: Random, on: date, age: float, who: Person | None, value: int | None = None
    ) -> Iterator[Arrival]:
        occasion = self._occasion(dice, age)
        ratings = self._ratings(dice, occasion, age, who)
        if value is not None:
            ratings = (replace(ratings[0], value=value),)
        language = who.language if who and who.language in self.plan.languages else "en"
        at = datetime.combine(on, moment(dice, self.plan.rhythm), tzinfo=self._zone)
        line = next(self._line)
        record = ResponseRecord(
            line=line,
            key=f"{self.plan.key}-{line:06}",
            answered_at=at,
            survey=self.plan.key,
            customer=who.reference if who else None,
            channel=occasion.channel,
            touchpoint=occasion.touchpoint,
            language=language,
            weight=self._weight(who),
            ratings=ratings,
            comments=self._comments(dice, occasion, age, ratings[0], language),
            answers={**_told(dice, who), **self._reason(who)},
        )
        received_at = at + self._delay(dice)
        yield Arrival(received_at, record)
        if dice.random() < _SENT_TWICE_SHARE:
            again = _changed(record) if dice.random() < _CHANGED_SHARE else record
            yield Arrival(received_at + timedelta(days=7), again)

    def _occasion(self, dice: Random, age: float) -> Occasion:
        shares = self._company.stories.shares(self.plan.key, self._usual, age)
        weights = [
            one.share * shares[one.channel] / self._usual[one.channel]
            for one in self.plan.occasions
        ]
        [occasion] = dice.choices(self.plan.occasions, weights)
        return occasion

    def _ratings(
        self, dice: Random, occasion: Occasion, age: float, who: Person | None
    ) -> tuple[RatingRecord, ...]:
        shared = _OF_PERSON * (who.kindness if who else dice.gauss())
        shared += _OF_OCCASION * dice.gauss()
        return tuple(
            self._rating(question, occasion, age, shared + _OF_QUESTION * dice.gauss())
            for question in self.plan.questions
            if question.since_weeks is None or age <= question.since_weeks
        )

    def _rating(
        self, question: QuestionPlan, occasion: Occasion, age: float, latent: float
    ) -> RatingRecord:
        touchpoint = question.touchpoint or occasion.touchpoint
        lift = self._company.stories.lift(touchpoint, occasion.channel, age)
        value = score(question.metric, occasion.level + question.lift + lift, latent)
        # A touchpoint of its own is named; else the rating shares that of the response.
        return RatingRecord(question.key, question.metric, value, question.touchpoint)

    def _comments(
        self, dice: Random, occasion: Occasion, age: float, first: RatingRecord, language: str
    ) -> dict[str, str]:
        tone = BETWEEN
        if is_praise(first.metric, first.value):
            tone = PRAISE
        elif is_blame(first.metric, first.value):
            tone = BLAME
        if dice.random() >= self.plan.comment_share * _COMMENT_FACTORS[tone]:
            return {}
        usual = self._company.topic_of(occasion.touchpoint)
        topic = self._company.stories.topic(occasion.touchpoint, age, usual)
        written = language if topic in LANGUAGES[language] else "en"
        return {"why": comment(dice, topic=topic, tone=tone, language=written)}

    def _reason(self, who: Person | None) -> dict[str, JSON]:
        """Give what whoever leaves says of it: the reason that their contract has."""
        timeline = self._company.timeline
        plan = timeline.contracts if timeline else None
        if not (self.plan.reason and plan and who):
            return {}
        reason = reason_of(plan, who, today=self._today, seed=self._seed)
        return {"reason": reason} if reason else {}

    def _weight(self, who: Person | None) -> Decimal | None:
        if not self.plan.is_weighted or who is None:
            return None
        return Decimal(_WEIGHTS[self._company.regions.index(who.region)])

    def _delay(self, dice: Random) -> timedelta:
        if dice.random() < self.plan.late_share:
            return timedelta(days=dice.randrange(15, 40), minutes=dice.randrange(600))
        return timedelta(minutes=dice.randrange(1, 40))


def _told(dice: Random, who: Person | None) -> dict[str, JSON]:
    if who is None:
        return {"shop": f"Shop {dice.randrange(1, _SHOPS + 1)}"}
    return {"product": who.group.product, "age": who.group.age, "region": who.region}


def _changed(record: ResponseRecord) -> ResponseRecord:
    """Give the same response with its first score one point nearer to the middle."""
    first, *others = record.ratings
    value = first.value - 1 if first.value > 2 else first.value + 1  # noqa: PLR2004 - any middle
    return replace(record, ratings=(replace(first, value=value), *others))


def _poisson(dice: Random, expected: float) -> int:
    """Draw how often something happens that is *expected* so often.

    Source: Knuth, The Art of Computer Programming 2 (1997), 3.4.1; by the normal above 50.
    """
    if expected > _MANY:
        return max(0, round(dice.gauss(expected, math.sqrt(expected))))
    limit, product, happened = math.exp(-expected), dice.random(), 0
    while product > limit:
        product *= dice.random()
        happened += 1
    return happened
