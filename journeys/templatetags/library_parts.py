"""Parts of pages of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away
from journeys.rules.money import money_words
from journeys.selectors.scores import score_words
from journeys.services.library import sort_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.template.context import Context

    from cxm.kernel.metric_values import MetricValue
    from journeys.models import Score
    from journeys.rules.library_sorts import Sort

register = template.Library()
_OVER = frozenset({"done", "dropped", "shipped", "verified"})
_ONE = {"opportunities": "opportunity", "insights": "insight", "solutions": "solution"}


@register.simple_tag
def item_address(item: Any, deed: str = "page") -> str:
    """Give the address of an item's page, or of a *deed* with it; its tenant is at hand."""
    return reverse(f"journeys:{sort_of(item)}-{deed}", args=[item.tenant.slug, item.pk])


@register.simple_tag(takes_context=True)
def several_address(context: Context, sort: Sort) -> str:
    """Give the address that changes several items of *sort*."""
    slug = context["request"].tenant.slug
    return reverse(f"journeys:{sort.name}-several", args=[slug])


@register.simple_tag
def due_of(item: Any) -> date | None:
    """Give the day an item is due, or planned for."""
    found: date | None = item.planned_on if hasattr(item, "planned_on") else item.due
    return found


@register.filter
def is_over(status: str) -> bool:
    """Whether nothing is late any more in this column."""
    return status in _OVER


@register.simple_tag
def counted(number: int, words: str) -> str:
    """Say how many: "1 insight", "3 insights"."""
    return f"{number} {_ONE[words] if number == 1 else words}"


@register.simple_tag
def at_most(number: int, most: int) -> int:
    """Give the smaller one."""
    return min(number, most)


@register.simple_tag
def name_of(labels: Mapping[str, str], key: str) -> str:
    """Give what an input is called; of one that is gone, its key."""
    return labels.get(key, key)


@register.simple_tag
def value_of(row: Score) -> str:
    """Say a value of an input with its interval and n."""
    return score_words(row)


@register.simple_tag
def figure_value(figure: MetricValue) -> str:
    """Write a figure with its interval: "82.0% (75.1 to 88.0)"; a dash where there is none."""
    ends = [figure.value, figure.low, figure.high]
    told = [written(None if one is None else round_half_away(one, figure.decimals)) for one in ends]
    value = f"{told[0]}{figure.unit}" if figure.value is not None else told[0]
    has_ends = figure.low is not None and figure.high is not None
    return f"{value} ({told[1]} to {told[2]})" if has_ends else value


@register.simple_tag
def of_way(share: float) -> int:
    """Give how much of a way is gone, from 0 to 100."""
    return round(100 * min(max(share, 0.0), 1.0))


@register.simple_tag
def way_words(share: float) -> str:
    """Say how much of a way is gone, also when it was left behind or led back."""
    if share < 0:
        return "Further away than before"
    return "All of the way" if share >= 1 else f"{round(100 * share)} % of the way"


@register.simple_tag
def money_of(item: Any) -> str:
    """Write what a solution costs, with its currency."""
    return money_words(item.cost, item.currency)
