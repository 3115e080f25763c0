"""What the journeys of a made-up company consist of: maps, and what people did about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxm.web.demo.company import EvidencePlan, TalkPlan
    from journeys.rules.promises import Realisation


@dataclass(frozen=True, slots=True)
class RealisationPlan:
    """How far a step of a future map is real; one that is live has been so for *live_days*."""

    step: str
    state: Realisation
    live_days: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """A review asked *days_ago* and still open; *reviewers* are keys of the demo's sign-ins."""

    reviewers: tuple[str, ...]
    message: str
    days_ago: int


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """A link for people outside that shows lanes of *kinds*, made *days_ago*."""

    label: str
    kinds: tuple[str, ...]
    days_ago: int


@dataclass(frozen=True, slots=True)
class ViewPlan:
    """A way of looking at the maps of a journey for everybody, as the *query* of an address."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class JourneyMapPlan:
    """A journey map in a file of the folder `maps`, and what has become of it since."""

    file: str
    made_days_ago: int
    is_published: bool = False
    realised: tuple[RealisationPlan, ...] = ()
    talks: tuple[TalkPlan, ...] = ()
    review: ReviewPlan | None = None
    link: LinkPlan | None = None
    views: tuple[ViewPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedPlan:
    """The newest *count* answers to a survey that hold *words*, cited for an insight by its key."""

    insight: str
    survey: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class ScorePlan:
    """How sure people are of an opportunity by its key, in percent, and the weeks it takes."""

    opportunity: str
    confidence: int
    effort: float


@dataclass(frozen=True, slots=True)
class LibraryPlan:
    """What insights rest on, observed or answered, and what opportunities are scored.

    The *statement* of an observation is the key of its insight.
    """

    observed: tuple[EvidencePlan, ...] = ()
    quoted: tuple[QuotedPlan, ...] = ()
    scores: tuple[ScorePlan, ...] = ()
