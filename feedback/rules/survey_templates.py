"""Surveys to begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feedback.rules.question_types import QuestionType
from feedback.rules.survey_sketches import EASY, RECOMMEND, SATISFIED, Sketch, SurveyTemplate


def _why(title: str, **more: Any) -> Sketch:
    return Sketch(QuestionType.LONG_TEXT, title, key="why", **more)


_ONE_OF = QuestionType.SINGLE
TEMPLATES = (
    SurveyTemplate(
        "nps",
        "How likely are you to recommend us?",
        "The relationship as a whole, once or twice a year: NPS and why.",
        "relational",
        (RECOMMEND, _why("What is the main reason for your score?")),
    ),
    SurveyTemplate(
        "csat",
        "How satisfied are you?",
        "One thing right after it happened: satisfaction and what was missing.",
        "transactional",
        (
            SATISFIED,
            _why("What could we have done better?", help="A few words are enough."),
        ),
    ),
    SurveyTemplate(
        "ces",
        "How easy was it?",
        "Where people have to get something done: effort and what got in the way.",
        "transactional",
        (EASY, _why("What got in your way?")),
    ),
    SurveyTemplate(
        "post-contact",
        "How was our help?",
        "After a call, chat or e-mail with your team: solved or not, satisfaction, reason.",
        "transactional",
        (
            Sketch(QuestionType.YES_NO, "Is your request solved?", key="solved"),
            Sketch(
                QuestionType.LONG_TEXT,
                "What is still open?",
                key="open",
                show={"of": "solved", "op": "=", "value": False},
            ),
            replace(SATISFIED, title="How satisfied are you with how we helped you?"),
            _why("What should we know about it?"),
        ),
    ),
    SurveyTemplate(
        "onboarding",
        "How was your start?",
        "Some days after people began: how easy it was, what they came for, what is missing.",
        "transactional",
        (
            replace(EASY, title="How much do you agree: it was easy to get started?"),
            Sketch(
                _ONE_OF,
                "What did you come for?",
                key="goal",
                choices=(
                    "To save time",
                    "To save money",
                    "To replace something",
                    "To try something new",
                ),
            ),
            Sketch(
                _ONE_OF,
                "How far are you?",
                key="progress",
                choices=("I use it already", "I am still setting it up", "I have not begun"),
            ),
            _why("What would have helped you at the start?"),
        ),
    ),
    SurveyTemplate(
        "churn-exit",
        "Why are you leaving?",
        "When people cancel: the main reason, what would bring them back, and the last score.",
        "exit",
        (
            Sketch(
                _ONE_OF,
                "What is the main reason?",
                key="reason",
                choices=(
                    "It costs too much",
                    "Something is missing",
                    "It did not work well",
                    "I was not helped well",
                    "I found something better",
                    "I do not need it any more",
                ),
            ),
            Sketch(
                QuestionType.LONG_TEXT,
                "What is missing?",
                key="missing",
                show={"of": "reason", "op": "=", "value": "something-is-missing"},
            ),
            replace(RECOMMEND, key="nps"),
            _why("What would bring you back?"),
        ),
    ),
    SurveyTemplate(
        "post-purchase",
        "How was your purchase?",
        "Right after buying: satisfaction, whether everything was found, what nearly stopped it.",
        "transactional",
        (
            replace(SATISFIED, title="How satisfied are you with buying from us?"),
            Sketch(QuestionType.YES_NO, "Did you find everything you looked for?", key="found"),
            Sketch(
                QuestionType.LONG_TEXT,
                "What did you not find?",
                key="not-found",
                show={"of": "found", "op": "=", "value": False},
            ),
            _why("What nearly kept you from buying?"),
        ),
    ),
    SurveyTemplate(
        "delivery",
        "How was your delivery?",
        "After a parcel came: on time, whole, and how the delivery itself went.",
        "transactional",
        (
            replace(SATISFIED, title="How satisfied are you with the delivery?"),
            Sketch(
                _ONE_OF,
                "When did it come?",
                key="when",
                choices=("Earlier than promised", "On time", "Late", "It has not come yet"),
            ),
            Sketch(
                _ONE_OF,
                "How did it arrive?",
                key="state",
                choices=("As ordered", "Damaged", "Incomplete", "Not what I ordered"),
                show={"of": "when", "op": "!=", "value": "it-has-not-come-yet"},
            ),
            _why("What should we know about it?"),
        ),
    ),
    SurveyTemplate(
        "visit",
        "How was your visit?",
        "After a visit to a shop, branch or practice: the whole, its parts, and the reason.",
        "transactional",
        (
            replace(SATISFIED, title="How satisfied are you with your visit?", key="visit"),
            Sketch(
                QuestionType.MATRIX,
                "How satisfied were you with each of these?",
                low_label="Very unsatisfied",
                high_label="Very satisfied",
                key="parts",
                rows=("The people", "The waiting time", "The place", "What we offer"),
            ),
            _why("What should we do differently next time?"),
        ),
    ),
    SurveyTemplate(
        "renewal",
        "Before you renew",
        "Some weeks before a contract ends: how likely they stay, worth, what would decide it.",
        "relational",
        (
            RECOMMEND,
            Sketch(
                _ONE_OF,
                "How likely are you to stay with us?",
                key="stay",
                choices=("I will stay", "I am not sure", "I will probably leave"),
            ),
            Sketch(
                QuestionType.LONG_TEXT,
                "What would you need to stay?",
                key="needed",
                show={"of": "stay", "op": "!=", "value": "i-will-stay"},
            ),
            _why("What is worth most to you in what we do?"),
        ),
    ),
    SurveyTemplate(
        "product-fit",
        "Would you miss it?",
        "Of people who use it: how disappointed they would be without it, and what they gain.",
        "pulse",
        (
            Sketch(
                _ONE_OF,
                "How would you feel if you could no longer use it?",
                key="without",
                choices=(
                    "Very disappointed",
                    "Somewhat disappointed",
                    "Not disappointed",
                    "I do not use it any more",
                ),
            ),
            Sketch(QuestionType.LONG_TEXT, "Who would gain most from it?", key="for-whom"),
            Sketch(QuestionType.LONG_TEXT, "What do you gain most from it?", key="gain"),
            _why("How could we make it better for you?"),
        ),
    ),
    SurveyTemplate(
        "event",
        "How was the event?",
        "The day after an event: recommendation, its parts, and what to bring next time.",
        "transactional",
        (
            replace(RECOMMEND, title="How likely are you to recommend this event to a colleague?"),
            Sketch(
                QuestionType.MATRIX,
                "How satisfied were you with each of these?",
                low_label="Very unsatisfied",
                high_label="Very satisfied",
                key="parts",
                rows=("The programme", "The speakers", "The place", "The organisation"),
            ),
            _why("What would you like to see next time?"),
        ),
    ),
    SurveyTemplate(
        "site",
        "Did you find it?",
        "On a page of your site: what people came for, whether they got it, how easy it was.",
        "intercept",
        (
            Sketch(QuestionType.SHORT_TEXT, "What did you come here for today?", key="goal"),
            Sketch(_ONE_OF, "Did you get it done?", key="done", choices=("Yes", "In part", "No")),
            EASY,
            Sketch(
                QuestionType.LONG_TEXT,
                "What was missing?",
                key="missing",
                show={"of": "done", "op": "!=", "value": "yes"},
            ),
        ),
    ),
    SurveyTemplate(
        "employee-pulse",
        "How is work going?",
        "Of your own people, every few weeks: recommendation as a place to work, what is needed.",
        "pulse",
        (
            replace(RECOMMEND, title="How likely are you to recommend us as a place to work?"),
            Sketch(
                QuestionType.YES_NO,
                "Do you have what you need to serve customers well?",
                key="equipped",
            ),
            Sketch(
                QuestionType.LONG_TEXT,
                "What is missing?",
                key="missing",
                show={"of": "equipped", "op": "=", "value": False},
            ),
            _why("What should we change first?"),
        ),
    ),
    SurveyTemplate(
        "complaint-follow-up",
        "How did we handle your complaint?",
        "Some days after a complaint was closed: solved, fair, and whether trust is back.",
        "transactional",
        (
            Sketch(
                _ONE_OF,
                "Is your complaint settled?",
                key="settled",
                choices=("Yes, fully", "In part", "No"),
            ),
            replace(SATISFIED, title="How satisfied are you with how we handled it?"),
            Sketch(
                QuestionType.LONG_TEXT,
                "What is still open?",
                key="open",
                show={"of": "settled", "op": "!=", "value": "yes-fully"},
            ),
            _why("What would have settled it sooner?"),
        ),
    ),
    SurveyTemplate(
        "re-survey",
        "Has it become better?",
        "Of people who told you of a problem, after you changed something: better, same or worse.",
        "transactional",
        (
            Sketch(
                _ONE_OF,
                "You told us of a problem. How is it now?",
                key="now",
                choices=("Better", "The same", "Worse", "I have not noticed"),
            ),
            RECOMMEND,
            Sketch(
                QuestionType.LONG_TEXT,
                "What is still not right?",
                key="still",
                show={"of": "now", "op": "!=", "value": "better"},
            ),
            _why("What should we do next?"),
        ),
    ),
)


def template_called(key: str) -> SurveyTemplate | None:
    """Find a template by its key."""
    return next((one for one in TEMPLATES if one.key == key), None)
