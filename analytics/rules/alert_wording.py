"""Alerts in a line: what, how much, how sure, how many answers, since when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from cxm.kernel.numbers import written
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.rounding import round_half_away

LONGEST = 200
MOST_TOLD = 100
"""So many ids of answers are told of one alert."""


def level_title(title: str, figure: Mapping[str, Any]) -> str:
    """Name an alert about a level: the rule's title, then the figure."""
    return _cut(title, level_words(figure))


def level_words(figure: Mapping[str, Any]) -> str:
    """Say a figure: "31.2, surely between 24.1 and 38.3, from 131 answers since 1 Oct 2026"."""
    value, low, high = (_number(figure, name) for name in ("value", "low", "high"))
    since = day_words(date.fromisoformat(figure["from"]))
    return f"{value}, between {low} and {high}, from {figure['n']:,} answers since {since}"


def volume_title(title: str, figure: Mapping[str, Any]) -> str:
    """Name an alert about a number of answers: the rule's title, then the day."""
    return _cut(title, volume_words(figure))


def volume_words(figure: Mapping[str, Any]) -> str:
    """Say a figure: "3 answers on 12 Nov 2026, usually at least 18"."""
    day = day_words(date.fromisoformat(figure["from"]))
    answers = f"{figure['n']:,} answer{'' if figure['n'] == 1 else 's'}"
    return f"{answers} on {day}, usually {usual_words(figure)}"


def usual_words(figure: Mapping[str, Any]) -> str:
    """Say between which numbers answers usually lie, in whole ones that do not ring."""
    low = None if figure["low"] is None else math.ceil(figure["low"])
    high = None if figure["high"] is None else math.floor(figure["high"])
    if low is None:
        return f"at most {high:,}"
    return f"at least {low:,}" if high is None else f"{low:,} to {high:,}"


def answer_title(title: str, value: int) -> str:
    """Name an alert about a single answer."""
    return _cut(title, f"an answer of {value}")


def many_title(title: str, count: int) -> str:
    """Name the alert that stands for all answers of an hour beyond the first few."""
    return _cut(title, f"{count:,} more answers in one hour")


def figure_told(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stored figure as other systems get it: of many answers the first ids, `n` of all."""
    told = dict(figure)
    if "responses" in told:
        told["responses"] = told["responses"][:MOST_TOLD]
    return told


def _number(figure: Mapping[str, Any], name: str) -> str:
    shown = written(round_half_away(figure[name], max(figure["decimals"], 1)))
    return f"{shown}{figure['unit']}"


def _cut(title: str, words: str) -> str:
    room = LONGEST - len(words) - 2
    return f"{title if len(title) <= room else title[: room - 1] + '…'}: {words}"
