"""Personas, stakeholder maps and the register as files, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from cxm.kernel.api import AnyFormat, StrictSerializer, query_values
from cxm.kernel.clock import now
from cxm.kernel.made_files import CONTENT_TYPES, answer_with_made
from cxm.kernel.typesetting.setting import SCALES
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right
from personas.api.stakeholders import StakeholderQuery
from personas.forms.exports import USUAL_SCALE
from personas.models import Persona, StakeholderMap
from personas.rules.kinds import RELATION_KINDS, Layout, StakeholderKind
from personas.rules.map_access import Sight
from personas.selectors.map_view import FILTERS, Look, map_shown
from personas.selectors.maps import sight_of
from personas.selectors.stakeholders import stakeholders_listed
from personas.services.exports import export_map, export_persona, export_register

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from rest_framework.request import Request


# The number of a ring or a sector, or what stands in none.
_PLACE = r"^([0-9]|1[01]|none)$"


class ScaleQuery(StrictSerializer[Any]):
    """How large a picture is."""

    scale = serializers.ChoiceField(
        SCALES, default=USUAL_SCALE, help_text="Pixels a point, of PNG files only."
    )


class MapFileQuery(ScaleQuery):
    """What a file of a map shows."""

    layout = serializers.ChoiceField(
        Layout.choices(), required=False, help_text="Left out, it is the map's own."
    )
    kind = serializers.ChoiceField(StakeholderKind.choices(), required=False)
    relation = serializers.ChoiceField(RELATION_KINDS, required=False)
    around = serializers.UUIDField(
        required=False, help_text="A stakeholder: only who is near it along relations."
    )
    steps = serializers.ChoiceField([1, 2], required=False, help_text="How near that is.")
    ring = serializers.RegexField(
        _PLACE, required=False, help_text="Number of a ring from the centre, 0 first; or `none`."
    )
    sector = serializers.RegexField(
        _PLACE, required=False, help_text="Number of a sector from the top, 0 first; or `none`."
    )


class _FileView(TenantApiView):
    """Base of what hands over files."""

    content_negotiation_class = AnyFormat
    rights = {"get": Right.EXPORT_JOURNEYS}


class PersonaFileView(_FileView):
    """A persona as a file."""

    ending: Literal["pdf", "png"] = "pdf"

    @extend_schema(parameters=[ScaleQuery])
    def get(self, request: Request, persona_id: UUID) -> HttpResponse:
        """Give a persona as PDF, or as PNG: what its page shows, with its numbers."""
        rows = Persona.objects.for_tenant(self.tenant).filter(deleted_at=None)
        rows = rows.select_related("tenant", "owner__user", "segment", "picture", "cover")
        persona = get_object_or_404(rows, pk=persona_id)
        asked = query_values(ScaleQuery, request.query_params)
        file = export_persona(
            persona=persona,
            ending=self.ending,
            scale=asked["scale"],
            sees_answers=self.actor_may(Right.SEE_RESPONSES),
            by=self.actor,
            now=now(),
        )
        return answer_with_made(file)


class MapFileView(_FileView):
    """A stakeholder map as a file."""

    ending: Literal["pdf", "png", "svg", "xlsx"] = "pdf"

    @extend_schema(parameters=[MapFileQuery])
    def get(self, request: Request, map_id: UUID) -> HttpResponse:
        """Give a map as PDF, PNG, SVG or XLSX; private fields only for who may edit."""
        rows = StakeholderMap.objects.for_tenant(self.tenant).filter(deleted_at=None)
        row = get_object_or_404(rows.select_related("tenant", "owner__user"), pk=map_id)
        reader = self.actor if isinstance(self.actor, Membership) else None
        if sight_of(row, reader) < Sight.CONTENT:
            raise Http404
        asked = query_values(MapFileQuery, request.query_params)
        is_private = self.actor_may(Right.EDIT_JOURNEYS)
        file = export_map(
            of=row,
            shown=map_shown(row, _look(row, asked, is_private=is_private), is_private=is_private),
            ending=self.ending,
            scale=asked.pop("scale"),
            is_private=is_private,
            by=self.actor,
            now=now(),
        )
        return answer_with_made(file)


class RegisterFileView(_FileView):
    """The register of stakeholders as a workbook."""

    ending = "xlsx"

    @extend_schema(parameters=[StakeholderQuery])
    def get(self, request: Request) -> HttpResponse:
        """Give the register as XLSX, filtered as its list is."""
        asked = query_values(StakeholderQuery, request.query_params)
        rows = stakeholders_listed(self.tenant, **asked)
        return answer_with_made(
            export_register(tenant=self.tenant, stakeholders=rows, by=self.actor)
        )


def _look(row: StakeholderMap, asked: dict[str, Any], *, is_private: bool) -> Look:
    layout = Layout(asked.get("layout") or row.layout)
    if layout is Layout.POWER_INTEREST and not is_private:
        layout = Layout.RINGS
    return Look(layout, told={name: str(asked[name]) for name in FILTERS if name in asked})


def _view(base: type[_FileView], noun: str, ending: str) -> Any:
    """Make the view of one format, described as what it gives."""
    named = f"{noun.title().replace('_', '')}{ending.title()}View"
    view: type[_FileView] = type(named, (base,), {"ending": ending, "__doc__": base.__doc__})
    binary = {(200, CONTENT_TYPES[ending]): OpenApiTypes.BINARY}
    told = extend_schema(operation_id=f"{noun}_{ending}", responses=binary)
    return extend_schema_view(get=told)(view).as_view()


api_urls = [
    *(
        path(f"personas/<uuid:persona_id>/persona.{e}", _view(PersonaFileView, "persona", e))
        for e in ("pdf", "png")
    ),
    *(
        path(f"stakeholder-maps/<uuid:map_id>/map.{e}", _view(MapFileView, "stakeholder_map", e))
        for e in CONTENT_TYPES
    ),
    path("stakeholders/register.xlsx", _view(RegisterFileView, "stakeholder_register", "xlsx")),
]
