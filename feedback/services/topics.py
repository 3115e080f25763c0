"""What people do with topics: make them, give them rules, put rules back, archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.touchpoints.rules.keys import free_key
from cxm.work.models import Job
from cxm.work.services import advance_job, start_job
from feedback.errors import FeedbackError
from feedback.models import Topic, TopicHit, TopicRule, Verbatim
from feedback.rules.text.reading import read_text
from feedback.rules.text.starter_topics import starter_topics
from feedback.rules.text.topic_rules import TopicRuleError, parse_rule
from feedback.services.text_keeping import promise_reading
from feedback.services.text_reading import LiveRule, hit_of, hits_in, replace_hits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Tenant

APPLY = "feedback.apply_topic"
TEXTS_A_STEP = 1_000
MOST_TOPICS = 200
_LONGEST_KEY = 60


class TopicError(FeedbackError):
    """A topic cannot be what it was to be."""


@transaction.atomic
def make_topic(
    *,
    tenant: Tenant,
    by: Membership | ApiKey,
    now: datetime,
    title: str,
    expressions: Mapping[str, str],
    description: str = "",
    parent: Topic | None = None,
    key: str = "",
    note: str = "",
) -> Topic:
    """Make a topic with the first version of its rule, which is applied to all texts.

    *expressions* are by language, "any" among them, and can be read; *key* is taken from the title
    where none is given. Raises TopicError.
    """
    rows = Topic.objects.for_tenant(tenant)
    if rows.filter(archived_at__isnull=True).count() >= MOST_TOPICS:
        raise TopicError(f"A workspace has at most {MOST_TOPICS} topics: archive some first.")
    wanted = (slugify(key or title) or "topic")[:_LONGEST_KEY]
    if key and rows.filter(key=wanted).exists():
        raise TopicError(f"There is a topic “{wanted}” already.", field="key")
    topic = Topic(
        tenant=tenant,
        key=free_key(wanted, set(rows.values_list("key", flat=True))),
        title=title,
        description=description,
        parent=_possible_parent(parent, None),
        created_at=now,
    )
    topic.save(force_insert=True)
    record(tenant=tenant, action="topic-made", by=by, about=topic)
    _put_rule(topic, expressions, by=by, now=now, note=note)
    return topic


@transaction.atomic
def make_starter_topics(*, tenant: Tenant, by: Membership | ApiKey, now: datetime) -> list[Topic]:
    """Make those of the seven topics to begin with that are not there, archived ones included."""
    there = set(Topic.objects.for_tenant(tenant).values_list("key", flat=True))
    return [
        make_topic(
            tenant=tenant,
            by=by,
            now=now,
            key=one.key,
            title=one.title,
            description=one.description,
            expressions=one.expressions,
            note="Topic to begin with",
        )
        for one in starter_topics()
        if one.key not in there
    ]


@transaction.atomic
def change_topic(
    *,
    topic: Topic,
    by: Membership | ApiKey,
    title: str,
    description: str = "",
    parent: Topic | None = None,
) -> None:
    """Change what a topic is called, and what it stands under; raises TopicError."""
    topic.title, topic.description = title, description
    topic.parent = _possible_parent(parent, topic)
    topic.save(update_fields=["title", "description", "parent"])
    record(tenant=topic.tenant, action="topic-changed", by=by, about=topic)


@transaction.atomic
def save_topic(
    *,
    topic: Topic,
    by: Membership | ApiKey,
    now: datetime,
    title: str,
    expressions: Mapping[str, str],
    description: str = "",
    parent: Topic | None = None,
    note: str = "",
) -> None:
    """Change a topic and its rule together; raises TopicError and changes nothing then."""
    change_topic(topic=topic, by=by, title=title, description=description, parent=parent)
    change_rule(topic=topic, expressions=expressions, by=by, now=now, note=note)


@transaction.atomic
def change_rule(
    *,
    topic: Topic,
    expressions: Mapping[str, str],
    by: Membership | ApiKey,
    now: datetime,
    note: str = "",
) -> TopicRule:
    """Give a topic another rule and have it applied to all texts in the background.

    The same expressions again change nothing. Raises TopicError where one cannot be read.
    """
    rule: TopicRule | None = topic.rule
    if rule and rule.expressions == checked_expressions(expressions):
        return rule
    return _put_rule(topic, expressions, by=by, now=now, note=note)


@transaction.atomic
def put_rule_back(*, topic: Topic, number: int, by: Membership, now: datetime) -> TopicRule:
    """Make version *number* of a topic's rule the newest again; raises TopicError."""
    rows = TopicRule.objects.for_tenant(topic.tenant_id).filter(topic=topic, number=number)
    former = rows.first()
    if former is None:
        raise TopicError(f"This topic has no version {number}.")
    words = f"As in version {number}"
    return change_rule(topic=topic, expressions=former.expressions, by=by, now=now, note=words)


