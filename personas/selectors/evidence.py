"""How well the statements of personas are backed, and where evidence is cited."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from django.urls import reverse

from cxm.collaboration.rules.uses import Use
from cxm.collaboration.selectors.backing import Backing, backing_by
from cxm.collaboration.selectors.evidence import day_in
from personas.models import Persona, PersonaFact, PersonaFactEvidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class PersonaBacking:
    """How well a persona's statements are backed: *by_fact*, in no order."""

    by_fact: dict[UUID, Backing] = field(default_factory=dict)

    def of(self, fact_id: UUID) -> Backing:
        """Give what backs one statement."""
        return self.by_fact.get(fact_id, Backing())

    @property
    def statements(self) -> int:
        """Count the statements."""
        return len(self.by_fact)

    @property
    def with_evidence(self) -> int:
        """Count those that cite something which counts."""
        return sum(bool(one.graded.lines) for one in self.by_fact.values())

    @property
    def backed(self) -> int:
        """Count those with some evidence or better, also by hand."""
        return sum(one.is_backed for one in self.by_fact.values())

    @property
    def share(self) -> float | None:
        """Give the percentage of statements that cite something; None without statements."""
        return 100 * self.with_evidence / self.statements if self.by_fact else None

    @property
    def is_valid(self) -> bool:
        """Whether half of the statements are backed, as the status *validated* needs."""
        return bool(self.by_fact) and 2 * self.backed >= self.statements

    @property
    def median_age_days(self) -> int | None:
        """Give the median age of all that is cited, in whole days; None where nothing is."""
        ages = [line.age_days for one in self.by_fact.values() for line in one.graded.lines]
        return int(median(ages)) if ages else None


def backing_of(persona: Persona, facts: Iterable[PersonaFact], *, now: datetime) -> PersonaBacking:
    """Tell how well the statements *facts* of one persona are backed. One query."""
    cited = _citations(persona.tenant).filter(persona=persona)
    found = _backings(facts, cited, day_in(persona.tenant, now))
    return found.get(persona.pk, PersonaBacking())


def library_backing(
    tenant: Tenant, personas: Sequence[Persona], *, now: datetime
) -> dict[UUID, PersonaBacking]:
    """Tell how well the statements of each of *personas* are backed. Two queries."""
    ids = [one.pk for one in personas]
    facts = statements(tenant).filter(persona__in=ids)
    cited = _citations(tenant).filter(persona__in=ids)
    found = _backings(facts, cited, day_in(tenant, now))
    return {pk: found.get(pk, PersonaBacking()) for pk in ids}


def statements(tenant: Tenant) -> QuerySet[PersonaFact]:
    """Give the statements that are there: neither they nor their sections are deleted."""
    rows: QuerySet[PersonaFact] = PersonaFact.objects.for_tenant(tenant)
    return rows.filter(deleted_at=None, section__deleted_at=None)


def statement_choices(persona: Persona) -> list[tuple[str, list[tuple[str, str]]]]:
    """List the statements of *persona* by section: pairs of id and text. One query."""
    rows = statements(persona.tenant).filter(persona=persona).select_related("section")
    groups: dict[UUID, tuple[str, list[tuple[str, str]]]] = {}
    for row in rows.order_by("section__ord", "section_id", "ord", "pk"):
        _, choices = groups.setdefault(row.section_id, (row.section.title, []))
        text = f"{row.label}: {row.text}" if row.label else row.text
        choices.append((str(row.pk), text))
    return list(groups.values())


def persona_uses(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, list[Use]]:
    """Say under which statements each piece of evidence is cited, by persona. One query."""
    rows = _citations(tenant).filter(
        evidence__in=ids, fact__deleted_at=None, fact__section__deleted_at=None
    )
    rows = rows.select_related("fact", "persona").order_by("persona__name", "fact__ord", "pk")
    found: dict[UUID, list[Use]] = defaultdict(list)
    for row in rows:
        page = reverse("personas:persona-page", args=[tenant.slug, row.persona_id])
        where = f"{row.persona.name} (archived)" if row.persona.archived_at else row.persona.name
        found[row.evidence_id].append(Use(row.fact.text, where, f"{page}#fact-{row.fact_id}"))
    return dict(found)


def _citations(tenant: Tenant) -> QuerySet[PersonaFactEvidence]:
    rows: QuerySet[PersonaFactEvidence] = PersonaFactEvidence.objects.for_tenant(tenant)
    rows = rows.filter(deleted_at=None).select_related("evidence__asset")
    return rows.order_by("ord", "pk")


def _backings(
    facts: Iterable[PersonaFact], cited: Iterable[PersonaFactEvidence], today: date
) -> dict[UUID, PersonaBacking]:
    by_fact: dict[UUID, list[PersonaFactEvidence]] = defaultdict(list)
    for one in cited:
        by_fact[one.fact_id].append(one)
    found: dict[UUID, PersonaBacking] = defaultdict(PersonaBacking)
    for fact in facts:
        backing = backing_by(by_fact[fact.pk], today, fact.grade_override)
        found[fact.persona_id].by_fact[fact.pk] = backing
    return dict(found)
