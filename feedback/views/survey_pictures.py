"""The pictures that people choose between: given out to who answers, put in by the builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.selectors.assets import asset_path
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.operations.records import UnknownElementError
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.tenants.selectors import tenant_by_slug
from feedback.selectors.survey_pictures import picture_asked
from feedback.services.survey_pictures import put_picture
from feedback.views.survey_page import build_url, builder, found_draft

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

_FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def survey_picture(
    request: HttpRequest,  # noqa: ARG001 - whoever asks
    slug: str,
    survey_id: UUID,
    asset_id: UUID,
) -> HttpResponse:
    """Give a picture that a published version of a survey shows, without the name of its file."""
    tenant = tenant_by_slug(slug)
    if tenant is None:
        raise Http404
    with tenant_bound(tenant.pk):
        asset = picture_asked(tenant, survey_id, asset_id)
    if asset is None or not asset_path(asset).is_file():
        raise Http404
    answer = HttpResponse(asset_path(asset).read_bytes(), content_type=asset.mime)
    answer["Cache-Control"] = _FOR_GOOD
    return answer


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def choice_picture(
    request: TenantRequest, survey_id: UUID, question_id: UUID, choice_id: UUID
) -> HttpResponse:
    """Put the picture that was sent on a choice, or with `drop=1` take its picture off."""
    draft = found_draft(request, survey_id)
    upload = request.FILES.get("picture")
    try:
        put_picture(
            draft=draft,
            choice_id=choice_id,
            upload=None if request.POST.get("drop") == "1" else upload,
            is_dropped=request.POST.get("drop") == "1",
            by=request.membership,
            now=now(),
        )
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return builder(
            request, draft, question_id=question_id, problem=str(error), status=error.status
        )
    return HttpResponseRedirect(f"{build_url(draft.survey, question_id)}#parts")


survey_picture_urls = [
    path(
        "q/<slug:slug>/pictures/<uuid:survey_id>/<uuid:asset_id>/",
        survey_picture,
        name="survey-picture",
    ),
]
