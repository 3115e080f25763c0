"""What people outside see by a link: the page it shows, its pictures, and its password."""

from __future__ import annotations

import math
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.csp import CSP, build_policy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cxm.collaboration.forms.shared import PasswordForm
from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.assets import asset_path
from cxm.collaboration.selectors.links import live_link, share_door
from cxm.collaboration.selectors.showing import GONE, Showing, showers
from cxm.collaboration.services.links import note_visit, try_password
from cxm.kernel.addresses import client_address
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest

    from cxm.collaboration.models import ShareLink

NOTHING = "collaboration/shared_nothing.html"
PASSWORD = "collaboration/shared_password.html"  # noqa: S105 - the name of a template
COOKIE, COOKIE_HOURS = "shared", 12
NOT_FOUND, GONE_STATUS, REFUSED, TOO_MANY = 404, 410, 422, 429
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
# Nothing runs on these pages, and nothing is asked of anybody but of the product itself.
POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

type _Opened = Callable[..., HttpResponse]


def _for_outside(view: Callable[..., HttpResponse]) -> _Opened:
    """Let a view run for the holder of a link's token, inside its tenant.

    The view gets the request, the link (with its tenant) and the token. A token that never was
    and a link that is over get the same page, after the same query. Every answer keeps away from
    search engines and caches, tells nobody where it was, and runs nothing.
    """

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        answer = _opened(request, token, **more)
        answer[str(CSP.HEADER_ENFORCE)] = build_policy(POLICY)
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return answer

    def _opened(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        door = share_door(token)
        if door is None:
            return _page(NOTHING, status=NOT_FOUND)
        tenant_id, link_id = door
        with tenant_bound(tenant_id):
            link = live_link(tenant_id, link_id, now=now())
            if link is None:
                return _page(NOTHING, status=NOT_FOUND)
            return view(request, link, token, **more)

    return inner


# Without a token against forgery, and so without its cookie: browsers told to name no referrer
# send a form without its origin, and whoever could forge this one has the link themselves.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_for_outside
def shared_page(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """Show what a link shows; before that ask for its password, if it has one."""
    if request.method == "POST":
        return _entered(request, link, token)
    if not _is_open(request, link):
        return _asked(PasswordForm(), token)
    showing = showers.show(link, request.GET)
    if showing.template == GONE:
        return _page(GONE, status=GONE_STATUS)
    if request.method == "GET":
        address = client_address(request)
        agent = request.headers.get("User-Agent", "")
        note_visit(link=link, address=address, agent=agent, now=now())
    return _page(showing.template, {**showing.context, "link": link, "token": token})


@require_safe
@_for_outside
def shared_picture(
    request: HttpRequest,
    link: ShareLink,
    token: str,  # noqa: ARG001 - every page of a link gets it
    asset_id: UUID,
) -> HttpResponse:
    """Give a picture that the page of a link shows."""
    showing = showers.show(link, request.GET) if _is_open(request, link) else Showing(GONE)
    shown = showing.pictures & {asset_id}
    assets = Asset.objects.for_tenant(link.tenant_id).filter(pk__in=shown, mime__in=PICTURES)
    asset = assets.first()
    if asset is None or not asset_path(asset).is_file():
        return _page(NOTHING, status=NOT_FOUND)
    # Without the name of the file: who gave it may be in there.
    return HttpResponse(asset_path(asset).read_bytes(), content_type=asset.mime)


def _entered(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """Try the password, and let the browser in for a visit."""
    form = PasswordForm(request.POST)
    if not link.password:
        return HttpResponseRedirect(_address(token))
    if not form.is_valid():
        return _asked(form, token, status=REFUSED)
    tried = try_password(link=link, password=form.cleaned_data["password"], now=now())
    if tried.is_right:
        answer = HttpResponseRedirect(_address(token))
        answer.set_signed_cookie(
            COOKIE,
            "open",
            salt=_salt(link),
            path=_address(token),
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return answer
    if tried.wait:
        minutes = math.ceil(tried.wait.total_seconds() / 60)
        left = "1 minute" if minutes == 1 else f"{minutes} minutes"
        form.add_error("password", f"Too many passwords did not fit. Try again in {left}.")
        refusal = _asked(form, token, status=TOO_MANY)
        refusal["Retry-After"] = str(math.ceil(tried.wait.total_seconds()))
        return refusal
    left = "1 try is" if tried.tries_left == 1 else f"{tried.tries_left} tries are"
    form.add_error("password", f"This password does not fit; {left} left.")
    return _asked(form, token, status=REFUSED)


def _is_open(request: HttpRequest, link: ShareLink) -> bool:
    if not link.password:
        return True
    told = request.get_signed_cookie(
        COOKIE, default="", salt=_salt(link), max_age=COOKIE_HOURS * 3_600
    )
    return told == "open"


def _salt(link: ShareLink) -> str:
    # Of this link and of this password: a cookie of another one does not fit.
    return f"cxm.collaboration.shared:{link.pk}:{link.password}"


def _address(token: str) -> str:
    return reverse("share-page", args=[token])


def _asked(form: PasswordForm, token: str, *, status: int = 200) -> HttpResponse:
    return _page(PASSWORD, {"form": form, "action": _address(token)}, status=status)


def _page(
    template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render without the request: of who looks, and what they are elsewhere, nothing is known."""
    return HttpResponse(render_to_string(template, context or {}), status=status)
