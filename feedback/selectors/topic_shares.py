"""What the texts that came with some answers are about, answer by answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.models import Topic
    from feedback.selectors.response_rows import Rows

# The answers are those of a list, selected by its own query; each counts once a topic.
_COUNTS = """
WITH answers (id, response_id) AS MATERIALIZED ({answers}), told AS MATERIALIZED (
    SELECT DISTINCT a.id, v.id AS verbatim_id FROM answers a
    JOIN feedback_verbatim v ON v.tenant_id = %s AND v.response_id = a.response_id
)
SELECT NULL, count(DISTINCT id) FROM told
UNION ALL
SELECT tree.shown, count(DISTINCT told.id) FROM told
JOIN feedback_topichit h ON h.tenant_id = %s AND h.verbatim_id = told.verbatim_id AND h.is_active
JOIN unnest(%s::uuid[], %s::uuid[]) AS tree (shown, below) ON tree.below = h.topic_id
GROUP BY tree.shown
"""


@dataclass(frozen=True, slots=True)
class AnswersByTopic:
    """How many answers came with a text, and how many of these with one about each topic."""

    texts: int
    by_topic: dict[UUID, int]


def answers_by_topic(tenant: Tenant, topics: Sequence[Topic], rows: Rows) -> AnswersByTopic:
    """Count the ratings in *rows* by what their texts are about. One query.

    Texts about a topic that stands under another count for both, as in the list of answers.
    """
    answers, values = rows.order_by().values_list("pk", "response_id").query.sql_with_params()
    pairs = [(topic.pk, topic.pk) for topic in topics]
    pairs += [(topic.parent_id, topic.pk) for topic in topics if topic.parent_id]
    shown, below = [list(side) for side in zip(*pairs, strict=True)] if pairs else ([], [])
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS.format(answers=answers), [*values, tenant.pk, tenant.pk, shown, below]
        )
        found = dict(cursor.fetchall())
    return AnswersByTopic(found.pop(None), found)
