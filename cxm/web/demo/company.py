"""What a made-up company consists of: channels, touchpoints, surveys and the people it serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from decimal import Decimal
    from random import Random

    from analytics.rules.churn import ChurnRule
    from analytics.rules.purchases import PurchaseRule
    from cxm.collaboration.rules.kinds import EvidenceKind
    from cxm.web.demo.alert_plans import AlertPlan
    from cxm.web.demo.dashboard_plans import DashboardPlan
    from cxm.web.demo.journey_plans import JourneyMapPlan, LibraryPlan
    from cxm.web.demo.people import Person
    from cxm.web.demo.stories import Stories
    from cxm.web.demo.tales import Tale
    from personas.rules.kinds import PersonaStatus
    from personas.rules.templates import Template

# Whose numbers the customers and organisations of the demo have: those of its customer register.
NUMBERING = "crm"


class Rhythm(StrEnum):
    """When the answers to a survey come in."""

    OFFICE = "office"
    ALWAYS = "always"
    SHOP = "shop"
    INVOICE = "invoice"
    PULSE = "pulse"
    OUTAGE = "outage"
    WAVE = "wave"


class Asked(StrEnum):
    """Who is asked."""

    CUSTOMERS = "customers"
    JOINERS = "joiners"
    LEAVERS = "leavers"
    PASSERS_BY = "passers-by"


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A channel; *medium* is one of the product's media."""

    key: str
    title: str
    medium: str


@dataclass(frozen=True, slots=True)
class TouchpointPlan:
    """A touchpoint; *topic* says what people write about after it."""

    key: str
    title: str
    channel: str
    topic: str
    description: str
    initiator: str = "customer"
    interaction: str = "action"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an answer is about, and how good it is there.

    *share* is its weight among the occasions of the survey. *level* is the figure that many
    answers tend to: percent favourable, or the Net Promoter Score for questions of that kind.
    """

    share: float
    level: float
    channel: str
    touchpoint: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionPlan:
    """A scored question about the occasion, or about *touchpoint* where one is named.

    *lift* is added to the occasion's level. The question was added to the survey on the Monday
    *since_weeks* ago, None for: with the survey.
    """

    key: str
    text: str
    metric: str
    touchpoint: str | None = None
    lift: float = 0.0
    since_weeks: int | None = None


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """A survey with its answers *per_day* on a usual day, at full size.

    Where joiners or leavers are asked, *per_day* is the part of them that answers.

    It ran from the Monday *from_weeks* ago to before the Monday *to_weeks* ago (-1: still runs).
    *comment_share* of the unmoved leave a comment, of the angry three times as many. *reason* asks
    those who leave why; "" does not.
    """

    key: str
    title: str
    purpose: str
    source: str
    per_day: float
    rhythm: Rhythm
    occasions: tuple[Occasion, ...]
    questions: tuple[QuestionPlan, ...]
    comment: str = "What is the main reason for your score?"
    comment_share: float = 0.15
    asked: Asked = Asked.CUSTOMERS
    languages: tuple[str, ...] = ("en",)
    from_weeks: int = 160
    to_weeks: int = -1
    is_weighted: bool = False
    late_share: float = 0.01
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of customer: *share* of all, what they buy, how old they are.

    *mood* is how easily they are pleased, in standard deviations of the difference between people.
    """

    share: float
    product: str
    age: str
    mood: float


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A touchpoint rule: what gives events called *event*, of *kind*, their touchpoint.

    Empty asks nothing; each condition is (path, op, value).
    """

    touchpoint: str
    event: str = ""
    kind: str = ""
    conditions: tuple[tuple[str, str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """A segment with its rule as JSON has it."""

    key: str
    title: str
    description: str
    rule: dict[str, object]


@dataclass(frozen=True, slots=True)
class EvidencePlan:
    """What was observed of *subjects* people about the statement that reads *statement*."""

    statement: str
    kind: EvidenceKind
    source: str
    excerpt: str
    days_ago: int
    subjects: int = 1
    is_against: bool = False


@dataclass(frozen=True, slots=True)
class PersonaPlan:
    """A persona with the key of its segment; one that was never reviewed has no days.

    Its *evidence* is older than the review.
    """

    template: Template
    segment: str
    category: str
    status: PersonaStatus
    reviewed_days_ago: int | None
    evidence: tuple[EvidencePlan, ...] = ()


@dataclass(frozen=True, slots=True)
class StakeholderPlan:
    """Somebody on a map: ring and sector by number, power and interest 1 to 5, attitude -2 to 2."""

    name: str
    kind: str
    ring: int
    sector: int
    power: float
    interest: float
    attitude: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class RelationPlan:
    """What passes between two by name."""

    start: str
    end: str
    kind: str
    strength: int = 2
    title: str = ""
    direction: str = "one"


@dataclass(frozen=True, slots=True)
class MapPlan:
    """A stakeholder map; who is on several maps has the same name on each."""

    title: str
    description: str
    layout: str
    stakeholders: tuple[StakeholderPlan, ...]
    relations: tuple[RelationPlan, ...]


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Something that *by* says, a key of the demo's sign-ins, so long *ago*."""

    by: str
    ago: timedelta
    words: str


