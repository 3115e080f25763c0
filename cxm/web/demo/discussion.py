"""Letting the people of a made-up company talk about their personas and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.services import comments as services
from cxm.collaboration.services.audience import Audience
from cxm.collaboration.services.notices import read_notices
from cxm.web.demo.members import members_by_key
from personas.models import Persona, StakeholderMap
from personas.selectors.subjects import MapSubject, PersonaSubject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cxm.collaboration.models import CommentThread
    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.models import Membership, Tenant
    from cxm.web.demo.company import TalkPlan


def discuss(tenant: Tenant, plans: Sequence[TalkPlan], *, now: datetime) -> None:
    """Begin the threads of *plans* about personas and maps that are there; once for a tenant.

    No mail is sent. Of what somebody was told, all but what the last two threads brought is read.
    """
    people = members_by_key(tenant)
    for number, plan in enumerate(plans):
        if number == len(plans) - 2:
            for person in people.values():
                read_notices(tenant=tenant, member=person, now=now)
        hold_talk(_subject(tenant, plan), plan, people, now=now)


def hold_talk(
    subject: Subject, plan: TalkPlan, people: Mapping[str, Membership], *, now: datetime
) -> None:
    """Begin a thread about *subject*, with its replies; *people* by their keys say the lines."""
    audience = Audience.of(subject)
    parts = {part.title: pk for pk, part in subject.parts().items()}
    thread: CommentThread | None = None
    for line in plan.lines:
        told: dict[str, Any] = {"by": people[line.by], "audience": audience, "now": now - line.ago}
        if thread is None:
            part = parts[plan.part] if plan.part else None
            thread = services.open_thread(subject=subject, part=part, body=line.words, **told)
        else:
            services.reply(thread=thread, body=line.words, **told)
    if plan.resolved_by and thread:
        last = now - plan.lines[-1].ago
        services.resolve_thread(
            thread=thread, by=people[plan.resolved_by], audience=audience, now=last
        )


def _subject(tenant: Tenant, plan: TalkPlan) -> Subject:
    if plan.is_of_map:
        maps = StakeholderMap.objects.for_tenant(tenant).select_related("tenant")
        return MapSubject(maps.get(title=plan.about))
    personas = Persona.objects.for_tenant(tenant).select_related("tenant")
    return PersonaSubject(personas.get(name=plan.about))
