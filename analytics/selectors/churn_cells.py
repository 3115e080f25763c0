"""The cells of the big tables of the churn page: written here, since a page has hundreds of them.

Numbers, addresses and words of this application only: nothing in them needs escaping but `&`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString

from analytics.rules.churn_moves import Move
from cxm.kernel.numbers import NO_DATA, written
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.rules.churn_shapes import MonthMoves
    from cxm.metrics.rules.statistic import Estimate

_CELL = '<td class="num" data-label="{label}">{inside}</td>'
_BARE = '<td class="num">{inside}</td>'
_INTERVAL = ' <span class="muted small">{low} to {high}</span>'


def month_cells(moves: MonthMoves, rate: Estimate, urls: Mapping[Move, str]) -> SafeString:
    """Write the line of one month: who was there, lost, new and back; *urls* of those that open."""

    def count(label: str, number: int, move: Move) -> str:
        return _CELL.format(label=label, inside=_opened(urls.get(move), f"{number:,}"))

    cells = (
        count("There at its start", moves.start, Move.START),
        count("Lost", moves.lost, Move.LOST),
        _CELL.format(label="Churn", inside=_share(rate)),
        count("New", moves.won, Move.WON),
        count("Came back", moves.back, Move.BACK),
        count("There at its end", moves.end, Move.END),
    )
    return SafeString("".join(cells))


def onward_cells(
    counts: tuple[int, Estimate, Estimate, Estimate], urls: Mapping[str, str]
) -> SafeString:
    """Write what followed on a touchpoint: how many, and what share left, stayed and went on.

    *urls* list the customers behind each, by what became of them; empty for those who may not
    open them.
    """
    n, left, stayed, went_on = counts
    ways = (
        ("Customers", "all", f"{n:,}", ""),
        ("Left", "left", f"{_one_decimal(left.value or 0)}%", _interval(left)),
        ("Met nothing else", "stayed", f"{_whole(stayed.value or 0)}%", _interval(stayed)),
        ("Went on", "on", f"{_whole(went_on.value or 0)}%", _interval(went_on)),
    )
    return SafeString(
        "".join(
            _CELL.format(label=label, inside=_opened(urls.get(fate), words) + more)
            for label, fate, words, more in ways
        )
    )


def share_cells(shares: Iterable[Estimate | None]) -> SafeString:
    """Write shares in percent with their intervals; a dash where nobody was watched so long."""
    return SafeString("".join(_BARE.format(inside=_share(one)) for one in shares))


def at_risk_cells(numbers: Iterable[int | None]) -> SafeString:
    """Write how many were still watched; a dash where nobody was."""
    inside = (NO_DATA if one is None else f"{one:,}" for one in numbers)
    return SafeString("".join(_BARE.format(inside=one) for one in inside))


def _share(share: Estimate | None) -> str:
    if share is None or share.value is None:
        return NO_DATA
    return f"{_one_decimal(share.value)}%{_interval(share)}"


def _interval(share: Estimate) -> str:
    if share.ci_low is None or share.ci_high is None:
        return ""
    return _INTERVAL.format(low=_one_decimal(share.ci_low), high=_one_decimal(share.ci_high))


def _opened(address: str | None, words: str) -> str:
    return f'<a href="{escape(address)}">{words}</a>' if address else words


def _one_decimal(value: float) -> str:
    return written(round_half_away(value, 1))


def _whole(value: float) -> str:
    return written(round_half_away(value, 0))