@dataclass(frozen=True, slots=True)
class TalkPlan:
    """A thread about a persona or map by its name; *part* is a title on it, "" the whole."""

    about: str
    part: str
    lines: tuple[LinePlan, ...]
    resolved_by: str = ""
    is_of_map: bool = False


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """What an attribute of customers or companies is, in the product's words."""

    key: str
    title: str
    type: str
    scope: str = "customer"
    personal: str = "none"


@dataclass(frozen=True, slots=True)
class PromisePlan:
    """Something promised *days_ago*, due *within_days* of that; kept after some days, or not."""

    text: str
    days_ago: int
    within_days: int
    kept_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class ChurnPlan:
    """When a customer of the company is gone; the first of several leads."""

    title: str
    rule: ChurnRule


@dataclass(frozen=True, slots=True)
class ContractPlan:
    """What is paid a month, by product; all prices rose by *rise* so many weeks ago.

    Some went to the *smallest* product then. *reasons* for leaving have weights, others after
    the rise.
    """

    prices: Mapping[str, Decimal]
    smallest: str
    rise: Decimal
    rise_weeks: int
    reasons: tuple[tuple[str, int], ...]
    reasons_after: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SendingPlan:
    """A survey by *template* that is sent after events called *event*, *a_week* of them at most.

    *share* of people are drawn, *level* of those asked answer; *has_ended* some weeks ago.
    """

    title: str
    template: str
    survey: str
    event: str
    a_week: int
    share: str
    level: float
    reminders: tuple[int, ...] = ()
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePlan:
    """What happens between the company and its customers, beside answers.

    *chapters* each tell a part of the tale of one customer. *traits* says what is known of
    somebody. At full size there are *organisations* and *visitors*, people whose names nobody
    knows; *duplicates*, customers that were entered twice, do not depend on the size. *purchases*
    says what repeat customers buy, *drivers* what was asked of them, as queries of their page.
    """

    chapters: tuple[Callable[[Tale], None], ...]
    traits: Callable[[Person, Random], dict[str, str]]
    rules: tuple[RulePlan, ...]
    attributes: tuple[AttributePlan, ...]
    segments: tuple[SegmentPlan, ...] = ()
    members: str = ""
    organisations: int = 0
    duplicates: int = 0
    visitors: int = 0
    pages: tuple[tuple[str, str], ...] = ()
    promises: tuple[PromisePlan, ...] = ()
    notes: tuple[str, ...] = ()
    client_event: str = "page_opened"
    personas: tuple[PersonaPlan, ...] = ()
    maps: tuple[MapPlan, ...] = ()
    talks: tuple[TalkPlan, ...] = ()
    journeys: tuple[JourneyMapPlan, ...] = ()
    library: LibraryPlan | None = None
    sendings: tuple[SendingPlan, ...] = ()
    churn: tuple[ChurnPlan, ...] = ()
    alerts: tuple[AlertPlan, ...] = ()
    dashboards: tuple[DashboardPlan, ...] = ()
    drivers: tuple[str, ...] = ()
    contracts: ContractPlan | None = None
    purchases: PurchaseRule | None = None


@dataclass(frozen=True, slots=True)
class ToldTopic:
    """A topic of texts beside those to begin with; *expressions* by language, *parent* a key."""

    key: str
    title: str
    expressions: dict[str, str]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """A company to make answers for.

    *german_share* of its customers speak German; *has_sample_file* says that the survey file of
    `sample_file` is imported as well. Without a *timeline* there are answers only.
    """

    slug: str
    name: str
    time_zone: str
    number_prefix: str
    customers: int
    channels: tuple[ChannelPlan, ...]
    touchpoints: tuple[TouchpointPlan, ...]
    surveys: tuple[SurveyPlan, ...]
    groups: tuple[Group, ...]
    regions: tuple[str, ...]
    stories: Stories
    german_share: float = 0.0
    has_sample_file: bool = False
    topics: dict[str | None, str] = field(default_factory=dict)
    told_topics: tuple[ToldTopic, ...] = ()
    timeline: TimelinePlan | None = None

    def topic_of(self, touchpoint: str | None) -> str:
        """Say what people write about after *touchpoint*, None for the company as a whole."""
        return self.topics[touchpoint]


def topics_of(touchpoints: tuple[TouchpointPlan, ...], *, otherwise: str) -> dict[str | None, str]:
    """Map each touchpoint to its topic, and None to *otherwise*."""
    return {None: otherwise, **{point.key: point.topic for point in touchpoints}}