@transaction.atomic
def archive_topic(*, topic: Topic, is_archived: bool, by: Membership, now: datetime) -> None:
    """Take a topic off every list, or bring it back, applied to what has come meanwhile."""
    if (topic.archived_at is not None) == is_archived:
        return
    topic.archived_at = now if is_archived else None
    topic.save(update_fields=["archived_at"])
    action = "topic-archived" if is_archived else "topic-restored"
    record(tenant=topic.tenant, action=action, by=by, about=topic)
    if not is_archived:
        _apply_later(topic, by=by, now=now)


def apply_stretch(
    *, job: Job, topic: Topic, rule_id: str, after: UUID | None, now: datetime
) -> UUID | None:
    """Apply a topic's rule to the next 1,000 texts behind *after*; give the last one, or None.

    None means that it is done: at the end, or where the topic has another rule by now, whose own
    job does it all again. Runs in the step's transaction.
    """
    rule = topic.rule
    if rule is None or str(rule.pk) != rule_id or topic.archived_at:
        advance_job(job, now=now, message="The rule was changed again meanwhile.")
        return None
    rows = Verbatim.objects.for_tenant(job.tenant_id).defer("words").order_by("pk")
    rows = rows.select_related("response").defer("response__answers")
    texts = list((rows.filter(pk__gt=after) if after else rows)[:TEXTS_A_STEP])
    live = LiveRule.of(rule)
    found: list[TopicHit] = []
    for text in texts:
        said = text.language if text.engine_version else ""
        reading = read_text(
            text.text,
            prior=text.response.language,
            known=said[:2],
            rules={live.topic_id: live.expressions},
        )
        found += (hit_of(text, live, hit, now=now) for hit in reading.hits.values())
    replace_hits(job.tenant_id, hits_in(job.tenant_id, texts).filter(topic=topic), found)
    done = (job.done or 0) + len(texts)
    advance_job(job, now=now, done=done, message=f"{done:,} texts read.")
    return texts[-1].pk if len(texts) == TEXTS_A_STEP else None


def checked_expressions(expressions: Mapping[str, str]) -> dict[str, str]:
    """Give *expressions* without the empty ones; raises TopicError naming the language's field."""
    said = {code: text.strip() for code, text in expressions.items() if text.strip()}
    if not said:
        raise TopicError("Write a rule in at least one language.", field="any")
    for code, text in said.items():
        try:
            parse_rule(text)
        except TopicRuleError as error:
            raise TopicError(str(error), field=code) from error
    return said


def _put_rule(
    topic: Topic,
    expressions: Mapping[str, str],
    *,
    by: Membership | ApiKey,
    now: datetime,
    note: str,
) -> TopicRule:
    # Taking the row first makes versions follow each other, and readers wait for the new one.
    Topic.objects.for_tenant(topic.tenant_id).select_for_update().get(pk=topic.pk)
    versions = TopicRule.objects.for_tenant(topic.tenant_id).filter(topic=topic)
    number = (versions.aggregate(most=Max("number"))["most"] or 0) + 1
    rule = TopicRule(
        tenant_id=topic.tenant_id,
        topic=topic,
        number=number,
        expressions=checked_expressions(expressions),
        note=note[:300],
        by=by if isinstance(by, Membership) else None,
        at=now,
    )
    rule.save(force_insert=True)
    topic.rule = rule
    topic.save(update_fields=["rule"])
    changes = {"version": number}
    record(tenant=topic.tenant, action="topic-rule-changed", by=by, about=topic, changes=changes)
    _apply_later(topic, by=by, now=now)
    return rule


def _apply_later(topic: Topic, *, by: Membership | ApiKey, now: datetime) -> None:
    texts = Verbatim.objects.for_tenant(topic.tenant_id)
    promise_reading(topic.tenant_id, now=now)
    start_job(
        tenant=topic.tenant,
        kind=APPLY,
        title=f"Topic “{topic.title}”",
        by=by if isinstance(by, Membership) else None,
        now=now,
        total=texts.count(),
        unit="texts",
        topic_id=str(topic.pk),
        rule_id=str(topic.rule_id),
    )


def _possible_parent(parent: Topic | None, topic: Topic | None) -> Topic | None:
    """Give *parent* where *topic* can stand under it; raises TopicError."""
    if parent is None:
        return None
    if parent.parent_id or (topic and parent.pk == topic.pk):
        raise TopicError("Topics stand at most two deep: choose another one.", field="parent")
    below = Topic.objects.for_tenant(parent.tenant_id).filter(parent=topic) if topic else None
    if below is not None and below.exists():
        words = "Other topics stand under this one, so it cannot stand under another."
        raise TopicError(words, field="parent")
    return parent
