"""What the script on other people's pages asks: whether to show a survey, and that it was shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cxm.kernel.clock import now
from feedback.errors import ForgedIdentityError, ShownAlreadyError
from feedback.rules.door_words import DoorCount
from feedback.rules.embedding import Claim, read_embedding
from feedback.rules.languages import best_language
from feedback.rules.privacy_words import told
from feedback.selectors.themes import stylesheet_of, theme_for
from feedback.services.answering import is_open, questionnaire_for
from feedback.services.door_counts import count_at_door
from feedback.services.embedding import may_be_shown, note_shown, person_claimed
from feedback.views.answering import too_fast
from feedback.views.public_policy import for_everybody, for_sites, is_from_site
from feedback.views.survey_doors import survey_door

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cxm.customers.models import Customer
    from feedback.models import Survey

REFUSED = 403
SHOWN = "shown"


# Nobody is signed in here: whoever may ask is told by the site that the browser names.
@csrf_exempt
@require_POST
@never_cache
def survey_embed(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Answer the script on a page of a site that may embed a survey.

    `what=ask` is told whether to show it, and when; `what=shown` counts, and is told where its
    pages are. `person`, `expires` and `signature` say who is there.
    """
    with survey_door(slug, public_id, "") as found:
        survey = found.survey
        # Many may look at a page behind one address: only what is kept is counted against it.
        is_kept = request.POST.get("what") == SHOWN or "signature" in request.POST
        answer = (too_fast(request, survey) if is_kept else None) or _answered(request, survey)
    return for_sites(for_everybody(answer), read_embedding(survey.embed), request)


def _answered(request: HttpRequest, survey: Survey) -> HttpResponse:
    if not is_from_site(request, survey):
        return _refused("This survey may not be shown on this site: name the site in its settings.")
    takes_answers = is_open(survey, now=now())
    is_noted = takes_answers and request.POST.get("what") == SHOWN
    try:
        customer = _whose(request, survey, is_made=is_noted)
    except ForgedIdentityError as error:
        count_at_door(survey, DoorCount.FORGED, now=now())
        return _refused(str(error))
    language = _language(request, survey)
    is_shown = takes_answers and may_be_shown(survey, customer, now=now())
    if request.POST.get("what") != SHOWN:
        return JsonResponse(widget_settings(survey, language, is_shown=is_shown))
    if not is_shown:
        return _refused("It is not time to show this survey to this person.")
    try:
        token = note_shown(survey=survey, customer=customer, language=language, now=now())
    except ShownAlreadyError as error:
        return _refused(str(error))
    args = [survey.tenant.slug, survey.public_id, *([token] if token else [])]
    address = reverse("survey-answer-own" if token else "survey-answer", args=args)
    return JsonResponse({"address": address, "css": widget_css(survey)})


def widget_settings(survey: Survey, language: str, *, is_shown: bool) -> dict[str, object]:
    """Give what the script needs to know: whether to show the survey, when, where and how."""
    asked = read_embedding(survey.embed)
    return {
        "show": is_shown,
        "shape": asked.shape,
        "moment": asked.moment,
        "seconds": asked.seconds,
        "percent": asked.percent,
        "event": asked.event,
        "pages": asked.pages,
        "repeat_days": asked.repeat_days,
        "close": told(language, "close"),
        "again": told(language, "again"),
    }


def widget_css(survey: Survey) -> list[str]:
    """Give the stylesheets of a survey's pages, as they hold inside a shadow root."""
    theme = theme_for(survey)
    sheets = [_page_css(), *([stylesheet_of(theme).css] if theme else [])]
    return [sheet.replace(":root", ":host") for sheet in sheets]


@cache
def _page_css() -> str:
    found = finders.find("css/survey.css")
    return Path(str(found)).read_text()


def _whose(request: HttpRequest, survey: Survey, *, is_made: bool) -> Customer | None:
    claim = Claim(*(request.POST.get(one, "") for one in ("person", "expires", "signature")))
    if not claim.person and not claim.signature:
        return None
    return person_claimed(survey=survey, claim=claim, is_made=is_made, now=now())


def _language(request: HttpRequest, survey: Survey) -> str:
    asked = questionnaire_for(survey, None)
    wanted = get_language_from_request(request)
    return best_language(wanted, asked.languages) or asked.language


def _refused(words: str) -> HttpResponse:
    return JsonResponse({"show": False, "error": words}, status=REFUSED)


embedding_urls = [
    path("q/<slug:slug>/<str:public_id>/embed/", survey_embed, name="survey-embed"),
]
