"""Making topics and having texts read, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.models import Topic, TopicHit, Verbatim
from feedback.services import topics as services
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant


def topic(member: Membership, title: str, rule: str, *, parent: Topic | None = None) -> Topic:
    """Make a topic whose rule counts in every language."""
    with tenant_bound(member.tenant_id):
        return services.make_topic(
            tenant=member.tenant,
            by=member,
            now=make.NOW,
            title=title,
            expressions={"any": rule},
            parent=parent,
        )


def change(member: Membership, made: Topic, rule: str) -> None:
    """Give a topic another rule."""
    with tenant_bound(member.tenant_id):
        found = Topic.objects.for_tenant(member.tenant).select_related("rule", "tenant")
        services.change_rule(
            topic=found.get(pk=made.pk), expressions={"any": rule}, by=member, now=make.NOW
        )


def wrote(tenant: Tenant, *texts: str, score: int = 9) -> list[Verbatim]:
    """Load responses that say *texts*, and read them; give the texts in their order."""
    before = {one.pk for one in all_texts(tenant)}
    make.load(*(make.record(score, comment=text) for text in texts), of=tenant)
    drain(tenant.pk)
    return [one for one in all_texts(tenant) if one.pk not in before]


def all_texts(tenant: Tenant) -> list[Verbatim]:
    """Give all texts, oldest first."""
    with tenant_bound(tenant.pk):
        return list(Verbatim.objects.for_tenant(tenant).order_by("pk").defer("words"))


def text_called(tenant: Tenant, words: str) -> Verbatim:
    """Give the text that says *words*."""
    return next(one for one in all_texts(tenant) if one.text == words)


def hits(tenant: Tenant) -> set[tuple[str, str, str, bool]]:
    """Give every hit: topic, text, origin, and whether the text is about it."""
    with tenant_bound(tenant.pk):
        rows = TopicHit.objects.for_tenant(tenant).values_list(
            "topic__title", "verbatim__text", "origin", "is_active"
        )
        return set(rows)
