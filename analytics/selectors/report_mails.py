"""The words of a report's mail: figures as text, with the links that lead to their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from analytics.rules.report_rhythm import Pace, Rhythm
from analytics.rules.reports import left_out_words
from analytics.selectors.report_sheets import sections_in, when_told
from cxm.metrics.rules.days import day_words

if TYPE_CHECKING:
    from analytics.models import ReportMail

_TEMPLATE = "analytics/report_mail"


@dataclass(frozen=True, slots=True)
class LetterWords:
    """A mail in words; *page_url* is where its reader switches it off."""

    subject: str
    text: str
    html: str
    page_url: str
    file_name: str


def letter_words(mail: ReportMail) -> LetterWords:
    """Write the mail of an edition, which comes with its run, report and tenant."""
    report, edition = mail.run.report, mail.edition
    tenant = report.tenant
    on = edition.as_of.astimezone(ZoneInfo(tenant.time_zone)).date()
    day = day_words(on)
    page_url = settings.PUBLIC_URL + reverse("analytics:report-page", args=[tenant.slug, report.pk])
    rhythm = Rhythm(Pace(report.pace), report.hour, report.day)
    context = {
        "title": report.title,
        "workspace": tenant.name,
        "as_of": when_told(edition.as_of, tenant.time_zone),
        "sections": sections_in(edition),
        "left_out": left_out_words(edition.left_out),
        "site": settings.PUBLIC_URL,
        "page_url": page_url,
        "rhythm": rhythm.words,
        "is_for_one": mail.run.only_for_id is not None,
    }
    return LetterWords(
        subject=" ".join(f"{report.title}, {day}".split()),
        text=render_to_string(f"{_TEMPLATE}.txt", context),
        html=render_to_string(f"{_TEMPLATE}.html", context),
        page_url=page_url,
        file_name=f"{report.title}, {on.isoformat()}",
    )
