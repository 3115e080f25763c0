"""Personas: described kinds of customers, with sections, statements, and a matrix to tell apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.collaboration.models import Asset, Evidence
from cxm.collaboration.rules.kinds import Grade
from cxm.customers.models import Segment
from cxm.tenants.editing import Edited, OrderedEdited
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from personas.rules.kinds import PersonaKind, PersonaStatus, SectionKind, Width


class Persona(Edited):
    """A described kind of customer: a document of its own, `head_seq` operations long.

    *avatar* says which drawing stands for it, unless there is a *picture* of its own; *segment*
    which customers it describes. One that was merged is archived, and *merged_into* names where
    its parts went.
    """

    key = models.SlugField(max_length=63, db_index=False)
    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=300, blank=True)
    quote = models.CharField(max_length=1_000, blank=True)
    avatar = models.JSONField(default=dict)
    picture = TenantForeignKey(Asset, null=True)
    cover = TenantForeignKey(Asset, null=True)
    colour = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=10, choices=PersonaKind.choices())
    status = models.CharField(max_length=12, choices=PersonaStatus.choices())
    category = models.CharField(max_length=60, blank=True)
    owner = TenantForeignKey(Membership, null=True)
    segment = TenantForeignKey(Segment, null=True)
    reviewed_on = models.DateField(null=True)
    review_every_days = models.PositiveSmallIntegerField(null=True)
    archived_at = models.DateTimeField(null=True)
    merged_into = TenantForeignKey("self", null=True)
    head_seq = models.PositiveIntegerField(default=0)

    class Meta(Edited.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="personas_persona_key"),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in PersonaKind]),
                name="personas_persona_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in PersonaStatus]),
                name="personas_persona_known_status",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonaSection(OrderedEdited):
    """A part of a persona's page; *content* is as its kind says, statements are rows beneath."""

    persona = TenantForeignKey(Persona)
    kind = models.CharField(max_length=12, choices=SectionKind.choices())
    title = models.CharField(max_length=120)
    content = models.JSONField(default=dict)
    width = models.CharField(max_length=4, choices=Width.choices(), default=Width.HALF.value)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "persona"], name="personas_section_persona"),
        ]


class PersonaFact(OrderedEdited):
    """One statement; evidence stands or falls with it."""

    persona = TenantForeignKey(Persona)
    section = TenantForeignKey(PersonaSection)
    text = models.CharField(max_length=1_000)
    label = models.CharField(max_length=120, blank=True)
    facet = models.CharField(max_length=20, blank=True)
    grade_override = models.CharField(
        max_length=12, blank=True, choices=[(g.value, g.words) for g in Grade]
    )

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "persona"], name="personas_fact_persona"),
            models.Index(fields=["tenant", "section"], name="personas_fact_section"),
        ]


class PersonaFactEvidence(OrderedEdited):
    """What speaks for or against a statement."""

    persona = TenantForeignKey(Persona)
    fact = TenantForeignKey(PersonaFact)
    evidence = TenantForeignKey(Evidence)

    class Meta(OrderedEdited.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "fact", "evidence"], name="personas_factevidence_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "persona"], name="personas_factevidence_persona"),
            models.Index(fields=["tenant", "evidence"], name="personas_factevidence_back"),
        ]


class PersonaFile(OrderedEdited):
    """A picture or document in a section, with the words for who cannot see it."""

    persona = TenantForeignKey(Persona)
    section = TenantForeignKey(PersonaSection)
    asset = TenantForeignKey(Asset)
    title = models.CharField(max_length=200, blank=True)
    alt = models.CharField(max_length=500, blank=True)
    is_decorative = models.BooleanField(default=False)

    class Meta(OrderedEdited.Meta):
        indexes = [
            models.Index(fields=["tenant", "persona"], name="personas_file_persona"),
            models.Index(fields=["tenant", "asset"], name="personas_file_asset"),
        ]


class PersonaMatrix(TenantOwned):
    """Two axes with named ends, to see personas apart."""

    title = models.CharField(max_length=120)
    left = models.CharField(max_length=60)
    right = models.CharField(max_length=60)
    bottom = models.CharField(max_length=60)
    top = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    def __str__(self) -> str:
        return self.title


class PersonaPosition(TenantOwned):
    """Where a persona lies in a matrix: 0 to 1 from the left, and from the bottom."""

    matrix = TenantForeignKey(PersonaMatrix)
    persona = TenantForeignKey(Persona)
    x = models.FloatField()
    y = models.FloatField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "matrix", "persona"], name="personas_position_once"
            ),
            models.CheckConstraint(
                condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1), name="personas_position_inside"
            ),
        ]
