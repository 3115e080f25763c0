"""The kinds of lanes: what their cells take, what they can be set to, and lanes to begin with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from cxm.kernel.operations.records import RefusedError
from journeys.rules import lane_configs as configs
from journeys.rules.kinds import CARDED, LaneKind, Zone
from journeys.rules.lane_configs import Config, fault_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.kernel.operations.shapes import JSON


@dataclass(frozen=True, slots=True)
class LaneRule:
    """One kind of lane.

    *words* is what people call it, *about* what a cell of it holds, *icon* a name of the sprite.
    *schema* is what it can be set to. A card in it must have the fields *needs* and may have
    *offers*; *writes* names the elements of steps that its cells show instead of cards.
    """

    kind: LaneKind
    words: str
    about: str
    icon: str
    schema: type[Config]
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    writes: str = ""
    is_measured: bool = False

    @property
    def takes_cards(self) -> bool:
        """Whether its cells hold cards."""
        return self.kind in CARDED

    @property
    def fields(self) -> tuple[str, ...]:
        """List the fields that a card in it shows, in the order of a form."""
        return (*self.needs, *self.offers)


_LOOKS = ("colour", "persona")
_RULES = (
    LaneRule(
        LaneKind.TEXT,
        "Text",
        "cards of text",
        "message-square-text",
        configs.TextConfig,
        ("text",),
        _LOOKS,
    ),
    LaneRule(
        LaneKind.IMAGE,
        "Pictures",
        "pictures with a caption",
        "eye",
        configs.ImageConfig,
        ("asset",),
        ("text", "alt", "is_decorative"),
    ),
    LaneRule(
        LaneKind.ICON,
        "Icons",
        "icons with a label",
        "star",
        configs.IconConfig,
        ("icon",),
        ("text", *_LOOKS),
    ),
    LaneRule(
        LaneKind.FILE, "Files", "files", "file-text", configs.FileConfig, ("asset",), ("text",)
    ),
    LaneRule(LaneKind.LINK, "Links", "addresses", "link", configs.LinkConfig, ("url",), ("text",)),
    LaneRule(
        LaneKind.CHANNEL,
        "Channels",
        "channels",
        "radio-tower",
        configs.ChannelConfig,
        ("channel",),
        ("text",),
    ),
    LaneRule(
        LaneKind.TOUCHPOINT,
        "Touchpoints",
        "touchpoints of the step",
        "map-pin",
        configs.TouchpointConfig,
        writes="contact",
    ),
    LaneRule(
        LaneKind.EMOTION,
        "Emotion curve",
        "one value from -2 to +2 for each persona",
        "smile",
        configs.EmotionConfig,
        ("value",),
        ("persona", "text"),
    ),
    LaneRule(
        LaneKind.EXPERIENCE,
        "Measured experience",
        "what customers answered",
        "activity",
        configs.ExperienceConfig,
        is_measured=True,
    ),
    LaneRule(
        LaneKind.SCALE,
        "Scale",
        "one number for each step",
        "chart-line",
        configs.ScaleConfig,
        ("value",),
        ("text",),
    ),
    LaneRule(
        LaneKind.METRIC,
        "Metrics",
        "figures bound to the step",
        "gauge",
        configs.MetricConfig,
        is_measured=True,
    ),
    LaneRule(
        LaneKind.INSIGHT,
        "Insights",
        "insights of the library",
        "sparkles",
        configs.InsightConfig,
        ("insight",),
    ),
    LaneRule(
        LaneKind.OPPORTUNITY,
        "Opportunities",
        "opportunities of the library",
        "lightbulb",
        configs.ItemConfig,
        ("opportunity",),
    ),
    LaneRule(
        LaneKind.SOLUTION,
        "Solutions",
        "solutions of the library",
        "package",
        configs.ItemConfig,
        ("solution",),
    ),
    LaneRule(
        LaneKind.GOAL, "Goals", "goals of the library", "target", configs.ItemConfig, ("goal",)
    ),
    LaneRule(
        LaneKind.ACTOR,
        "People and systems",
        "stakeholders with their part in the step",
        "users",
        configs.ActorConfig,
        writes="role",
    ),
    LaneRule(
        LaneKind.TIME,
        "Time",
        "how long the step is meant to last",
        "clock",
        configs.TimeConfig,
    ),
    LaneRule(
        LaneKind.NESTED,
        "Journeys inside",
        "journeys inside the step",
        "route",
        configs.NestedConfig,
        writes="nested",
    ),
    LaneRule(
        LaneKind.FLOW, "Ways", "ways between steps", "workflow", configs.FlowConfig, writes="flow"
    ),
    LaneRule(
        LaneKind.GRADE,
        "Evidence",
        "how well the step is backed",
        "shield-check",
        configs.GradeConfig,
    ),
    LaneRule(
        LaneKind.PROMISE,
        "Promises",
        "targets of the map",
        "flag",
        configs.PromiseConfig,
        is_measured=True,
    ),
    LaneRule(LaneKind.LINE, "Line or heading", "nothing", "minus", configs.LineConfig),
)
RULES: dict[LaneKind, LaneRule] = {rule.kind: rule for rule in _RULES}
# Lanes whose cards say how it is for customers, which evidence can speak for or against.
CLAIMS = frozenset({LaneKind.TEXT, LaneKind.EMOTION, LaneKind.SCALE, LaneKind.INSIGHT})


@dataclass(frozen=True, slots=True)
class Preset:
    """A lane to begin with: a kind with its title, settings and zone."""

    key: str
    title: str
    kind: LaneKind = LaneKind.TEXT
    config: Mapping[str, JSON] = field(default_factory=dict)
    zone: Zone | None = None


PRESETS = (
    Preset("does", "Does"),
    Preset("thinks", "Thinks"),
    Preset("feels", "Feels", LaneKind.EMOTION),
    Preset("says", "Says"),
    Preset("needs", "Needs", LaneKind.INSIGHT, {"types": ["need"]}),
    Preset("jobs", "Jobs", LaneKind.INSIGHT, {"types": ["job"]}),
    Preset("pains", "Pains", LaneKind.INSIGHT, {"types": ["pain"]}),
    Preset("gains", "Gains", LaneKind.INSIGHT, {"types": ["gain"]}),
    Preset("questions", "Questions", LaneKind.INSIGHT, {"types": ["question"]}),
    Preset("quotes", "Quotes", LaneKind.INSIGHT, {"types": ["quote"]}),
    Preset(
        "dramatic-arc",
        "Dramatic arc",
        LaneKind.SCALE,
        {"min": 1, "max": 5, "ends": ["Calm", "Intense"]},
    ),
    Preset("effort", "Effort", LaneKind.SCALE, {"min": 1, "max": 7, "ends": ["Easy", "Hard"]}),
    Preset(
        "importance",
        "Importance",
        LaneKind.SCALE,
        {"min": 1, "max": 5, "ends": ["Low", "High"], "display": "bars"},
    ),
    Preset("physical-evidence", "Physical evidence", zone=Zone.EVIDENCE),
    Preset("frontstage", "Frontstage", zone=Zone.FRONTSTAGE),
    Preset("backstage", "Backstage", zone=Zone.BACKSTAGE),
    Preset(
        "support-systems",
        "Support systems",
        LaneKind.ACTOR,
        {"kinds": ["system"]},
        Zone.SUPPORT,
    ),
    Preset("kpi", "KPI", LaneKind.METRIC),
    Preset("ideas", "Ideas", LaneKind.OPPORTUNITY),
    Preset("owner", "Owner", LaneKind.ACTOR, {"roles": ["A"]}),
)


def config_of(kind: LaneKind, told: Mapping[str, Any]) -> Any:
    """Give the settings of a lane of *kind*, with what is left out as it is by default.

    Gives an instance of the kind's own schema. Raises RefusedError, whose field is the path of
    the fault, as `config.labels.2`.
    """
    try:
        config = msgspec.convert(told, RULES[kind].schema)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        raise _refused(_path(path, reason), reason.replace("`", "")) from error
    if fault := fault_of(config):
        raise _refused(*fault)
    return config


def kept_config(kind: LaneKind, told: Mapping[str, Any]) -> Any:
    """Give the settings of a lane that is shown; one that no longer fits shows the defaults."""
    try:
        return config_of(kind, told)
    except RefusedError:
        return RULES[kind].schema()


def card_fault(kind: LaneKind, config: Any, values: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say what keeps a card with *values* from lying in such a lane: the field, and words.

    None where nothing does. Pictures and files may follow later: a card is made first.
    """
    rule = RULES[kind]
    for name in rule.needs:
        if name not in _LATER and values.get(name) in {None, ""}:
            return name, f"A card in this lane needs a {name}."
    if kind is LaneKind.LINK and config.hosts and values.get("url"):
        host = urlsplit(values["url"]).hostname
        if host not in config.hosts:
            return "url", f"Addresses in this lane lead to {', '.join(config.hosts)}."
    value = values.get("value")
    if kind is LaneKind.SCALE and value is not None and not config.min <= value <= config.max:
        return "value", f"The scale goes from {config.min:g} to {config.max:g}."
    return None


# What may be filled in after the card was made.
_LATER = frozenset({"text", "asset", "icon", "url"})


def _refused(path: str, reason: str) -> RefusedError:
    place = f"config.{path}" if path else "config"
    said = reason[0].lower() + reason[1:].rstrip(".")
    return RefusedError(f"Settings of the lane, at {place}: {said}.", field=place)


def _path(path: str, reason: str) -> str:
    """Give the path of a fault as `labels.2`; an unknown key is named by its own."""
    place = path.removesuffix("`").replace("[", ".").replace("]", "").lstrip(".")
    if "unknown field" in reason:
        key = reason.rpartition("field `")[2].rstrip("`")
        return ".".join(filter(None, (place, key)))
    return place
