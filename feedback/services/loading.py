"""The loader: neutral records in, customers, interactions, responses and ratings out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from cxm.customers.services.event_sql import TAKE_TURNS
from cxm.customers.services.suppressing import load_before_erasing
from cxm.kernel.ids import new_id
from feedback.services import loading_sql as sql
from feedback.services.forgetting import without_erased
from feedback.services.text_keeping import promise_reading, redacted_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from cxm.work.models import Batch
    from feedback.adapters.records import CustomerRef, RatingRecord, ResponseRecord
    from feedback.services.registering import Registry

type Row = tuple[Any, ...]

# Below this the planner's guesses do; above it they cost more than looking.
WORTH_ANALYSING = 1_000


@dataclass(slots=True)
class Loaded:
    """What became of records: their keys or counts.

    *unchanged* were there with the same content, *conflicts* (keys) with another one.
    *ratings* counts the loaded ones by metric key. *erased* are the lines of records that named
    somebody who was erased: their scores are in, without a person and without words, or without
    the words that named them where somebody else said those.
    """

    loaded: int = 0
    unchanged: int = 0
    conflicts: list[str] = field(default_factory=list)
    ratings: dict[str, int] = field(default_factory=dict)
    erased: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Staged:
    responses: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)


@transaction.atomic
def load_records(
    *,
    tenant: Tenant,
    source: str,
    records: Sequence[ResponseRecord],
    registry: Registry,
    batch: Batch | None,
    now: datetime,
) -> Loaded:
    """Write *records* as customers, interactions, responses, ratings and comments.

    All keys the records name must be in *registry* (KeyError otherwise). A record whose key the
    source has sent before has no effect. One transaction; about a dozen statements, whatever
    the number of records: keep it to some thousands.
    """
    if not records:
        return Loaded()
    load_before_erasing(tenant)
    known = without_erased(tenant, records)
    staged = _stage(zip(records, known, strict=True), registry)
    parameters: dict[str, Any] = {
        "tenant": tenant.pk,
        "source": source,
        "batch": batch.pk if batch else None,
        "zone": tenant.time_zone,
        "now": now,
    }
    with connection.cursor() as cursor:
        _copy_all(cursor, staged)
        cursor.execute(sql.CLAIM, parameters)
        refused = cursor.fetchall()
        stored = _stored_hashes(cursor, parameters, [key for key, _ in refused])
        conflicts = [key for key, content in refused if stored[key] != content]
        _write(cursor, parameters, has_customers=any(r.customer for r in known))
        cursor.execute(sql.RATINGS_BY_METRIC)
        by_id = dict(cursor.fetchall())
        cursor.execute(sql.DROP_STAGES)
    if staged.comments:
        promise_reading(tenant, now=now)
    return Loaded(
        loaded=len(records) - len(refused),
        unchanged=len(refused) - len(conflicts),
        conflicts=conflicts,
        ratings={key: by_id[pk] for key, pk in registry.metrics.items() if pk in by_id},
        erased=[r.line for r, kept in zip(records, known, strict=True) if kept is not r],
    )


def content_hash(record: ResponseRecord) -> str:
    """Hash what a record says, apart from the line it stood on; versions differ by their time."""
    said: tuple[object, ...] = (
        record.answered_at.timestamp(),
        record.survey,
        None if record.customer and record.customer.is_found_by_thread else record.customer,
        record.weight,
        record.ratings,
        sorted(record.comments.items()),
        sorted(record.answers.items(), key=lambda item: item[0]),
    )
    if record.revised_at:
        said += (record.state, record.revised_at.timestamp())
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _stage(records: Iterable[tuple[ResponseRecord, ResponseRecord]], registry: Registry) -> _Staged:
    """Prepare rows of pairs: a record as it came, which its hash is of, and as it may be kept."""
    staged = _Staged()
    candidates: dict[tuple[str, str, str], UUID] = {}
    for came, record in records:
        response_id = new_id()
        row = _response_row(record, response_id, registry, candidates, content_hash(came))
        staged.responses.append(row)
        staged.ratings.extend(_rating_row(r, response_id, registry) for r in record.ratings)
        staged.comments.extend(
            (new_id(), response_id, question, text, record.language)
            for question, text in redacted_texts(record.comments).items()
        )
    return staged


def _response_row(
    record: ResponseRecord,
    response_id: UUID,
    registry: Registry,
    candidates: dict[tuple[str, str, str], UUID],
    content: str,
) -> Row:
    who = record.customer
    return (
        response_id,
        new_id(),
        _candidate(who, candidates),
        who.kind if who else None,
        who.namespace if who else None,
        who.value if who else None,
        who.name if who else None,
        record.key,
        content,
        registry.surveys[record.survey],
        registry.survey_titles[record.survey][:200],
        registry.channels[record.channel] if record.channel else None,
        registry.touchpoints[record.touchpoint] if record.touchpoint else None,
        record.language,
        record.answered_at,
        record.is_zone_assumed,
        record.weight,
        Jsonb(record.answers),
        record.state,
        record.started_at,
        record.revised_at,
    )


def _candidate(
    who: CustomerRef | None, candidates: dict[tuple[str, str, str], UUID]
) -> UUID | None:
    if who is None:
        return None
    return candidates.setdefault((who.kind, who.namespace, who.value), new_id())


def _rating_row(rating: RatingRecord, response_id: UUID, registry: Registry) -> Row:
    return (
        new_id(),
        response_id,
        rating.question,
        registry.metrics[rating.metric],
        rating.value,
        registry.touchpoints[rating.touchpoint] if rating.touchpoint else None,
        registry.channels[rating.channel] if rating.channel else None,
    )


def _copy_all(cursor: Any, staged: _Staged) -> None:
    cursor.execute(sql.DROP_STAGES)
    for statement in (sql.STAGE, sql.STAGE_RATING, sql.STAGE_COMMENT):
        cursor.execute(statement)
    _copy(cursor, "stage_response", sql.RESPONSE_TYPES, staged.responses)
    _copy(cursor, "stage_rating", sql.RATING_TYPES, staged.ratings)
    _copy(cursor, "stage_comment", sql.COMMENT_TYPES, staged.comments)


def _copy(cursor: Any, table: str, types: Sequence[str], rows: Sequence[Row]) -> None:
    if not rows:
        return
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    if len(rows) >= WORTH_ANALYSING:
        cursor.execute(f"ANALYZE {table}")


def _stored_hashes(cursor: Any, parameters: dict[str, Any], keys: list[str]) -> dict[str, str]:
    if not keys:
        return {}
    cursor.execute(sql.STORED_HASHES, {**parameters, "keys": keys})
    return dict(cursor.fetchall())


def _write(cursor: Any, parameters: dict[str, Any], *, has_customers: bool) -> None:
    if has_customers:
        # Events make customers too: see there why loads take turns at it.
        cursor.execute(TAKE_TURNS, parameters)
        cursor.execute(sql.DEFER_IDENTITIES)
        cursor.execute(sql.IDENTITIES, parameters)
        cursor.execute(sql.CUSTOMERS, parameters)
        cursor.execute(sql.CHECK_IDENTITIES)
        cursor.execute(sql.KNOWN_CUSTOMERS, parameters)
        cursor.execute(sql.SEEN, parameters)
    for statement in (sql.INTERACTIONS, sql.RESPONSES, sql.RATINGS, sql.VERBATIMS):
        cursor.execute(statement, parameters)
