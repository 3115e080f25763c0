"""Reads of matrices: their list, and one with the personas in it and those beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from cxm.kernel.drawing.fanning import free_place
from cxm.kernel.drawing.scatter import Axis, Scatter, Spot, scatter
from personas.models import Persona, PersonaMatrix, PersonaPosition

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

# Places are told in percent.
_PERCENT = 100
# A face with its ring, in pixels.
_RADIUS = 24.0


@dataclass(frozen=True, slots=True)
class MatrixShown:
    """The personas of a matrix, from the left and then by name, and those that are not in it.

    *free* is where the next one may stand, in percent from the left and from the bottom.
    """

    scatter: Scatter
    others: list[Persona]
    free: tuple[str, str]


def matrices_listed(tenant: Tenant) -> QuerySet[PersonaMatrix]:
    """List matrices by title, with `personas`: how many live personas stand in each."""
    stands = PersonaPosition.objects.for_tenant(tenant).filter(
        matrix=OuterRef("pk"), persona__deleted_at=None, persona__archived_at=None
    )
    counted = stands.order_by().values("matrix").annotate(n=Count("pk")).values("n")
    rows = PersonaMatrix.objects.for_tenant(tenant).annotate(
        personas=Coalesce(Subquery(counted), 0)
    )
    return rows.order_by("title", "pk").fetch_mode(FETCH_RAISE)


def matrix_shown(matrix: PersonaMatrix) -> MatrixShown:
    """Read who stands where in *matrix*; archived personas are left out. Two queries."""
    positions = PersonaPosition.objects.for_tenant(matrix.tenant_id).filter(matrix=matrix)
    places = {one.persona_id: one for one in positions.order_by("pk")}
    live = Persona.objects.for_tenant(matrix.tenant_id).filter(deleted_at=None, archived_at=None)
    spots, others = [], []
    for persona in live.select_related("tenant", "picture").order_by("name", "pk"):
        if persona.pk in places:
            spots.append(_spot(persona, places[persona.pk]))
        else:
            others.append(persona)
    across = _axis("x", matrix.left, matrix.right)
    drawn = scatter(across, _axis("y", matrix.bottom, matrix.top), spots, noun="persona")
    standing = [places[one.spot.subject.pk] for one in drawn.placed]
    x, y = free_place([(one.x, one.y) for one in standing])
    return MatrixShown(drawn, others, (f"{100 * x:.0f}", f"{100 * y:.0f}"))


def _spot(persona: Persona, place: PersonaPosition) -> Spot:
    return Spot(
        key=str(persona.pk),
        label=persona.name,
        x=round(_PERCENT * place.x),
        y=round(_PERCENT * place.y),
        href=reverse("personas:persona-page", args=[persona.tenant.slug, persona.pk]),
        radius=_RADIUS,
        tone=f"persona-{persona.colour or 'none'}",
        subject=persona,
    )


def _axis(key: str, low: str, high: str) -> Axis:
    words = f"from {low} to {high}"
    return Axis(
        key, words, 0, _PERCENT, low_end=low, high_end=high, says=f"{{}} {words}", has_ticks=False
    )
