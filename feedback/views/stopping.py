"""The way out of every invitation: a page for people, one click for mail programs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug
from feedback.models import Invitation
from feedback.rules.distribution.mail_words import mail_words
from feedback.rules.languages import FROM_THE_RIGHT
from feedback.services.answering import TOKEN_LENGTH
from feedback.services.distribution.suppressions import opt_in, opt_out
from feedback.views.public_policy import for_everybody

if TYPE_CHECKING:
    from django.http import HttpRequest


# Mail programs post here by themselves (RFC 8058) and have no cookie: the token is what counts.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def survey_stop(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Ask whether somebody wants no more surveys, and see to it when they say so.

    Opening the page changes nothing: programs that look into mails open every link.
    """
    tenant = tenant_by_slug(slug)
    if tenant is None or len(token) != TOKEN_LENGTH:
        raise Http404
    with tenant_bound(tenant.pk):
        hashed = hashlib.sha256(token.encode()).hexdigest()
        rows = Invitation.objects.for_tenant(tenant).select_related("tenant", "customer__root")
        invitation = rows.filter(token_hash=hashed).first()
        if invitation is None:
            raise Http404
        said = "stop_question"
        if request.method == "POST":
            is_back = request.POST.get("back") == "1"
            (opt_in if is_back else opt_out)(invitation=invitation, now=now())
            said = "again" if is_back else "stopped"
        language = invitation.language or invitation.customer.language or "en"
        body = render_to_string(
            "feedback/answer/stop.html",
            {
                "language": language,
                "direction": "rtl" if language in FROM_THE_RIGHT else "ltr",
                "title": tenant.name,
                "words": mail_words(language, said, tenant=tenant.name),
                "button": mail_words(language, "back" if said == "stopped" else "stop_button"),
                "is_back": said == "stopped",
                "is_over": said == "again",
            },
        )
    return for_everybody(HttpResponse(body))


stopping_urls = [path("stop/<slug:slug>/<str:token>/", survey_stop, name="survey-stop")]
