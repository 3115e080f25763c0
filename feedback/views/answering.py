"""The public pages of a survey: plain forms, a page at a time, that work without any script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cxm.kernel.addresses import client_address
from cxm.kernel.cache import count_shared
from cxm.kernel.clock import now
from feedback.errors import AnsweredAlreadyError, LinkUsedError, SurveyClosedError
from feedback.rules.answer_reading import answered_before
from feedback.rules.door_words import DoorCount
from feedback.rules.embedding import read_embedding
from feedback.rules.languages import best_language
from feedback.rules.privacy_words import told
from feedback.rules.questionnaires import Questionnaire
from feedback.rules.turning import Turn
from feedback.selectors.themes import theme_for
from feedback.services.anonymous import is_nameless, is_used, send_without_name
from feedback.services.answering import (
    Arrival,
    PageSent,
    can_be_changed,
    has_begun,
    is_open,
    new_token,
    page_now,
    questionnaire_for,
    send_page,
    sitting_of,
    surroundings_of,
    told_of_customer,
)
from feedback.services.distribution.answered import invitation_of, is_over
from feedback.services.door_counts import count_at_door
from feedback.services.shown_pages import doubt, shown_token
from feedback.views.answer_pages import (
    Sheet,
    draw_closed,
    draw_end,
    draw_page,
    draw_used,
    hidden_values,
)
from feedback.views.answer_uploads import TOO_LARGE, fields_sent, too_large, too_many_files
from feedback.views.public_policy import for_everybody, for_sites, is_from_site
from feedback.views.survey_doors import survey_door
from feedback.views.survey_pictures import survey_picture_urls
from feedback.views.theme_files import theme_file_urls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    from feedback.models import Invitation, Survey, SurveyPass
    from feedback.rules.answer_reading import AnswerRefusedError, Sent
    from feedback.rules.answering import Page
    from feedback.rules.turning import Turned
    from feedback.selectors.survey_door import SurveyFound

PAGES_A_MINUTE, MINUTE = 120, 60
REFUSED, GONE, TOO_MANY = 422, 410, 429


@dataclass(frozen=True, slots=True)
class _Asking:
    """A request for a page of a survey; *own_token* is "" where the token is still nobody's.

    Who comes to an anonymous survey by an invitation goes on with *next_token*.
    """

    request: HttpRequest
    survey: Survey
    sitting: SurveyPass | None
    questionnaire: Questionnaire
    language: str
    token: str
    own_token: str
    next_token: str = ""
    invitation: Invitation | None = None

    @property
    def surroundings(self) -> dict[str, Any]:
        hidden = self.sitting.hidden if self.sitting else self.hidden
        who = None if is_nameless(self.survey) else self.sitting or self.invitation
        known = told_of_customer(self.questionnaire, who)
        return surroundings_of(self.survey, self.language) | known | hidden

    @property
    def hidden(self) -> dict[str, str]:
        """Give the values that came with the address, for questions that take one."""
        if is_nameless(self.survey):
            return {}
        came = self.request.POST if self.request.method == "POST" else self.request.GET
        return hidden_values(self.questionnaire, came.dict())

    @property
    def sheet(self) -> Sheet:
        """Give what its pages are drawn with."""
        return Sheet(
            survey=self.survey,
            questionnaire=self.questionnaire,
            language=self.language,
            token=self.token,
            address=_address(self.survey, self.own_token),
            surroundings=self.surroundings,
            theme=theme_for(self.survey),
            privacy=self.privacy,
            next_token=self.next_token,
        )

    @property
    def privacy(self) -> str:
        """Say who can be known behind the answers; "" for somebody whom nothing tells."""
        is_named = self.own_token and not (self.sitting and not _who(self.sitting))
        if not is_nameless(self.survey) and not is_named:
            return ""
        return told(self.language, self.survey.anonymity, least=self.survey.least_shown)


def _for_everybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view run for whoever has the address of a survey, inside its tenant.

    The view gets the request, the survey as it was found, and the token.
    Every answer keeps away from search engines and caches, tells nobody where it was, and runs
    nothing.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, slug: str, public_id: str, token: str = "") -> HttpResponse:
        if too_large(request):
            return HttpResponse("These files are too large together.", status=TOO_LARGE)
        own = request.POST.get("pass", "") if request.method == "POST" else token
        with survey_door(slug, public_id, own) as found:
            survey = found.survey
            refused = too_fast(request, survey) or too_many_files(request, survey)
            answer = refused or view(request, found, own)
        embedding = read_embedding(found.survey.embed)
        return for_sites(for_everybody(answer), embedding, request)

    return inner


# Without a token against forgery, and so without its cookie: nobody is signed in here, so that
# there is nothing a forged form could use.
@_for_everybody
def survey_page(request: HttpRequest, found: SurveyFound, token: str) -> HttpResponse:
    """Show a page of a survey, or take what was sent for one and go on."""
    if request.method == "POST":
        return _sent(request, found, token)
    survey, is_known = found.survey, found.knows_token
    sitting = sitting_of(survey, token) if is_known else None
    invitation = invitation_of(survey, token) if is_known and sitting is None else None
    if token and sitting is None and invitation is None:
        return HttpResponseRedirect(_address(survey))
    asking = _asking(request, survey, sitting, token or shown_token(survey, now=now()), invitation)
    if shut := _shut(asking, invitation):
        return shut
    if sitting and sitting.finished_at and "at" not in request.GET:
        return _ended(asking)
    at = request.GET.get("at") or (sitting.page if sitting else "")
    page = page_now(asking.questionnaire, sitting, at, asking.surroundings)
    if page is None or (sitting and sitting.finished_at and not _may_change(asking)):
        return _ended(asking)
    return _shown(asking, page, sitting.answers if sitting else {}, {})


def _shut(asking: _Asking, invitation: Invitation | None) -> HttpResponse | None:
    """Say why nobody can begin here; None where one can, or has begun."""
    if invitation and is_nameless(asking.survey) and is_used(invitation):
        return draw_used(asking.sheet, status=GONE)
    is_late = invitation is not None and is_over(invitation, now=now())
    if not has_begun(asking.sitting) and (is_late or not is_open(asking.survey, now=now())):
        return draw_closed(asking.sheet, status=GONE)
    return None


def _sent(request: HttpRequest, found: SurveyFound, token: str) -> HttpResponse:
    """Take the answers of a page."""
    survey = found.survey
    sitting = sitting_of(survey, token) if found.knows_token else None
    asking = _asking(request, survey, sitting, token)
    if refused := _by_program(asking, found):
        return refused
    sent = PageSent(
        token=token,
        arrival=Arrival(asking.language, asking.hidden),
        at=request.POST.get("at", ""),
        fields=fields_sent(request, found, asking.questionnaire, token),
        to=Turn.BACK if request.POST.get("to") == Turn.BACK else Turn.ON,
        next_token=request.POST.get("next", ""),
    )
    is_ended = bool(sitting and sitting.finished_at)
    try:
        turned, own = _kept(found, sent)
    except AnsweredAlreadyError as error:
        return HttpResponseRedirect(_address(survey, error.token), status=303)
    except LinkUsedError:
        count_at_door(survey, DoorCount.REPLAYED, now=now())
        return draw_used(asking.sheet, status=GONE)
    except SurveyClosedError:
        if is_ended:
            count_at_door(survey, DoorCount.REPLAYED, now=now())
        return draw_closed(asking.sheet, status=GONE)
    if turned.page is None and not is_ended and is_from_site(request, survey):
        count_at_door(survey, DoorCount.ANSWERED, now=now())
    if turned.faults and turned.page:
        mended = replace(asking, token=own, own_token=own) if own != token else asking
        return _shown(mended, turned.page, turned.answers, turned.faults, sent.fields)
    at = f"?at={turned.page[0].key}" if turned.page else ""
    return HttpResponseRedirect(f"{_address(survey, own)}{at}", status=303)


def _by_program(asking: _Asking, found: SurveyFound) -> HttpResponse | None:
    """Refuse what a program sends, and count it.

    A field that nobody sees is filled in by programs only, and only they send a page that they
    were not shown, or sooner than anybody can read it.
    """
    if asking.request.POST.get("website"):
        count_at_door(found.survey, DoorCount.PROGRAM, now=now())
        return draw_end(asking.sheet)
    why = None if found.knows_token else doubt(found.survey, asking.token, now=now())
    if why is None:
        return None
    count_at_door(found.survey, why, now=now())
    return _shown_again(asking, why)


def _shown_again(asking: _Asking, why: DoorCount) -> HttpResponse:
    """Show the page once more, with all that was typed: a person sends it again, and it counts."""
    if shut := _shut(asking, None):
        return shut
    request, survey = asking.request, asking.survey
    page = page_now(asking.questionnaire, None, request.POST.get("at", ""), asking.surroundings)
    if page is None:
        return draw_closed(asking.sheet, status=GONE)
    token = asking.token if why is DoorCount.HASTY else shown_token(survey, now=now())
    sent = dict(request.POST.lists())
    return _shown(replace(asking, token=token), page, {}, {}, sent, is_refused=True)


def _kept(found: SurveyFound, sent: PageSent) -> tuple[Turned, str]:
    """Keep a page; give where its sender goes, and the token of their way."""
    if is_nameless(found.survey):
        is_known = found.knows_token
        return send_without_name(survey=found.survey, sent=sent, is_known=is_known, now=now())
    return send_page(found=found, sent=sent, now=now()), sent.token


def _who(sitting: SurveyPass) -> bool:
    return bool(sitting.invitation_id or sitting.customer_id)


def _asking(
    request: HttpRequest,
    survey: Survey,
    sitting: SurveyPass | None,
    token: str,
    invitation: Invitation | None = None,
) -> _Asking:
    questionnaire = questionnaire_for(survey, sitting)
    came = request.POST if request.method == "POST" else request.GET
    wanted = came.get("lang", "") or (sitting.language if sitting else "")
    if not wanted and invitation:
        wanted = invitation.language or invitation.customer.language
    if not wanted:
        wanted = get_language_from_request(request)
    language = best_language(wanted, questionnaire.languages) or questionnaire.language
    own = token if sitting or invitation else ""
    following = new_token() if invitation and is_nameless(survey) else ""
    return _Asking(
        request, survey, sitting, questionnaire, language, token, own, following, invitation
    )


def _shown(
    asking: _Asking,
    page: Page,
    answers: Mapping[str, Any],
    faults: Mapping[str, AnswerRefusedError],
    refused: Sent | None = None,
    *,
    is_refused: bool = False,
) -> HttpResponse:
    sent = {**(refused or answered_before(page, answers))}
    if asking.request.method != "POST":
        sent |= {name: values for name, values in asking.request.GET.lists() if name[:2] == "q."}
    return draw_page(
        asking.sheet,
        page,
        answers,
        sent=sent,
        faults=faults,
        hidden=asking.hidden if asking.sitting is None else {},
        is_refused=is_refused,
        status=REFUSED if faults or is_refused else 200,
    )


def _ended(asking: _Asking) -> HttpResponse:
    sitting = asking.sitting
    is_out = bool(sitting and sitting.response and sitting.response.state == "screened_out")
    first = page_now(asking.questionnaire, sitting, "", asking.surroundings)
    change = f"?at={first[0].key}" if first and not is_out and _may_change(asking) else ""
    answers = sitting.answers if sitting else {}
    return draw_end(asking.sheet, answers, is_screened_out=is_out, change_url=change)


def _may_change(asking: _Asking) -> bool:
    return asking.sitting is not None and can_be_changed(asking.sitting, asking.survey, now=now())


def _address(survey: Survey, token: str = "") -> str:
    args = [survey.tenant.slug, survey.public_id, *([token] if token else [])]
    return reverse("survey-answer-own" if token else "survey-answer", args=args)


def too_fast(request: HttpRequest, survey: Survey) -> HttpResponse | None:
    """Refuse an address that sends more pages of a survey in a minute than any person does.

    The address is counted by a keyed hash, and forgotten after two minutes.
    """
    if request.method != "POST":
        return None
    minute = int(now().timestamp()) // MINUTE
    came_from = f"{survey.pk} {client_address(request)}"
    who = salted_hmac("survey-pages", came_from, algorithm="sha256")
    counted = count_shared(f"survey-pages:{who.hexdigest()}:{minute}", seconds=2 * MINUTE)
    if counted is None or counted <= PAGES_A_MINUTE:
        return None
    count_at_door(survey, DoorCount.FAST, now=now())
    answer = HttpResponse("Too many pages at once. Try again in a minute.", status=TOO_MANY)
    answer["Retry-After"] = str(MINUTE)
    return answer


answering_urls = [
    *theme_file_urls,
    *survey_picture_urls,
    path("q/<slug:slug>/<str:public_id>/", survey_page, name="survey-answer"),
    path("q/<slug:slug>/<str:public_id>/<str:token>/", survey_page, name="survey-answer-own"),
]
