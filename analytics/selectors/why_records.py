"""An explained change as JSON has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.selectors.figure_records import figure_record

if TYPE_CHECKING:
    from analytics.selectors.why import JudgedDimension, JudgedGroup, Why
    from analytics.selectors.why_asked import AskedLine
    from cxm.metrics.rules.statistic import Difference, Verdict


def why_record(shown: Why) -> dict[str, Any]:
    """Write an explanation: all amounts are unrounded, in the unit of the metric.

    `before` and `after` are figures as of `/figures/`, null where they may not be shown. Each of
    `parts` (touchpoints, channels, surveys, segments, then two at once; what explains most first)
    splits the difference into `composition`, who answered, and `inside`, what they answered.
    `groups` are those of `by`: their `mix` and `rate` add up to the difference, shares are
    percents. `asked` are response rates in percent by the day of the invitation, of all surveys
    (`survey` null) and of each.
    """
    explained = shown.explained
    is_shown = shown.before is not None
    return {
        "metric": shown.measure.metric.key,
        "before": figure_record(shown.before, shown.measure) if shown.before else None,
        "after": figure_record(shown.after, shown.measure) if is_shown else None,
        "difference": _test(shown.difference, shown.verdict) if shown.difference else None,
        "by": explained.chosen.dimension.way.key if explained else None,
        "parts": [_part(one) for one in explained.dimensions] if explained else [],
        "groups": [_group(one) for one in explained.groups] if explained else [],
        "asked": [_asked(one) for one in shown.asked.lines] if shown.asked else [],
        "sentences": explained.sentences if explained else [],
        "reason": shown.reason,
        "tests": shown.family.size,
        "tests_method": shown.family.method,
    }


def _part(one: JudgedDimension) -> dict[str, Any]:
    split = one.dimension.split
    return {
        "by": one.dimension.way.key,
        "composition": _test(split.composition, one.composition),
        "came_or_went": float(split.came_or_went),
        "inside": _test(split.inside, one.inside),
        "is_reversed": split.is_reversed,
    }


def _group(one: JudgedGroup) -> dict[str, Any]:
    part, group = one.group.part, one.group
    return {
        "group": group.key,
        "title": group.title,
        "mix": float(part.mix),
        "rate": float(part.rate),
        "share_before": float(100 * part.share_before),
        "share_after": float(100 * part.share_after),
        "share": _test(group.share, one.share),
        "value_before": group.before.figure.value,
        "n_before": group.before.figure.n,
        "value_after": group.after.figure.value,
        "n_after": group.after.figure.n,
        "change": _test(group.inside, one.inside),
        "rows_before": group.before.figure.rows_url,
        "rows_after": group.after.figure.rows_url,
    }


def _asked(line: AskedLine) -> dict[str, Any]:
    sides = {"before": line.before, "after": line.now}
    rates = {
        f"{name}_{side}": value
        for side, rate in sides.items()
        for name, value in (
            ("asked", rate.delivered),
            ("answered", rate.answered),
            ("waiting", rate.waiting),
            ("rate", rate.value),
        )
    }
    return {
        "survey": line.survey or None,
        "title": line.title,
        **rates,
        "difference": line.difference,
        "ci_low": line.low,
        "ci_high": line.high,
        "verdict": line.verdict,
    }


def _test(difference: Difference, verdict: Verdict | None) -> dict[str, Any]:
    return {
        "value": difference.value,
        "ci_low": difference.ci_low,
        "ci_high": difference.ci_high,
        "method": difference.method,
        "adjusted_p": verdict.adjusted_p if verdict else None,
        "verdict": verdict.word.value if verdict else None,
    }
