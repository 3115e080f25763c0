"""Every write to matrices: what their axes are called, and where personas stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import Tenant
from personas.errors import EndNameError, OffMatrixError, TooManyMatricesError
from personas.models import PersonaMatrix, PersonaPosition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cxm.tenants.models import Membership
    from personas.models import Persona

MOST_MATRICES = 100
NAMES = ("title", "left", "right", "bottom", "top")
_AXES = (("left", "right"), ("bottom", "top"))


@transaction.atomic
def create_matrix(
    *, tenant: Tenant, names: Mapping[str, str], by: Membership, now: datetime
) -> PersonaMatrix:
    """Make a matrix; *names* are those of `NAMES`, each of a length that its column takes.

    Raises EndNameError where a name is empty or both ends of an axis have the same, and
    TooManyMatricesError.
    """
    told = _checked(names)
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if PersonaMatrix.objects.for_tenant(tenant).count() >= MOST_MATRICES:
        raise TooManyMatricesError(MOST_MATRICES)
    matrix = PersonaMatrix.objects.create(tenant=tenant, created_at=now, by=by, **told)
    record(tenant=tenant, action="persona-matrix-made", by=by, about=matrix)
    return matrix


@transaction.atomic
def rename_matrix(*, matrix: PersonaMatrix, names: Mapping[str, str], by: Membership) -> None:
    """Give a matrix and the ends of its axes other names; raises EndNameError."""
    told = _checked(names)
    changes = {name: told[name] for name in NAMES if told[name] != getattr(matrix, name)}
    if not changes:
        return
    for name, words in changes.items():
        setattr(matrix, name, words)
    matrix.save(update_fields=list(changes))
    record(
        tenant=matrix.tenant,
        action="persona-matrix-renamed",
        by=by,
        about=matrix,
        changes=changes,
    )


@transaction.atomic
def delete_matrix(*, matrix: PersonaMatrix, by: Membership) -> None:
    """Remove a matrix and the places in it for good; the personas stay."""
    record(tenant=matrix.tenant, action="persona-matrix-deleted", by=by, about=matrix)
    PersonaPosition.objects.for_tenant(matrix.tenant).filter(matrix=matrix).delete()
    PersonaMatrix.objects.for_tenant(matrix.tenant).filter(pk=matrix.pk).delete()


def place_persona(*, matrix: PersonaMatrix, persona: Persona, x: float, y: float) -> None:
    """Put *persona* at a place of *matrix*, or move it there; the last one who moves it wins.

    *x* is 0 at the left to 1 at the right, *y* 0 at the bottom to 1 at the top. Raises
    OffMatrixError.
    """
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise OffMatrixError
    PersonaPosition.objects.bulk_create(
        [PersonaPosition(tenant=matrix.tenant, matrix=matrix, persona=persona, x=x, y=y)],
        update_conflicts=True,
        unique_fields=["tenant", "matrix", "persona"],
        update_fields=["x", "y"],
    )


def take_off(*, matrix: PersonaMatrix, persona: Persona) -> None:
    """Take *persona* off *matrix*; nothing happens where it is not on it."""
    positions = PersonaPosition.objects.for_tenant(matrix.tenant)
    positions.filter(matrix=matrix, persona=persona).delete()


def _checked(names: Mapping[str, str]) -> dict[str, str]:
    told = {name: " ".join(names[name].split()) for name in NAMES}
    for name, words in told.items():
        if not words:
            what = "the matrix" if name == "title" else "this end"
            raise EndNameError(f"Give {what} a name.", field=name)
    for low, high in _AXES:
        if told[low].casefold() == told[high].casefold():
            raise EndNameError("The two ends of an axis need different names.", field=high)
    return told
