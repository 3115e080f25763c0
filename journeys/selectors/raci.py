"""The RACI matrix of a map: steps down, stakeholders across."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.workbooks import Table
from journeys.models import JourneyMap, Stage, Step, StepRole
from journeys.rules.raci import RaciFinding, letters, raci_findings
from personas.models import Stakeholder

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

MOST_ADDABLE = 500


@dataclass(frozen=True, slots=True)
class RaciRow:
    """A step with the title of its stage ("" where it is that of the step before), and its cells.

    A cell is a stakeholder and the letters that it has there.
    """

    step: Step
    stage: str
    cells: list[tuple[Stakeholder, str]]


@dataclass(frozen=True, slots=True)
class Raci:
    """A matrix, what is wrong with it, and who could be added to it."""

    map: JourneyMap
    stakeholders: list[Stakeholder]
    rows: list[RaciRow]
    findings: list[RaciFinding]
    addable: list[Stakeholder]


def raci_of(row: JourneyMap, *, extra: Collection[UUID] = ()) -> Raci:
    """Give the matrix of a map, with columns for *extra* stakeholders as well. Four queries.

    Columns are by name. Whoever is archived keeps the column while having a part.
    """
    tenant = row.tenant_id
    stages = Stage.objects.for_tenant(tenant).filter(map=row, deleted_at=None)
    placed = {one.lineage: (one.ord, one.pk, one.title) for one in stages}
    steps = Step.objects.for_tenant(tenant).filter(map=row, deleted_at=None, stage__in=placed)
    ordered = sorted(steps, key=lambda s: (*placed[s.stage][:2], s.ord, s.pk))
    roles: dict[tuple[UUID, UUID], set[str]] = {}
    known = {step.lineage for step in ordered}
    links = StepRole.objects.for_tenant(tenant).filter(map=row, deleted_at=None, step__in=known)
    for step, who, role in links.values_list("step", "stakeholder_id", "role"):
        roles.setdefault((step, who), set()).add(role)
    there = {who for _, who in roles} | set(extra)
    everybody = Stakeholder.objects.for_tenant(tenant).order_by("name", "pk")
    found = [one for one in everybody if one.pk in there or one.archived_at is None]
    columns = [one for one in found if one.pk in there]
    return Raci(
        row,
        columns,
        _rows(ordered, placed, columns, roles),
        raci_findings(
            [(step.lineage, step.title) for step in ordered],
            {one.pk: one.name for one in columns},
            roles,
        ),
        [one for one in found if one.pk not in there][:MOST_ADDABLE],
    )


def raci_table(raci: Raci) -> Table:
    """Give a matrix as a sheet."""
    heads = ["Stage", "Step", *(one.name for one in raci.stakeholders)]
    rows = [
        [row.stage, row.step.title, *(told or None for _, told in row.cells)] for row in raci.rows
    ]
    return Table("RACI", heads, rows)


def _rows(
    steps: list[Step],
    placed: dict[UUID, tuple[str, UUID, str]],
    columns: list[Stakeholder],
    roles: dict[tuple[UUID, UUID], set[str]],
) -> list[RaciRow]:
    rows, before = [], None
    for step in steps:
        cells = [(who, letters(roles.get((step.lineage, who.pk), ()))) for who in columns]
        stage = "" if step.stage == before else placed[step.stage][2]
        rows.append(RaciRow(step, stage, cells))
        before = step.stage
    return rows
