"""What each kind of lane can be set to; whatever is not written here is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from journeys.rules.curves import CurveForm
from journeys.rules.kinds import FlowKind, StepRoleKind, Zone
from journeys.rules.library import InsightKind, InsightStatus
from personas.rules.kinds import StakeholderKind

MOST_IN_A_CELL = 60
_Word = Annotated[str, Meta(max_length=40)]
_Key = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_Days = Annotated[int, Meta(ge=1, le=365)]
_Number = Annotated[float, Meta(ge=-9_999, le=9_999)]


class Config(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What lanes of every kind can be set to."""

    max_cards: Annotated[int, Meta(ge=1, le=MOST_IN_A_CELL)] = MOST_IN_A_CELL
    colour_by: Literal["none", "persona", "grade", "type", "status"] = "none"
    help: Annotated[str, Meta(max_length=500)] = ""
    required: bool = False


class TextConfig(Config, frozen=True):
    """Cards of plain or rich text; in a *list* they stand without a frame."""

    format: Literal["plain", "rich"] = "plain"
    style: Literal["card", "list"] = "card"


class ImageConfig(Config, frozen=True):
    """Pictures; a *storyboard* numbers its frames."""

    fit: Literal["cover", "contain"] = "cover"
    storyboard: bool = False


class IconConfig(Config, frozen=True):
    """Icons with a label; *set* is which icons are offered."""

    set: Literal["all", "feelings", "things", "actions"] = "all"


class FileConfig(Config, frozen=True):
    """Files, up to *max_mb* each."""

    max_mb: Annotated[int, Meta(ge=1, le=20)] = 20


class LinkConfig(Config, frozen=True):
    """Addresses; none of other *hosts*, where some are named."""

    hosts: Annotated[tuple[Annotated[str, Meta(max_length=253)], ...], Meta(max_length=40)] = ()


class ChannelConfig(Config, frozen=True):
    """Channels: cards of their own, or those of the touchpoints; *trace* joins them by a line."""

    source: Literal["cards", "touchpoints"] = "cards"
    trace: bool = True


class TouchpointConfig(Config, frozen=True):
    """Touchpoints of the steps; empty lists show all. *show_hits* counts contacts."""

    media: tuple[_Word, ...] = ()
    initiators: tuple[_Word, ...] = ()
    roles: tuple[Literal["primary", "secondary"], ...] = ()
    show_hits: bool = False


class EmotionConfig(Config, frozen=True):
    """A drawn curve; *personas* (empty: all of the map), *labels* from the highest down."""

    personas: tuple[_Key, ...] = ()
    curve: CurveForm = CurveForm.MONOTONE
    labels: Annotated[tuple[_Word, ...], Meta(max_length=5)] = ()
    show_table: bool = False


class ExperienceConfig(Config, frozen=True):
    """A measured curve of one metric; *mapping* puts its points on the axis of the drawn one."""

    metric_key: _Key = "csat_5"
    by: Literal["step", "touchpoint"] = "step"
    window_days: _Days = 28
    min_n: Annotated[int, Meta(ge=1, le=10_000)] = 30
    compare: Literal["none", "previous", "baseline"] = "previous"
    mapping: Literal["none", "minus_3"] = "none"
    show_drawn: bool = True


class ScaleConfig(Config, frozen=True):
    """One number for each step, from *min* to *max*; *ends* are the words at both."""

    min: _Number = 1
    max: _Number = 5
    step: Annotated[float, Meta(gt=0, le=9_999)] = 1
    ends: Annotated[tuple[_Word, ...], Meta(max_length=2)] = ()
    display: Literal["line", "bars", "dots"] = "line"


class MetricConfig(Config, frozen=True):
    """Figures of the *bindings* named; empty shows all that are bound to the step."""

    bindings: tuple[_Key, ...] = ()
    display: Literal["number", "spark", "bars"] = "number"
    compare: Literal["none", "previous", "baseline"] = "previous"
    show_target: bool = True


class InsightConfig(Config, frozen=True):
    """Insights of the library; *types* (empty: all) are shown, new ones begin as *new_status*."""

    types: tuple[InsightKind, ...] = ()
    group_by: Literal["none", "type", "status"] = "none"
    new_status: InsightStatus = InsightStatus.OPEN


class ItemConfig(Config, frozen=True):
    """Opportunities, solutions or goals; *statuses* (empty: all), and the scores to show."""

    statuses: tuple[_Key, ...] = ()
    show_scores: tuple[_Key, ...] = ()


class ActorConfig(Config, frozen=True):
    """Stakeholders with their part; empty lists show all, except systems."""

    roles: tuple[StepRoleKind, ...] = ()
    kinds: tuple[StakeholderKind, ...] = ()
    zone: Zone | None = None


class TimeConfig(Config, frozen=True):
    """How long a step is meant to last, and what was measured."""

    unit: Literal["auto", "minutes", "hours", "days"] = "auto"
    show_measured: bool = True


class NestedConfig(Config, frozen=True):
    """Journeys inside a step; *rollup* tells of their published current map."""

    rollup: Literal["none", "emotion", "counts", "metrics"] = "none"


class FlowConfig(Config, frozen=True):
    """Ways between steps; *kinds* (empty: all), with their planned *shares*."""

    kinds: tuple[FlowKind, ...] = ()
    shares: bool = False


class GradeConfig(Config, frozen=True):
    """How well cards and steps are backed by evidence."""

    show: Literal["grade", "age", "list"] = "grade"


class PromiseConfig(Config, frozen=True):
    """The targets of the map, with what is known of them."""

    show: tuple[Literal["target", "value", "verdict", "due", "realisation"], ...] = (
        "target",
        "value",
        "verdict",
        "due",
    )


class LineConfig(Config, frozen=True):
    """A heading, or a line of a service blueprint."""

    line: Literal["interaction", "visibility", "internal", "heading"] = "heading"
    label: Annotated[str, Meta(max_length=120)] = ""


def fault_of(config: Any) -> tuple[str, str] | None:
    """Give what no schema can say of a config that fits one: the field and words for people."""
    if isinstance(config, ScaleConfig) and config.min >= config.max:
        return "max", "the highest value must be above the lowest."
    if isinstance(config, ScaleConfig) and len(config.ends) == 1:
        return "ends", "name both ends, or none."
    if isinstance(config, EmotionConfig) and 0 < len(config.labels) < 5:  # noqa: PLR2004 - see it
        return "labels", "name all five values from the highest down, or none."
    return None
