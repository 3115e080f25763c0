"""What one customer answered, for their page, the panel, the timeline and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.urls import reverse

from cxm.customers.rules.time_words import ago
from cxm.kernel.charts import Tone
from cxm.kernel.context_parts import Line, Told, ToldScore
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.customers.selectors.subjects import Subject

MOST_SHOWN = 5
_LONGEST_LINE = 160
# One statement for answers, their scores and their words: pages count their queries.
_SQL = """
SELECT r.id, r.interaction_id, r.answered_at, s.title,
    coalesce(tpm.title, tp.title, ''), coalesce(chm.title, ch.title, ''),
    (SELECT coalesce(json_agg(json_build_array(g.value, m.title, m.key,
            CASE WHEN g.value = ANY(v.favourable) THEN 'favourable'
                WHEN g.value = ANY(v.unfavourable) THEN 'unfavourable' ELSE 'neutral' END,
            coalesce(gtm.title, gt.title, '')) ORDER BY m.ord, g.question_key, g.id), '[]')
     FROM feedback_rating g
     JOIN metrics_metric m ON m.tenant_id = g.tenant_id AND m.id = g.metric_id
     JOIN metrics_metricversion v ON v.tenant_id = m.tenant_id AND v.metric_id = m.id
         AND v.number = m.version
     LEFT JOIN touchpoints_touchpoint gt
         ON gt.tenant_id = g.tenant_id AND gt.id = g.touchpoint_id
     LEFT JOIN touchpoints_touchpoint gtm
         ON gtm.tenant_id = g.tenant_id AND gtm.id = gt.merged_into_id
     WHERE g.tenant_id = r.tenant_id AND g.response_id = r.id AND g.state = 'counted'),
    (SELECT coalesce(json_agg(w.text ORDER BY w.question_key, w.id), '[]')
     FROM feedback_verbatim w WHERE w.tenant_id = r.tenant_id AND w.response_id = r.id)
FROM feedback_response r
JOIN feedback_survey s ON s.tenant_id = r.tenant_id AND s.id = r.survey_id
LEFT JOIN touchpoints_touchpoint tp ON tp.tenant_id = r.tenant_id AND tp.id = r.touchpoint_id
LEFT JOIN touchpoints_touchpoint tpm
    ON tpm.tenant_id = r.tenant_id AND tpm.id = tp.merged_into_id
LEFT JOIN touchpoints_channel ch ON ch.tenant_id = r.tenant_id AND ch.id = r.channel_id
LEFT JOIN touchpoints_channel chm
    ON chm.tenant_id = r.tenant_id AND chm.id = ch.merged_into_id
WHERE r.tenant_id = %(tenant)s AND r.state IN ('complete', 'partial') AND {which}
ORDER BY r.answered_at DESC, r.id DESC LIMIT %(most)s
"""
_BY_CUSTOMER = _SQL.format(which="r.customer_id = ANY(%(customers)s)")
_BY_INTERACTION = _SQL.format(which="r.interaction_id = ANY(%(interactions)s)")


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """One score: what it is, whether it is good, and what it is about."""

    value: int
    metric: str
    metric_key: str
    tone: Tone
    touchpoint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One response of a customer; *words* are its comments as the reader may read them."""

    response_id: UUID
    interaction_id: UUID | None
    at: datetime
    when: str
    survey: str
    touchpoint: str
    channel: str
    scores: list[AnswerScore]
    words: list[str]
    url: str


def customer_answers(subject: Subject) -> list[Answer]:
    """Give the last five responses of *subject*, newest first; none without the right. One query.

    Held back and deleted scores are left out, as in every number.
    """
    if not subject.looking.may(Right.SEE_RESPONSES):
        return []
    return _answers(subject, _BY_CUSTOMER, {"customers": subject.ids, "most": MOST_SHOWN})


def answers_told(subject: Subject, interaction_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """Tell scores and words of responses in the timeline, by interaction. One query."""
    if not subject.looking.may(Right.SEE_RESPONSES):
        return {}
    ids = list(interaction_ids)
    found = _answers(subject, _BY_INTERACTION, {"interactions": ids, "most": len(ids)})
    return {
        answer.interaction_id: Told(
            [ToldScore(score.value, score.tone, score.metric) for score in answer.scores],
            answer.words,
            answer.url,
        )
        for answer in found
        if answer.interaction_id
    }


def answers_json(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Write answers as JSON has them."""
    return [
        {
            "response": str(answer.response_id),
            "answered_at": answer.at.isoformat(),
            "survey": answer.survey,
            "touchpoint": answer.touchpoint or None,
            "channel": answer.channel or None,
            "scores": [
                {
                    "metric": score.metric_key,
                    "value": score.value,
                    "tone": score.tone.value,
                    "touchpoint": score.touchpoint or None,
                }
                for score in answer.scores
            ],
            "words": answer.words,
        }
        for answer in answers
    ]


def last_answer_line(answers: Sequence[Answer]) -> Line | None:
    """Tell the last answer in one line; None where nothing was ever answered."""
    if not answers:
        return None
    last = answers[0]
    scores = ", ".join(f"{score.metric} {score.value}" for score in last.scores)
    words = next(iter(last.words), "")
    if len(words) > _LONGEST_LINE:
        words = f"{words[:_LONGEST_LINE].rsplit(' ', 1)[0]} …"
    said = ": ".join(part for part in (scores, f"“{words}”" if words else "") if part)
    about = f" about {last.touchpoint}" if last.touchpoint else ""
    return Line(f"Last answer {last.when}{about}{f': {said}' if said else ''}.", last.url)


def _answers(subject: Subject, sql: str, parameters: dict[str, Any]) -> list[Answer]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": subject.tenant.pk, **parameters})
        return [_answer(subject, row) for row in cursor.fetchall()]


def _answer(subject: Subject, row: tuple[Any, ...]) -> Answer:
    response_id, interaction_id, answered_at, survey, touchpoint, channel, scores, words = row
    return Answer(
        response_id=response_id,
        interaction_id=interaction_id,
        at=answered_at.astimezone(subject.looking.zone),
        when=ago(answered_at, subject.looking.now),
        survey=survey,
        touchpoint=touchpoint or next((about for *_, about in scores if about), ""),
        channel=channel,
        scores=[
            AnswerScore(value, metric, key, Tone(tone), about)
            for value, metric, key, tone, about in scores
        ],
        words=[subject.shown(text) for text in words],
        url=reverse("feedback:response-panel", args=[subject.tenant.slug, response_id]),
    )
