"""Which comments and links for outside belong to which persona or map."""

from __future__ import annotations

from django.db import models

from cxm.collaboration.models import CommentThread, ShareLink
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from personas.models.personas import Persona, PersonaSection
from personas.models.stakeholders import Stakeholder, StakeholderMap


class PersonaThread(TenantOwned):
    """A thread about a persona, or about one of its sections, be that still there or not."""

    thread = TenantForeignKey(CommentThread)
    persona = TenantForeignKey(Persona)
    section = TenantForeignKey(PersonaSection, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread"], name="personas_thread_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "persona"], name="personas_thread_persona"),
        ]


class StakeholderMapThread(TenantOwned):
    """A thread about a stakeholder map, or about one stakeholder on it."""

    thread = TenantForeignKey(CommentThread)
    map = TenantForeignKey(StakeholderMap)
    stakeholder = TenantForeignKey(Stakeholder, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread"], name="personas_mapthread_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "map"], name="personas_mapthread_map"),
        ]


class PersonaShare(TenantOwned):
    """A link that shows a persona to people outside."""

    link = TenantForeignKey(ShareLink)
    persona = TenantForeignKey(Persona)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "link"], name="personas_share_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "persona"], name="personas_share_persona"),
        ]


class StakeholderMapShare(TenantOwned):
    """A link that shows a stakeholder map to people outside, without what only insiders know."""

    link = TenantForeignKey(ShareLink)
    map = TenantForeignKey(StakeholderMap)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "link"], name="personas_mapshare_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "map"], name="personas_mapshare_map"),
        ]
