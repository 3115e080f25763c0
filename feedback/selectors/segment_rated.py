"""The test "rated" of segments as SQL, and the kind that the grammar of segments knows it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from cxm.customers.services.segment_ground import COMPARISONS, Ground, Grouped
from feedback.rules import rated
from feedback.rules.rated import Rated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg.sql import Composable

    from cxm.customers.rules.segment_fields import Choices, FieldSpec
    from cxm.customers.rules.segment_reading import Said

_RATINGS = sql.SQL("""
    SELECT c.root_id, {columns} FROM feedback_rating i
    JOIN metrics_metric metric ON metric.tenant_id = {tenant} AND metric.id = i.metric_id
        AND metric.key = {metric}
    JOIN feedback_response r ON r.tenant_id = {tenant} AND r.id = i.response_id
    JOIN member c ON c.id = r.customer_id
    WHERE i.tenant_id = {tenant} AND i.state = 'counted' AND {wanted}
    GROUP BY c.root_id
""")
_COLUMNS = {
    "last": sql.SQL("(array_agg(i.value ORDER BY i.answered_at DESC, i.id DESC))[1] AS value"),
    "mean": sql.SQL("sum(i.value) AS value, count(*) AS n"),
    # The metric is the same in every row: which end of its scale is good is, too.
    "worst": sql.SQL("""CASE min(metric.direction) WHEN 'higher' THEN min(i.value)
        ELSE max(i.value) END AS value"""),
    "never": sql.SQL("true AS value"),
}
# A mean is compared without dividing, so that no digit is lost.
_CONDITIONS = {
    "last": sql.SQL("coalesce({alias}.value {op} {value}::numeric, false)"),
    "mean": sql.SQL("coalesce({alias}.value {op} {value}::numeric * {alias}.n, false)"),
    "worst": sql.SQL("coalesce({alias}.value {op} {value}::numeric, false)"),
    "never": sql.SQL("({alias}.root_id IS NULL)"),
}


class RatedKind:
    """How the grammar of segments reads, says and counts "rated"."""

    key = rated.KEY
    label = "A score that was given"

    def read(self, said: Said) -> Rated:
        """Read the test from JSON."""
        return rated.read(said)

    def write(self, test: Rated) -> dict[str, Any]:
        """Write the test as JSON has it."""
        return rated.write(test)

    def words(self, test: Rated, titles: Mapping[str, Mapping[str, str]]) -> str:
        """Say the test."""
        return rated.words(test, titles)

    def names(self, test: Rated) -> list[tuple[str, str, str]]:
        """List what the test names."""
        return rated.names(test)

    def grouped(self, test: Rated, ground: Ground) -> Grouped:
        """Give the counted ratings of each person, and what must be true of them."""
        wanted = [ground.days(sql.SQL("i.day"), test.window)]
        if test.touchpoint:
            wanted.append(ground.place("touchpoint", test.touchpoint))
        if ground.sample:
            wanted.append(sql.SQL("r.customer_id IN (SELECT id FROM member)"))
        if test.how == "never":
            wanted.append(_compared(test, ground))
        select = _RATINGS.format(
            columns=_COLUMNS[test.how],
            tenant=ground.tenant_id,
            metric=ground.value(test.metric),
            wanted=sql.SQL(" AND ").join(wanted),
        )

        def condition(alias: sql.Identifier) -> Composable:
            return _CONDITIONS[test.how].format(
                alias=alias, op=COMPARISONS[test.op], value=ground.value(test.value)
            )

        return Grouped(select, condition)

    def fields(self, choices: Choices, values: Mapping[str, str]) -> list[FieldSpec]:
        """List the fields of the builder."""
        return rated.fields(choices, values)

    def said(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Write what the fields hold as JSON has it."""
        return rated.said(values)

    def values(self, said: Mapping[str, Any]) -> dict[str, str]:
        """Give what the fields hold for a test as JSON has it."""
        return rated.values_of(said)


def _compared(test: Rated, ground: Ground) -> Composable:
    return sql.SQL("i.value {} {}::numeric").format(COMPARISONS[test.op], ground.value(test.value))
