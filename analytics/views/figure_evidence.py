"""Citing a figure of a persona's page as evidence for or against one of its statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from analytics.forms.figures import FigureEvidenceForm
from analytics.selectors.citing import figure_seen
from analytics.services.citing import cite_figure
from analytics.views.asking import viewer_of
from cxm.collaboration.rules.kinds import Polarity
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.models import Persona

if TYPE_CHECKING:
    from uuid import UUID

PAGE = "analytics/figure_evidence.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def figure_evidence(request: TenantRequest, persona_id: UUID, metric_key: str) -> HttpResponse:
    """Choose the statement that a figure is cited under; a figure that is hidden is not found."""
    rows = Persona.objects.for_tenant(request.tenant).filter(deleted_at=None, archived_at=None)
    persona = get_object_or_404(rows.select_related("tenant", "segment"), pk=persona_id)
    form = FigureEvidenceForm(request.POST or None, persona=persona)
    polarity = form.cleaned_data["polarity"] if form.is_valid() else Polarity.SUPPORTS
    seen = figure_seen(viewer_of(request), persona, metric_key, polarity=polarity)
    if seen is None:
        raise Http404
    home = reverse("personas:persona-page", args=[request.tenant.slug, persona.pk])
    if form.is_valid():
        statement = form.cleaned_data["statement"]
        try:
            cite_figure(statement=statement, seen=seen, by=request.membership, now=now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The figure is cited as evidence.")
            return redirect(f"{home}#fact-{statement.pk}")
    context = {"persona": persona, "seen": seen, "form": form, "action": request.path}
    context |= {"close_url": home}
    status = 422 if request.method == "POST" else 200
    return page(request, PAGE, context, part="figure-panel", status=status)
