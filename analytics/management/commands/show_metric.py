"""Print the figures of a metric."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.rules.periods import ALL, custom_period, named_period
from analytics.selectors.figure_records import figure_record, read_figures
from analytics.selectors.figures import Question, Viewer
from analytics.selectors.filters import Asked, Filter, read_date, resolved
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED, Measure, measures, read_names
from cxm.kernel.clock import now
from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.rules.periods import Period
    from analytics.selectors.figures import GroupFigure
    from cxm.metrics.figures import Figure
    from cxm.tenants.models import Tenant

HEADS = ("group", "value", "95% interval", "answers", "method")


class Command(BaseCommand):
    """`manage.py show_metric --tenant SLUG --metric KEY [--by …] [--from … --to …] [--json]`."""

    help = (
        "Print the figures of a metric with n and interval. --from and --to are days of the "
        "tenant's time zone, both inclusive; without them all answers count."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--tenant", required=True, help="short name of the tenant")
        parser.add_argument("--metric", required=True, help="key of the metric, such as nps")
        parser.add_argument(
            "--by", choices=[by.value for by in By], default=By.ALL.value, help="one figure a group"
        )
        parser.add_argument("--from", dest="first", help="first day, as 2026-11-01, inclusive")
        parser.add_argument("--to", dest="last", help="last day, as 2026-11-21, inclusive")
        for by in FILTERED:
            words = f"key of a {by.value}; may be repeated"
            parser.add_argument(f"--{by.value}", action="append", default=[], help=words)
        parser.add_argument("--weighted", action="store_true", help="use the weights of the survey")
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the figures as the operator and print them."""
        tenant = tenant_by_slug(options["tenant"])
        if tenant is None:
            raise CommandError(f"--tenant: there is no tenant “{options['tenant']}”.")
        with tenant_bound(tenant.pk):
            viewer = Viewer(tenant, sees_rows=True, now=now())
            measure = _measure(tenant, options["metric"])
            figures = _figures(viewer, measure, options)
        if options["json"]:
            records = [figure_record(one, measure) for one in figures]
            self.stdout.write(json.dumps(records, ensure_ascii=False, indent=2))
            return
        for line in _table(figures):
            self.stdout.write(line)


def _figures(viewer: Viewer, measure: Measure, options: dict[str, Any]) -> list[GroupFigure]:
    chosen = Filter(_period(viewer, options), is_weighted=options["weighted"])
    for by in FILTERED:
        chosen = chosen.with_keys(by, options[by.value])
    names = read_names(viewer.tenant)
    found, within, ignored = resolved(Asked(chosen), names)
    if ignored:
        raise CommandError(" ".join(ignored))
    return read_figures(Question(viewer, measure, found, names), within, by=By(options["by"]))


def _measure(tenant: Tenant, key: str) -> Measure:
    found = measures(tenant, only=key)
    if not found:
        known = ", ".join(one.metric.key for one in measures(tenant))
        raise CommandError(f"--metric: there is no metric “{key}”. There are {known}.")
    return found[0]


def _period(viewer: Viewer, options: dict[str, Any]) -> Period:
    first, last = _day(options, "first", "--from"), _day(options, "last", "--to")
    if first is None and last is None:
        return named_period(ALL, viewer.today)
    if first and last and last < first:
        raise CommandError("--to: the period ends before it begins.")
    return custom_period(first, last)


def _day(options: dict[str, Any], name: str, flag: str) -> date | None:
    text = options[name]
    if not text:
        return None
    found = read_date(text)
    if found is None:
        raise CommandError(f"{flag}: “{text}” is not a date such as 2026-11-21.")
    return found


def _table(figures: Sequence[GroupFigure]) -> list[str]:
    """Lay figures out in columns, with a first line that says what they are."""
    rows = [HEADS, *(_row(one) for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if not figures:
        return [*lines, "No answers."]
    first = figures[0].figure
    return [f"{first.title}, days of {first.time_zone}", "", *lines]


def _row(one: GroupFigure) -> tuple[str, ...]:
    figure = one.figure
    interval = f"{_number(figure.ci_low, figure)} to {_number(figure.ci_high, figure)}"
    return (
        one.key or "all" if one.key or one.title == figure.title else one.title,
        _number(figure.value, figure),
        interval if figure.ci_low is not None else "",
        f"{figure.n:,}",
        figure.method,
    )


def _number(value: float | None, figure: Figure) -> str:
    return written(None if value is None else round_half_away(value, figure.decimals + 1))
