"""Drawing the pages of a survey, for whoever fills them in: people asked, or members who try it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from feedback.rules.answer_reading import cleaned
from feedback.rules.answer_words import said
from feedback.rules.answering import page_before, pages_of, share_done
from feedback.rules.languages import FROM_THE_RIGHT, NAMES
from feedback.rules.piped_texts import answers_in_words
from feedback.rules.piping import filled
from feedback.rules.privacy_words import told
from feedback.views.answer_fields import fields_of
from feedback.views.survey_picture_urls import picture_url
from feedback.views.theme_files import logo_url, stylesheet_url

if TYPE_CHECKING:
    from django.http import HttpRequest

    from feedback.models import Survey, SurveyTheme
    from feedback.rules.answer_reading import AnswerRefusedError, Sent
    from feedback.rules.answering import Page
    from feedback.rules.questionnaires import Questionnaire

LONGEST_HIDDEN = 300
_NONE_YET: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the pages of a survey are drawn with.

    *token* names somebody's way through it, and mixes what is mixed; *address* is where the form
    goes. *surroundings* are `$language` and the like, and hidden values. A *trial* is the request
    of the member who tries the survey out. *privacy* says who can be known behind the answers.
    *next_token* is what somebody invited to an anonymous survey goes on with.
    """

    survey: Survey
    questionnaire: Questionnaire
    language: str
    token: str
    address: str
    surroundings: Mapping[str, Any]
    theme: SurveyTheme | None = None
    trial: HttpRequest | None = None
    privacy: str = ""
    next_token: str = ""

    def picture_url(self, asset_id: str) -> str:
        """Give the address of a picture that a choice shows."""
        return picture_url(self.survey, asset_id, is_trial=self.trial is not None)

    def words(self, name: str) -> str:
        """Give what the pages say by themselves."""
        return said(self.language, name)

    def text(self, texts: dict[str, str], answers: Mapping[str, Any] = _NONE_YET) -> str:
        """Give a text of the survey in the language of the page, with *answers* in their places."""
        return filled(self.questionnaire.text(texts, self.language), self.told(answers))

    def told(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """Say *answers* and hidden values as texts show them, by the key of their question."""
        return answers_in_words(self.questionnaire, {**self.surroundings, **answers}, self.language)


def hidden_values(questionnaire: Questionnaire, told: Mapping[str, str]) -> dict[str, str]:
    """Pick the values from *told* that the hidden questions of a survey take, cut to length.

    What has none gets the value that its question has for that.
    """
    hidden = [one for one in questionnaire.questions if one.type.value == "hidden"]
    found = {
        one.key: cleaned(told.get(one.key, ""))[:LONGEST_HIDDEN] or one.fallback for one in hidden
    }
    return {key: value for key, value in found.items() if value}


def draw_page(
    sheet: Sheet,
    page: Page,
    answers: Mapping[str, Any],
    *,
    sent: Sent,
    faults: Mapping[str, AnswerRefusedError],
    hidden: Mapping[str, str],
    is_refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Draw *page*, filled in with what was *sent*; *hidden* values go along with its form.

    It says so where it was *refused* as a whole, and is to be sent again.
    """
    questionnaire = sheet.questionnaire
    pages = pages_of(questionnaire, {**answers, **sheet.surroundings})
    at = page[0].key
    context = {
        "fields": fields_of(
            questionnaire,
            page,
            sent=sent,
            faults=faults,
            language=sheet.language,
            seed=sheet.token,
            words=sheet.told(answers),
            picture_url=sheet.picture_url,
        ),
        "at": at,
        "faults": faults,
        "again": told(sheet.language, "again") if is_refused else "",
        "hidden": hidden,
        "is_first": page_before(pages, at) is None,
        "is_last": len(pages) > 0 and pages[-1][0].key == at,
        "done": round(100 * share_done(pages, at)) if questionnaire.has_progress else None,
        "intro": sheet.text(questionnaire.intro),
        "privacy": sheet.privacy,
        "takes_files": any(one.type.value == "file" for one in page),
    }
    return _drawn("page", sheet, context, status)


def draw_end(
    sheet: Sheet,
    answers: Mapping[str, Any] = _NONE_YET,
    *,
    is_screened_out: bool = False,
    change_url: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the end of a survey; *change_url* leads back to the answers, where they can change."""
    own = sheet.text(sheet.questionnaire.thanks, answers)
    words = sheet.words("screened") if is_screened_out else own or sheet.words("thanks")
    return _drawn("thanks", sheet, {"words": words, "change_url": change_url}, status)


def draw_closed(sheet: Sheet, *, status: int) -> HttpResponse:
    """Draw that a survey takes no answers."""
    words = sheet.text(sheet.questionnaire.closed) or sheet.words("closed")
    return _drawn("thanks", sheet, {"words": words, "change_url": ""}, status)


def draw_used(sheet: Sheet, *, status: int) -> HttpResponse:
    """Draw that a link for one answer was used."""
    return _drawn(
        "thanks", sheet, {"words": told(sheet.language, "used"), "change_url": ""}, status
    )


def _drawn(name: str, sheet: Sheet, context: dict[str, Any], status: int) -> HttpResponse:
    questionnaire = sheet.questionnaire
    context |= {
        "survey": sheet.survey,
        "title": sheet.text(questionnaire.title),
        "language": sheet.language,
        "direction": "rtl" if sheet.language in FROM_THE_RIGHT else "ltr",
        "languages": [(code, NAMES[code]) for code in questionnaire.languages],
        "says": {key: sheet.words(key) for key in ("on", "back", "send", "mend", "change")}
        | {"language": sheet.words("language"), "switch": sheet.words("change_language")},
        "own_address": sheet.address,
        "token": sheet.token,
        "next_token": sheet.next_token,
        "is_trial": sheet.trial is not None,
        **_themed(sheet.theme),
    }
    template = f"feedback/answer/{name}.html"
    # Only a member's request carries a token against forgery: public pages set no cookie.
    return HttpResponse(render_to_string(template, context, sheet.trial), status=status)


def _themed(theme: SurveyTheme | None) -> dict[str, Any]:
    if theme is None:
        return {"theme_url": "", "logo": None, "logo_url": ""}
    urls = {"theme_url": stylesheet_url(theme), "logo_url": logo_url(theme)}
    return {**urls, "logo": theme.logo}
