"""How far the steps of a future map are real."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from journeys.models import SolutionStep, Stage, Step, StepRealisation, Target
from journeys.rules.library import SolutionStatus
from journeys.rules.promises import Realisation
from journeys.selectors.successions import follow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from cxm.kernel.metric_values import PromiseStanding
    from journeys.models import JourneyMap


@dataclass(frozen=True, slots=True)
class BoardStep:
    """A step on the board: its title and stage, how far it is, and what was said about it.

    *solutions* are pairs of title and status of what makes it real; *is_offered* says that all of
    them are shipped and the step is not called live yet. *verdicts* tell how its targets stand,
    where anybody measures.
    """

    id: UUID
    title: str
    stage: str
    state: Realisation
    row: StepRealisation | None
    targets: int = 0
    is_overdue: bool = False
    solutions: tuple[tuple[str, SolutionStatus], ...] = ()
    is_offered: bool = False
    verdicts: tuple[PromiseStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """The steps of a future map by how far they are, and the sum of it.

    *live* of *promised* steps are live, dropped ones not counted; *overdue* should be, and are not.
    *reached* of *targets* are reached, of the map and of its steps; *whole* are those of the map.
    """

    columns: tuple[tuple[Realisation, tuple[BoardStep, ...]], ...]
    promised: int
    live: int
    overdue: int
    targets: int = 0
    reached: int = 0
    late: int = 0
    whole: tuple[PromiseStanding, ...] = ()


def live_steps(row: JourneyMap) -> set[UUID]:
    """Give the steps of a future map that are live. Three queries at most."""
    return {pk for pk, one in _by_step(row).items() if one.state == Realisation.LIVE}


def board_step(row: JourneyMap, step: UUID) -> BoardStep | None:
    """Give one step of a future map, with what was noted of it; None where it is not there."""
    steps = Step.objects.for_tenant(row.tenant_id)
    found = steps.filter(map=row, lineage=step, deleted_at=None).first()
    if found is None:
        return None
    noted = _by_step(row).get(step)
    stages = Stage.objects.for_tenant(row.tenant_id).filter(map=row, lineage=found.stage)
    state = Realisation(noted.state) if noted else Realisation.PLANNED
    return BoardStep(step, found.title, stages.values_list("title", flat=True)[0], state, noted)


def board_of(
    row: JourneyMap,
    steps: set[UUID],
    *,
    today: date,
    standing: Mapping[UUID, PromiseStanding] | None = None,
) -> Board:
    """Lay the *steps* of a future map out by how far they are, in the order of the map.

    *steps* are those of which it promises something; what was noted before of another one is shown
    as well. *today* is the tenant's day, *standing* tells how targets stand. Six queries at most.
    """
    in_order = _in_order(row)
    noted = _by_step(row, {step.lineage for step, _ in in_order})
    live_targets = Target.objects.for_tenant(row.tenant_id).filter(map=row, removed_at=None)
    told = list(live_targets.order_by("due", "pk").values_list("pk", "step_id"))
    targets = Counter(step for _, step in told)
    verdicts: dict[UUID | None, tuple[PromiseStanding, ...]] = {}
    for pk, at in told:
        if standing and pk in standing:
            verdicts[at] = (*verdicts.get(at, ()), standing[pk])
    solutions = _solutions(row, steps | noted.keys())
    found = []
    for step, stage in in_order:
        if step.lineage in steps or step.lineage in noted:
            one = noted.get(step.lineage)
            state = Realisation(one.state) if one else Realisation.PLANNED
            made_by = tuple(solutions.get(step.lineage, ()))
            shipped = {SolutionStatus.SHIPPED, SolutionStatus.VERIFIED}
            is_open = state in (Realisation.PLANNED, Realisation.BUILDING)
            found.append(
                BoardStep(
                    step.lineage,
                    step.title,
                    stage,
                    state,
                    one,
                    targets[step.lineage],
                    bool(is_open and one and one.due and one.due < today),
                    made_by,
                    bool(is_open and made_by and {s for _, s in made_by} <= shipped),
                    verdicts.get(step.lineage, ()),
                )
            )
    columns = tuple((state, tuple(s for s in found if s.state is state)) for state in Realisation)
    promised = [step for step in found if step.state is not Realisation.DROPPED]
    live = sum(step.state is Realisation.LIVE for step in promised)
    every = [one for ones in verdicts.values() for one in ones]
    return Board(
        columns,
        len(promised),
        live,
        sum(step.is_overdue for step in found),
        len(told),
        sum(one.is_reached is True for one in every),
        sum(one.is_overdue for one in every),
        verdicts.get(None, ()),
    )


def _by_step(row: JourneyMap, there: set[UUID] | None = None) -> dict[UUID, StepRealisation]:
    """Give what was noted by step; of one that was joined to another it stands there.

    What was noted of the step itself goes before that. *there* are the steps of the map, where they
    are known.
    """
    noted = list(_noted(row).order_by("updated_at", "pk"))
    if not noted:
        return {}
    if there is None:
        steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
        there = set(steps.values_list("lineage", flat=True))
    before = [one.step_id for one in noted]
    follow(row, there, noted)
    found = {one.step_id: one for one in noted}
    own = zip(before, noted, strict=True)
    return found | {one.step_id: one for was, one in own if was == one.step_id}


def _noted(row: JourneyMap) -> QuerySet[StepRealisation]:
    rows = StepRealisation.objects.for_tenant(row.tenant_id)
    return rows.filter(map=row).select_related("owner__user")


def _solutions(row: JourneyMap, steps: set[UUID]) -> dict[UUID, list[tuple[str, SolutionStatus]]]:
    rows = SolutionStep.objects.for_tenant(row.tenant_id).filter(step__in=steps, deleted_at=None)
    told = rows.exclude(solution__status=SolutionStatus.DROPPED).order_by("solution__title", "pk")
    found: dict[UUID, list[tuple[str, SolutionStatus]]] = {}
    for step, title, status in told.values_list("step_id", "solution__title", "solution__status"):
        found.setdefault(step, []).append((title, SolutionStatus(status)))
    return found


def _in_order(row: JourneyMap) -> list[tuple[Step, str]]:
    """List the steps of a map in order, with the titles of their stages. Two queries."""
    stages = Stage.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    titles = {s.lineage: (n, s.title) for n, s in enumerate(stages.order_by("ord", "lineage"))}
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    told = [(step, titles[step.stage]) for step in steps.order_by("ord", "lineage")]
    told.sort(key=lambda one: one[1][0])
    return [(step, title) for step, (_, title) in told]
