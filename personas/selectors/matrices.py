"""Reads of matrices: their list, and one with the personas in it and those beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from personas.models import Persona, PersonaMatrix, PersonaPosition
from personas.rules.matrix_places import fanned, free_place, is_crowded

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from personas.rules.matrix_places import Place

# Beyond these shares of the width a name would leave the drawing.
_NEAR_LEFT, _NEAR_RIGHT = 0.15, 0.85


@dataclass(frozen=True, slots=True)
class Placed:
    """A persona in a matrix; *x* and *y* are 0 to 1 from the left and from the bottom.

    The drawing shows it at *drawn*, or as one of several *aside* of there, in pixels to the right
    and down.
    """

    persona: Persona
    x: float
    y: float
    drawn: Place
    aside: Place = (0.0, 0.0)

    @property
    def across(self) -> str:
        """Give the place from the left in percent, as forms have it."""
        return f"{100 * self.x:.0f}"

    @property
    def up(self) -> str:
        """Give the place from the bottom in percent, as forms have it."""
        return f"{100 * self.y:.0f}"

    @property
    def drawn_x(self) -> str:
        """Give the place from the left as a drawing has it."""
        return f"{100 * self.drawn[0]:.2f}%"

    @property
    def drawn_y(self) -> str:
        """Give the place from the top as a drawing has it."""
        return f"{100 * (1 - self.drawn[1]):.2f}%"

    @property
    def transform(self) -> str:
        """Give how the drawing moves the figure aside; empty where it does not."""
        across, down = self.aside
        return f"translate({across:g} {down:g})" if any(self.aside) else ""

    @property
    def anchor(self) -> str:
        """Say which end of the name stands at the place, so that it stays in the drawing."""
        if self.x < _NEAR_LEFT:
            return "start"
        return "end" if self.x > _NEAR_RIGHT else "middle"


@dataclass(frozen=True, slots=True)
class MatrixShown:
    """The personas of a matrix, from the left and then by name, and those that are not in it.

    *free* is where the next one may stand, in percent from the left and from the bottom.
    """

    placed: list[Placed]
    others: list[Persona]
    free: tuple[str, str]

    @property
    def is_crowded(self) -> bool:
        """Whether the figures are drawn small."""
        return is_crowded(len(self.placed))


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
    placed, others = [], []
    for persona in live.select_related("tenant", "picture").order_by("name", "pk"):
        place = places.get(persona.pk)
        if place:
            placed.append(Placed(persona, place.x, place.y, (place.x, place.y)))
        else:
            others.append(persona)
    placed.sort(key=lambda one: one.x)
    standing = [(one.x, one.y) for one in placed]
    drawn = [
        replace(one, drawn=place, aside=aside)
        for one, (place, aside) in zip(placed, fanned(standing), strict=True)
    ]
    x, y = free_place(standing)
    return MatrixShown(drawn, others, (f"{100 * x:.0f}", f"{100 * y:.0f}"))
