"""Changing maps as people do: what follows from an operation is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.operations.records import MOST_AT_ONCE, Deed, UnknownElementError
from cxm.kernel.operations.store import Outcome, commit, read_state
from journeys.errors import GoneForGoodError
from journeys.models import JourneyMap, MapOp, Stage, Step
from journeys.rules.spans import consequences
from journeys.selectors.map_elements import MODELS
from journeys.services.guest_limits import check_known, known_to_guest
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.records import Asked, Operation

_STRUCTURAL = frozenset({Deed.DELETE, Deed.MOVE})


@transaction.atomic
def change_map(
    request: Request, asked: Sequence[Asked], *, brought: Collection[UUID] = ()
) -> Outcome:
    """Do *asked* operations on a map, all or none, with what follows from them in the same batch.

    Where steps or stages are deleted or moved, cards that lie over them are cut, moved or
    deleted, and ways deleted (`journeys.rules.spans`). Gives all that was done, what was asked for
    last. Sent again it does nothing more. Guests name nothing but what is on the map, and what is
    *brought*, files that were just sent. Raises what `commit` raises, and GoneForGoodError for
    what was deleted so long ago that it is removed.
    """
    known = known_to_guest(request, asked)
    following = _following(request, asked)
    done: list[Operation] = []
    for start in range(0, len(following), MOST_AT_ONCE):
        outcome = commit(MAPS, request, following[start : start + MOST_AT_ONCE])
        done += outcome.operations
    try:
        outcome = commit(MAPS, request, asked)
    except UnknownElementError as error:
        if _is_removed(request, asked):
            raise GoneForGoodError from error
        raise
    if known is not None:
        check_known(known | {str(pk) for pk in brought}, outcome.operations)
    return Outcome(
        outcome.head, (*done, *outcome.operations), outcome.overridden, outcome.is_repeated
    )


def _following(request: Request, asked: Sequence[Asked]) -> list[Asked]:
    named = {one.lineage: one.id for one in asked if one.op in _STRUCTURAL}
    if not named or not _are_steps(request, named):
        return []
    # The lock first: cards that somebody puts there meanwhile are seen, too.
    maps = JourneyMap.objects.for_tenant(request.tenant)
    maps.select_for_update(no_key=True).filter(pk=request.document).exists()
    log = MapOp.objects.for_tenant(request.tenant)
    known = set(log.filter(pk__in=named.values()).values_list("pk", flat=True))
    new = [one for one in asked if one.id not in known]
    return consequences(read_state(MAPS, request), new)


def _are_steps(request: Request, named: Collection[UUID]) -> bool:
    return any(
        kind.objects.for_tenant(request.tenant)
        .filter(map=request.document, lineage__in=named)
        .exists()
        for kind in (Step, Stage)
    )


def _is_removed(request: Request, asked: Sequence[Asked]) -> bool:
    """Whether something asked about was on the map once, and its row is not there any more."""
    log = MapOp.objects.for_tenant(request.tenant).filter(map=request.document, deed=Deed.CREATE)
    named = log.filter(lineage__in=[one.lineage for one in asked]).values_list("lineage", "kind")
    return any(
        not MODELS[kind]
        .objects.for_tenant(request.tenant)
        .filter(map=request.document, lineage=pk)
        .exists()
        for pk, kind in named
        if kind in MODELS
    )
