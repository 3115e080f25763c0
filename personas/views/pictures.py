"""Choosing the drawing that stands for a persona."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.pictures import PictureForm
from personas.rules.shapes import Avatar
from personas.services.personas import draw_persona
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

PICTURE = "personas/persona_picture.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def persona_picture(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Choose face, hair and skin of a persona's picture, and its words."""
    persona = found_persona(request, persona_id)
    is_sent = request.method == "POST"
    form = PictureForm(
        request.POST if is_sent else None, drawn=persona.avatar, initial=persona.avatar
    )
    if is_sent and form.is_valid():
        picture = Avatar(**form.cleaned_data)
        draw_persona(persona=persona, picture=picture, by=request.membership, now=now())
        return redirect(persona_url(persona))
    context = {
        "persona": persona,
        "form": form,
        "action": reverse("personas:persona-picture", args=[request.tenant.slug, persona.pk]),
        "close_url": persona_url(persona),
    }
    status = 422 if is_sent else 200
    return page(request, PICTURE, context, part="picture-panel", status=status)
