"""What every public page of surveys may do: nothing runs, and nobody else is asked for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.csp import CSP, build_policy

from feedback.rules.embedding import read_embedding

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest, HttpResponseBase

    from feedback.models import Survey
    from feedback.rules.embedding import Embedding

POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


def for_everybody[R: HttpResponseBase](answer: R) -> R:
    """Let a page run nothing, keep away from search engines, and tell nobody where it was."""
    answer[str(CSP.HEADER_ENFORCE)] = build_policy(POLICY)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def for_sites[R: HttpResponseBase](answer: R, embedding: Embedding, request: HttpRequest) -> R:
    """Let pages of the sites that *embedding* names show *answer*, by script or in a frame."""
    if not embedding.is_on:
        return answer
    sites = list(embedding.origins) or [str(CSP.NONE)]
    framed: dict[str, Collection[str] | str] = {**POLICY, "frame-ancestors": sites}
    answer[str(CSP.HEADER_ENFORCE)] = build_policy(framed)
    # It knows one site or none: the policy above says it, to all browsers that are in use.
    answer.xframe_options_exempt = True  # type: ignore[attr-defined]  # read by the middleware
    answer["Vary"] = ", ".join(filter(None, [answer.get("Vary"), "Origin"]))
    origin = request.headers.get("Origin", "")
    if embedding.takes(origin):
        answer["Access-Control-Allow-Origin"] = origin
    return answer


def is_from_site(request: HttpRequest, survey: Survey) -> bool:
    """Whether a page of a site that may embed *survey* sent the request."""
    return read_embedding(survey.embed).takes(request.headers.get("Origin", ""))
