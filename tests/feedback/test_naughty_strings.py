"""Strings that break programs pass through import, webhook, page and export unharmed."""

from __future__ import annotations

import csv
import html
import json
import re
import unicodedata
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cxm.customers.rules.masking import redacted
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.adapters.mapping import from_json
from feedback.models import Response, Verbatim
from feedback.rules.senders import SenderKind
from feedback.rules.survey_files import SurveyFile
from feedback.services.survey_copying import survey_from_file
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.asking import asked, nps, question
from tests.feedback.import_files import loaded, shop_mapping
from tests.feedback.nameless import address
from tests.feedback.response_pages import list_url
from tests.feedback.survey_files import shared_file
from tests.feedback.ways import way
from tests.feedback.webhook_senders import BODIES, raw, webhook

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant
    from feedback.models import Survey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
# Cells that spreadsheets would run are defused with an apostrophe (wire formats 16).
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-][0-9]+([.][0-9]+)?")
OWN_EXPORT = from_json(
    json.dumps(
        {
            "version": 1,
            "survey": {"key": "again", "title": "Again"},
            "response_id": ["response"],
            "answered_at": {"column": "answered at"},
            "scores": [{"column": "score", "question": "nps", "metric": "nps"}],
            "comments": [{"column": "comments", "question": "why"}],
        }
    )
)
SCRIPT = '<script>alert("newest")</script>'
NOT_TEXT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def naughty() -> list[str]:
    """Read the strings that are text and hold no telephone number: the others are changed."""
    listed: list[str] = json.loads(shared_file("peer_vectors/blns.json").read_text())
    texts = [
        text
        for text in dict.fromkeys(listed)
        if text
        and text == text.strip()
        and not any(unicodedata.category(c) in NOT_TEXT for c in text)
        and redacted(text) == text
    ]
    assert len(texts) > 300
    return texts


def awkward_cells() -> set[str]:
    """Read the values of the published CSV files that break readers, with plain ends of lines."""
    folder = shared_file("peer_vectors/csv-spectrum") / "json"
    files = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    rows = [row for told in files for row in (told if isinstance(told, list) else [told])]
    texts = {value.replace("\r\n", "\n").strip() for row in rows for value in row.values()}
    assert {'ha \n"ha" \nha', "ʤ", "Once upon \na time"} <= texts
    return {text for text in texts if text and redacted(text) == text}


def stored(of: Tenant) -> set[str]:
    """Read what is kept of answers: as texts, or as they came where they look like numbers."""
    with tenant_bound(of.pk):
        kept = set(Verbatim.objects.for_tenant(of).values_list("text", flat=True))
        for answers in Response.objects.for_tenant(of).values_list("answers", flat=True):
            kept.update(answers.values())
        return kept


def defused(text: str) -> str:
    """Write a text as a cell of an export; plain numbers are no formulas."""
    is_run = text.startswith(RUN_BY_SPREADSHEETS) and not NUMBER.fullmatch(text)
    return f"'{text}" if is_run else text


def imported(texts: list[str]) -> Tenant:
    """Import a file with one answer for each text."""
    of = make.tenant()
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(["id", "card", "at", "nps", "checkout", "why"])
    for number, text in enumerate(texts):
        writer.writerow([f"r{number}", f"c{number}", "2026-10-01", "9", "5", text])
    loaded(stream.getvalue(), of=of, by=shop_mapping())
    return of


def for_a_page() -> list[str]:
    """Choose texts for a page that takes 120 answers a minute from one address, the worst all."""
    listed = naughty()
    run = [text for text in listed if text.startswith(RUN_BY_SPREADSHEETS)]
    others = [text for text in listed if text not in run][::8]
    more = {*awkward_cells(), "'=1+1", "''+1", "\uff1d1+1"}
    texts = [*run, *others, *sorted(more - {*run, *others}), SCRIPT]
    assert 80 < len(texts) < 120
    return texts


def survey_with_a_text(member: Membership) -> Survey:
    """Publish a survey with a score and a text on one page."""
    asks = asked(nps(), question("why", "long_text"), layout="all")
    file = SurveyFile("transactional", asks)
    with tenant_bound(member.tenant_id):
        survey = survey_from_file(tenant=member.tenant, file=file, by=member, now=make.NOW).survey
        publish_survey(survey=survey, by=member, now=make.NOW)
        return survey


def export_of(of: Tenant, client: Client) -> str:
    """Give the exported scores as a file: without the lines around it that say what it is."""
    url = reverse("feedback:response-export", args=[of.slug])
    answer: Any = client.get(f"{url}?metric=nps")
    lines = b"".join(answer.streaming_content).decode().split("\r\n")
    assert (lines[0], lines[-2][:7]) == ("# what,ratings", "# rows,")
    return "\r\n".join(lines[4:-2])


@pytest.mark.slow
def test_an_import_keeps_them_and_the_page_and_export_show_them(client: Client) -> None:
    texts = naughty()
    of = imported(texts)
    client.force_login(make.member(of=of, role=Role.MANAGER).user)

    page = client.get(list_url(of))
    answer: Any = client.get(reverse("feedback:response-export", args=[of.slug]))
    exported = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert stored(of) == set(texts)
    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    cells = {cell for row in csv.reader(StringIO(exported)) for cell in row}
    assert {defused(text) for text in texts} - cells == set()


@pytest.mark.slow
def test_the_survey_page_keeps_them_and_its_export_is_imported_again(client: Client) -> None:
    texts = for_a_page()
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    client.force_login(member.user)
    survey = survey_with_a_text(member)

    with time_machine.travel(make.NOW, tick=False):
        for number, text in enumerate(texts):
            told = {"pass": way(survey, str(number)), "at": "nps", "q.nps": "9", "q.why": text}
            assert Client().post(address(survey), told).status_code == 303
    page = client.get(list_url(member.tenant)).content.decode()
    exported = export_of(member.tenant, client)
    again = make.tenant()
    loaded(exported, of=again, by=OWN_EXPORT)

    assert stored(member.tenant) == set(texts)
    assert "<script>alert" not in page
    assert html.escape(SCRIPT) in page
    assert stored(again) == set(texts)


@pytest.mark.slow
def test_a_webhook_keeps_them() -> None:
    texts = naughty()
    of = webhook(SenderKind.TYPEFORM)
    body: dict[str, Any] = json.loads(raw(BODIES[SenderKind.TYPEFORM]))
    response = body["form_response"]
    response["hidden"] = {}
    for start in range(0, len(texts), 100):
        part = texts[start : start + 100]
        response["token"] = f"t{start}"
        response["answers"] = [
            {"type": "text", "text": text, "field": {"ref": f"q{start + place}"}}
            for place, text in enumerate(part)
        ]
        of.deliver(body)

    assert stored(of.tenant) == set(texts)
