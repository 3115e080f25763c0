"""The page with the links of a persona or a stakeholder map to people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cxm.collaboration.views.sharing import Place, answer_links, answer_revoking
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.rules.map_access import Sight
from personas.selectors.shares import shareable
from personas.views.finding import found_persona
from personas.views.kinds import PERSONA
from personas.views.maps import found_map

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.collaboration.views.kinds import Kind


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SHARE_JOURNEYS)
def link_list(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """List the links, with the form for another; a new one's address is shown this once."""
    return answer_links(request, _place(request, kind, document_id))


@require_POST
@tenant_page(Right.SHARE_JOURNEYS)
def link_revoke(
    request: TenantRequest, kind: Kind, document_id: UUID, share_link_id: UUID
) -> HttpResponse:
    """Make a link show nothing, at once."""
    return answer_revoking(request, _place(request, kind, document_id), share_link_id)


def _place(request: TenantRequest, kind: Kind, document_id: UUID) -> Place:
    """Load what is shared; raises Http404 where the reader may not see what it holds."""
    is_persona = kind is PERSONA
    return Place(
        shareable(
            found_persona(request, document_id)
            if is_persona
            else found_map(request, document_id, Sight.CONTENT)
        ),
        kind.address(request.tenant.slug, document_id),
        kind.route("share"),
        kind.route("unshare"),
    )
