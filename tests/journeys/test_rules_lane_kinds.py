"""What lanes can be set to, what their cells take, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cxm.kernel.operations.records import RefusedError
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import PRESETS, RULES, card_fault, config_of, kept_config

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "icons.svg"


def test_every_kind_of_lane_has_its_rule() -> None:
    assert set(RULES) == set(LaneKind)


def test_every_icon_of_a_kind_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([\w-]+)"', ICONS.read_text()))

    assert {rule.icon for rule in RULES.values()} <= there


@pytest.mark.parametrize("kind", list(LaneKind), ids=str)
def test_settings_may_be_left_out(kind: LaneKind) -> None:
    assert config_of(kind, {}) == RULES[kind].schema()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_fits_its_kind(preset: Any) -> None:
    assert config_of(preset.kind, preset.config).max_cards == 60


@pytest.mark.parametrize(
    ("kind", "told", "path"),
    [
        ("text", {"style": "poster"}, "config.style"),
        ("text", {"max_cards": 0}, "config.max_cards"),
        ("text", {"max_cards": 61}, "config.max_cards"),
        ("text", {"colours": 1}, "config.colours"),
        ("text", {"help": "a" * 501}, "config.help"),
        ("image", {"fit": 1}, "config.fit"),
        ("link", {"hosts": ["ok.example", 5]}, "config.hosts.1"),
        ("emotion", {"labels": ["a", "b"]}, "config.labels"),
        ("emotion", {"labels": ["a", "b", "c" * 41, "d", "e"]}, "config.labels.2"),
        ("emotion", {"curve": "wild"}, "config.curve"),
        ("scale", {"min": 5, "max": 5}, "config.max"),
        ("scale", {"ends": ["Low"]}, "config.ends"),
        ("scale", {"step": 0}, "config.step"),
        ("experience", {"window_days": 366}, "config.window_days"),
        ("experience", {"min_n": 0}, "config.min_n"),
        ("insight", {"types": ["pain", "joy"]}, "config.types.1"),
        ("actor", {"roles": ["X"]}, "config.roles.0"),
        ("line", {"label": "a" * 121}, "config.label"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_with_its_path(
    kind: str, told: dict[str, Any], path: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        config_of(LaneKind(kind), told)

    assert refused.value.field == path
    assert path in str(refused.value)


def test_a_lane_whose_settings_no_longer_fit_is_shown_as_by_default() -> None:
    assert kept_config(LaneKind.TEXT, {"gone": 1}) == config_of(LaneKind.TEXT, {})


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("text", {"text": ""}, None),
        ("image", {"asset": None}, None),
        ("channel", {"channel": None}, "channel"),
        ("insight", {"insight": None}, "insight"),
        ("insight", {"insight": "an id"}, None),
        ("scale", {"value": None}, "value"),
        ("scale", {"value": 0}, "value"),
        ("scale", {"value": 5}, None),
        ("scale", {"value": 5.5}, "value"),
    ],
)
def test_a_card_must_fit_its_lane(kind: str, values: dict[str, Any], field: str | None) -> None:
    fault = card_fault(LaneKind(kind), config_of(LaneKind(kind), {}), values)

    assert (fault and fault[0]) == field
