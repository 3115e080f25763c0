"""What the public pages of a survey look up with every request: few statements, written out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from cxm.integrations.rules.kinds import WebhookState
from cxm.integrations.selectors.webhooks import LISTENS_SQL
from cxm.kernel.prepared import Prepared
from cxm.metrics.models import Metric
from cxm.tenants.models import Tenant
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models import Invitation, Survey, SurveyPass, SurveyVersion
from feedback.rules.questionnaires import read_questionnaire
from feedback.rules.survey_words import SurveyStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Field, Model

    from feedback.rules.questionnaires import Questionnaire

MOST_KEPT = 256
_REGISTRIES: dict[str, type[Model]] = {
    "metric": Metric,
    "touchpoint": Touchpoint,
    "channel": Channel,
}
_kept: dict[UUID, Questionnaire] = {}


@dataclass(frozen=True, slots=True)
class SurveyFound:
    """A survey that was asked for, with what taking a first answer to it needs.

    *knows_token* says whether the token is somebody's already, *metrics* are the ids of the
    tenant's metrics by key, and *is_heard* says whether a webhook wants to know of new answers.
    """

    survey: Survey
    knows_token: bool
    metrics: Mapping[str, UUID]
    is_heard: bool


def survey_found(
    tenant_id: UUID, slug: str, public_id: str, token_hash: str, news: str
) -> SurveyFound | None:
    """Find the survey with a public address, whether or not it takes answers now. One query.

    None, too, where the tenant is not called *slug* (any more). Webhooks are asked for the kind
    *news*. It comes with its tenant. Of its touchpoint and channel only the keys are read, of the
    head of its versions nothing: the rest comes when it is asked for. Runs bound to the tenant.
    """
    if not public_id:
        return None
    somebody = [tenant_id, token_hash, tenant_id, token_hash]
    heard = [tenant_id, [news], WebhookState.DISABLED]
    asked: list[Any] = [*somebody, *heard, tenant_id, slug, public_id, SurveyStatus.IMPORTED]
    with connection.cursor() as cursor:
        cursor.execute(_found_sql(), asked)
        row = cursor.fetchone()
    if row is None:
        return None
    knows_token, is_heard, metrics, touchpoint_key, channel_key, *columns = row
    survey: Survey = _made(Survey, columns[: len(_fields(Survey))])
    survey.tenant = _made(Tenant, columns[len(_fields(Survey)) :])
    survey.head = _partly(SurveyVersion, survey, id=survey.head_id)
    # None where the survey has none: nothing is asked for then.
    survey.touchpoint = _partly(Touchpoint, survey, id=survey.touchpoint_id, key=touchpoint_key)
    survey.channel = _partly(Channel, survey, id=survey.channel_id, key=channel_key)
    ids = {key: UUID(pk) for key, pk in (metrics or {}).items()}
    return SurveyFound(survey, knows_token, ids, is_heard)


def questionnaire_of(version: SurveyVersion) -> Questionnaire:
    """Read what a version asks; versions are frozen, so that the last ones read are kept."""
    found = _kept.get(version.pk)
    if found is None:
        found = read_questionnaire(version.document)
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[version.pk] = found
    return found


def registry_ids(tenant_id: UUID, keys: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], UUID]:
    """Find rows by their keys, by "metric", "touchpoint" and "channel". At most one query."""
    parts: list[str] = []
    values: list[Any] = []
    for name, wanted in keys.items():
        if wanted:
            table = _REGISTRIES[name]._meta.db_table
            parts.append(
                f"SELECT '{name}', key, id FROM {table}"  # noqa: S608 - names of the code
                " WHERE tenant_id = %s AND key = ANY(%s)"
            )
            values += [tenant_id, list(wanted)]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {(name, key): pk for name, key, pk in cursor.fetchall()}


@cache
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)


@cache
def _found_sql() -> str:
    """Write the statement."""
    columns = ", ".join(
        f'{name}."{one.column}"'
        for name, model in (("s", Survey), ("t", Tenant))
        for one in _fields(model)
    )
    passes, invitations = SurveyPass._meta.db_table, Invitation._meta.db_table
    return Prepared(f"""
        SELECT
            EXISTS (SELECT FROM {passes} w WHERE w.tenant_id = %s AND w.token_hash = %s)
            OR EXISTS (SELECT FROM {invitations} i WHERE i.tenant_id = %s AND i.token_hash = %s),
            EXISTS ({LISTENS_SQL}),
            (SELECT json_object_agg(m.key, m.id) FROM metrics_metric m
             WHERE m.tenant_id = s.tenant_id),
            (SELECT p.key FROM touchpoints_touchpoint p
             WHERE p.tenant_id = s.tenant_id AND p.id = s.touchpoint_id),
            (SELECT c.key FROM touchpoints_channel c
             WHERE c.tenant_id = s.tenant_id AND c.id = s.channel_id),
            {columns}
        FROM feedback_survey s JOIN tenants_tenant t ON t.id = s.tenant_id
        WHERE s.tenant_id = %s AND t.slug = %s AND s.public_id = %s AND s.status <> %s
            AND s.head_id IS NOT NULL AND s.archived_at IS NULL
    """)  # noqa: S608 - names of the code; what is asked for are parameters


def _made[M: Model](model: type[M], values: Sequence[Any]) -> M:
    """Make a row of all its columns."""
    pairs = zip(_fields(model), values, strict=True)
    names = [one.attname for one in _fields(model)]
    return model.from_db(connection.alias, names, [_read(one, value) for one, value in pairs])


def _partly[M: Model](model: type[M], survey: Survey, **told: Any) -> M | None:
    """Make a row of which little is known: the rest is read when it is asked for."""
    if told["id"] is None:
        return None
    told["tenant_id"] = survey.tenant_id
    # Values are taken in the order of the model's fields.
    names = [one.attname for one in _fields(model) if one.attname in told]
    return model.from_db(connection.alias, names, [told[name] for name in names])


def _read(field: Field[Any, Any], value: Any) -> Any:
    """Make of a column's *value* what the models hold, where that differs."""
    from_db = getattr(field, "from_db_value", None)
    return from_db(value, None, connection) if from_db else value
