"""What happens to a made-up company over time: courses, and everything that follows one.

Time is told as an age in weeks: the Monday of the running week has age 0, the Monday before it
age 1, the Sunday between them 1/7. An age falls as time goes by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

_WEEK_DAYS = 7


def age_in_weeks(on: date, today: date) -> float:
    """Give the age of a day in weeks, as seen on *today*; 0 or less within the running week."""
    monday = today - timedelta(days=today.weekday())
    return (monday - on).days / _WEEK_DAYS


@dataclass(frozen=True, slots=True)
class Course:
    """A value over time: straight lines between *knots* of (age, value), oldest first.

    Before the first knot it has the first value, after the last the last. Two knots of one age
    make a jump; the day of that age has the later value.
    """

    knots: tuple[tuple[float, float], ...]

    def at(self, age: float) -> float:
        """Give the value at an age in weeks."""
        if age > self.knots[0][0]:
            return self.knots[0][1]
        for (start, before), (end, after) in pairwise(self.knots):
            if end < age:
                return before + (after - before) * (start - age) / (start - end)
        return self.knots[-1][1]


@dataclass(frozen=True, slots=True)
class Lift:
    """Points added to the level of a touchpoint, on one channel or on all.

    Without a touchpoint: to the level of what is said about the company as a whole.
    """

    points: Course
    touchpoint: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Mix:
    """The share of one channel among the answers of a survey; the others keep their proportions."""

    survey: str
    channel: str
    share: Course


@dataclass(frozen=True, slots=True)
class Surge:
    """A factor on the number of answers to a survey."""

    survey: str
    factor: Course


@dataclass(frozen=True, slots=True)
class Talk:
    """What people write about after a touchpoint from one age on until before a younger one."""

    touchpoint: str
    from_age: float
    to_age: float
    topic: str


@dataclass(frozen=True, slots=True)
class Script:
    """Answers of a survey that are not left to chance.

    Each of *scores* is (age in weeks, score); the survey's own volume does not count.
    """

    survey: str
    scores: tuple[tuple[float, int], ...]

    def on_day(self, age: float) -> list[int]:
        """Give the scores of the day of this age."""
        day = round(age * _WEEK_DAYS)
        return [value for known, value in self.scores if round(known * _WEEK_DAYS) == day]


@dataclass(frozen=True, slots=True)
class Stories:
    """All that happens to one company."""

    lifts: tuple[Lift, ...] = ()
    mixes: tuple[Mix, ...] = ()
    surges: tuple[Surge, ...] = ()
    talks: tuple[Talk, ...] = ()
    scripts: tuple[Script, ...] = ()

    def lift(self, touchpoint: str | None, channel: str, age: float) -> float:
        """Sum the points that answers of this age about a touchpoint on a channel are lifted by."""
        return sum(
            one.points.at(age)
            for one in self.lifts
            if one.touchpoint == touchpoint and one.channel in (None, channel)
        )

    def surge(self, survey: str, age: float) -> float:
        """Give the factor on the number of answers of this age to a survey."""
        factor = 1.0
        for one in self.surges:
            if one.survey == survey:
                factor *= one.factor.at(age)
        return factor

    def shares(self, survey: str, usual: dict[str, float], age: float) -> dict[str, float]:
        """Give the shares of channels among the answers of this age; *usual* sums to 1."""
        for one in self.mixes:
            if one.survey == survey:
                share = one.share.at(age)
                rest = (1 - share) / (1 - usual[one.channel])
                usual = {key: part * rest for key, part in usual.items()} | {one.channel: share}
        return usual

    def topic(self, touchpoint: str | None, age: float, usual: str) -> str:
        """Say what people write about after a touchpoint at this age; mostly the *usual*."""
        for one in self.talks:
            if one.touchpoint == touchpoint and one.to_age < age <= one.from_age:
                return one.topic
        return usual

    def script(self, survey: str) -> Script | None:
        """Give the script of a survey that has one."""
        return next((one for one in self.scripts if one.survey == survey), None)
