"""What stands for a persona: a drawing, a picture of its own, and a cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.pictures import CoverForm, OwnPictureForm, PictureForm
from personas.rules.shapes import Avatar
from personas.services import pictures as services
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms

    from personas.models import Persona

PICTURE = "personas/persona_picture.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def persona_picture(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Show what can stand for a persona; choose face, hair and skin of a drawing, and its words."""
    persona = found_persona(request, persona_id)
    if request.method != "POST":
        return _panel(request, persona)
    form = PictureForm(request.POST, drawn=persona.avatar)
    if form.is_valid():
        picture = Avatar(**form.cleaned_data)
        try:
            services.draw_persona(
                persona=persona, picture=picture, by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect(persona_url(persona))
    return _panel(request, persona, drawn=form)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def persona_picture_upload(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Let an uploaded picture stand for a persona; a refused one leaves what was typed."""
    persona = found_persona(request, persona_id)
    form = OwnPictureForm(request.POST, request.FILES, auto_id="own_%s")
    if form.is_valid():
        told = form.cleaned_data
        try:
            services.give_picture(
                persona=persona,
                upload=told["file"],
                alt=told["alt"],
                is_decorative=told["is_decorative"],
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            _blame(form, error)
        else:
            return redirect(persona_url(persona))
    return _panel(request, persona, own=form)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def persona_picture_take_off(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Let the drawing stand for a persona again."""
    persona = found_persona(request, persona_id)
    try:
        services.take_off_picture(persona=persona, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, persona, error)
    return redirect(persona_url(persona))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def persona_cover_upload(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Put an uploaded picture across the top of a persona's page."""
    persona = found_persona(request, persona_id)
    form = CoverForm(request.POST, request.FILES, auto_id="cover_%s")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.give_cover(persona=persona, upload=file, by=request.membership, now=now())
        except DomainError as error:
            _blame(form, error)
        else:
            return redirect(persona_url(persona))
    return _panel(request, persona, cover=form)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def persona_cover_take_off(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Take the picture across the top away."""
    persona = found_persona(request, persona_id)
    try:
        services.take_off_cover(persona=persona, by=request.membership, now=now())
    except DomainError as error:
        return _refused(request, persona, error)
    return redirect(persona_url(persona))


def _blame(form: forms.Form, error: DomainError) -> None:
    """Show *error* at its field, where the form has it."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _refused(request: TenantRequest, persona: Persona, error: DomainError) -> HttpResponse:
    """Show the panel again with *error* above the drawings."""
    drawn = PictureForm(persona.avatar, drawn=persona.avatar)
    drawn.add_error(None, str(error))
    return _panel(request, persona, drawn=drawn)


def _panel(
    request: TenantRequest,
    persona: Persona,
    *,
    drawn: PictureForm | None = None,
    own: OwnPictureForm | None = None,
    cover: CoverForm | None = None,
) -> HttpResponse:
    """Show all three forms; one that was sent is a refused one."""
    told = persona.avatar if persona.picture_id else {}
    context = {
        "persona": persona,
        "drawn": drawn or PictureForm(drawn=persona.avatar, initial=persona.avatar),
        "own": own or OwnPictureForm(auto_id="own_%s", initial=told),
        "cover": cover or CoverForm(auto_id="cover_%s"),
        "close_url": persona_url(persona),
    }
    status = 422 if drawn or own or cover else 200
    return page(request, PICTURE, context, part="picture-panel", status=status)
