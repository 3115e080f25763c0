"""Comments for tests, made as people make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Comment, CommentThread, Notice
from cxm.collaboration.services import comments as services
from cxm.collaboration.services.audience import Audience
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from journeys.selectors.subjects import JourneyMapSubject
from personas.models import Persona
from personas.selectors.subjects import MapSubject, PersonaSubject
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.models import Membership
    from personas.models import StakeholderMap

SITE = "https://cx.example"


def named(member: Membership, name: str) -> Membership:
    """Give a member's person a name."""
    member.user.name = name
    member.user.save(update_fields=["name"])
    return member


def of_persona(by: Membership, persona: UUID) -> PersonaSubject:
    with tenant_bound(by.tenant_id):
        rows = Persona.objects.for_tenant(by.tenant).select_related("tenant")
        return PersonaSubject(rows.get(pk=persona))


def of_map(row: StakeholderMap) -> MapSubject:
    return MapSubject(row)


def of_journey_map(by: Membership, map_id: UUID) -> JourneyMapSubject:
    with tenant_bound(by.tenant_id):
        rows = JourneyMap.objects.for_tenant(by.tenant).select_related("tenant", "journey")
        return JourneyMapSubject(rows.get(pk=map_id))


def begun(
    by: Membership, subject: Subject, body: str = "Is this still so?", part: UUID | None = None
) -> CommentThread:
    """Begin a thread, with mails."""
    with tenant_bound(by.tenant_id):
        return services.open_thread(
            subject=subject,
            part=part,
            body=body,
            by=by,
            audience=Audience.of(subject, site=SITE),
            now=make.NOW,
        )


def said(by: Membership, subject: Subject, thread: CommentThread, body: str = "Yes.") -> Comment:
    """Answer in a thread."""
    with tenant_bound(by.tenant_id):
        return services.reply(
            thread=thread, body=body, by=by, audience=Audience.of(subject, site=SITE), now=make.NOW
        )


def comments_of(thread: CommentThread) -> list[Comment]:
    with tenant_bound(thread.tenant_id):
        rows = Comment.objects.for_tenant(thread.tenant_id).filter(thread=thread)
        return list(rows.order_by("pk"))


def told(member: Membership) -> list[tuple[str, bool]]:
    """List what a member was told, the oldest first: why, and whether it is read."""
    with tenant_bound(member.tenant_id):
        rows = Notice.objects.for_tenant(member.tenant_id).filter(member=member)
        found: list[tuple[str, Any]] = list(rows.order_by("pk").values_list("kind", "read_at"))
    return [(kind, read_at is not None) for kind, read_at in found]
