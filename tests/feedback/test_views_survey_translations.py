"""Translating a survey, through the browser's door."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.services.surveys_making import draft_of
from tests import make
from tests.feedback.drafting import put
from tests.feedback.test_views_survey_builder import Builder, html

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
NPS = "text:question/nps/title"


@pytest.fixture
def built(client: Client) -> Builder:
    made = Builder(client)
    made.question("nps", "nps", metric="nps", title="Would you recommend us?")
    with tenant_bound(made.member.tenant_id):
        put(made.survey, "languages", ["de", "ar"], by=made.member)
    return made


def page(built: Builder, asked: str = "?lang=de") -> str:
    return html(built.client.get(built.url("survey-translations") + asked))


def save(built: Builder, code: str = "de", **texts: str) -> Any:
    return built.post("translations-save", lang=code, **texts)


def upload(built: Builder, name: str, content: bytes) -> Any:
    stream = BytesIO(content)
    stream.name = name
    return built.post("translations-read", file=stream)


def title(built: Builder) -> dict[str, str]:
    return built.asked().questions[0].title


def test_a_text_is_translated_and_nothing_is_missing_then(built: Builder) -> None:
    before = page(built)

    answer = save(built, **{NPS: "Würden Sie uns empfehlen?", "text:survey/title": "Wie war es?"})

    assert "2 missing" in before
    assert answer["Location"] == built.url("survey-translations") + "?lang=de&page=1"
    assert title(built) == {
        "en": "Would you recommend us?",
        "de": "Würden Sie uns empfehlen?",
    }
    assert '<span class="badge is-good">Done</span>' in page(built)


def test_a_translation_is_stale_once_its_source_changed(built: Builder) -> None:
    save(built, **{"text:survey/title": "Wie war es?"})
    with tenant_bound(built.member.tenant_id):
        put(built.survey, "title", "How did it go?", by=built.member)

    stale = page(built, "?lang=de&open=1")
    save(
        built,
        **{
            "text:survey/title": "Wie war es?",
            "was:survey/title": "Wie war es?",
            "keep:survey/title": "1",
        },
    )

    assert "1 stale" in stale
    assert "It was made from: How was it?" in stale
    assert "stale" not in page(built)
    assert built.asked().title == {"en": "How did it go?", "de": "Wie war es?"}


def test_what_nobody_touched_is_left_as_others_changed_it(built: Builder) -> None:
    save(built, **{NPS: "Neu"})

    save(built, **{NPS: "Alt", "was:question/nps/title": "Alt"})

    assert title(built)["de"] == "Neu"


@pytest.mark.parametrize(
    "asked", ["page=" + "9" * 5_000, "page=-1", "page=x", "lang=%00", "open=1"]
)
def test_strange_addresses_show_the_page(built: Builder, asked: str) -> None:
    assert built.client.get(f"{built.url('survey-translations')}?{asked}").status_code == 200


def test_signs_that_cannot_be_kept_are_taken_out(built: Builder) -> None:
    save(built, **{NPS: "Wür\0den\u202e Sie?\r\nJa?"})

    assert title(built)["de"] == "Würden Sie?\nJa?"


def test_an_emptied_translation_is_taken_away(built: Builder) -> None:
    save(built, **{NPS: "Neu"})

    save(built, **{NPS: "", "was:question/nps/title": "Neu"})

    assert title(built) == {"en": "Would you recommend us?"}


def test_broken_places_are_refused_and_nothing_typed_is_lost(built: Builder) -> None:
    built.question("order", "hidden", title="Order")
    built.question("why", "long_text", title="About {{ order | your order }}")

    answer = save(built, **{"text:question/why/title": "Über {{ order }}", NPS: "Neu"})

    assert answer.status_code == 422
    assert "lacks words for when there is no answer" in html(answer)
    assert "Über {{ order }}</textarea>" in html(answer)
    assert ">Neu</textarea>" in html(answer)
    assert "de" not in title(built)


def test_languages_are_added_and_taken_away_and_their_texts_stay(built: Builder) -> None:
    save(built, **{NPS: "Neu"})

    built.post("translations-language", language="de", deed="remove")
    gone = page(built, "")
    built.post("translations-language", language="de", deed="add")

    assert "Deutsch</span>" not in gone
    with tenant_bound(built.member.tenant_id):
        assert draft_of(built.survey).languages == ["ar", "de"]
    assert title(built)["de"] == "Neu"


@pytest.mark.parametrize("code", ["xx", "en", ""])
def test_a_language_that_cannot_be_is_refused(built: Builder, code: str) -> None:
    answer = built.post("translations-language", language=code, deed="add")

    assert answer.status_code == 422
    assert "Choose a language from the list" in html(answer)


def test_texts_read_from_the_right_are_written_so(built: Builder) -> None:
    assert 'lang="ar" dir="rtl"' in page(built, "?lang=ar")


@pytest.mark.parametrize("name", ["texts.xlsx", "de.po"])
def test_a_file_goes_out_and_comes_back_with_a_look_before(built: Builder, name: str) -> None:
    save(built, **{NPS: "Alt"})
    address = f"{built.url('survey-translations')}{name}"
    content = built.client.get(address).content
    if name == "de.po":
        content = content.replace(b'"Alt"', b'"Neu"')
    else:
        book = load_workbook(BytesIO(content))
        row = next(r for r in book["Texts"].iter_rows() if r[0].value == "question/nps/title")
        row[3].value = "Neu"
        stream = BytesIO()
        book.save(stream)
        content = stream.getvalue()

    shown = html(upload(built, name, content))
    before = title(built)["de"]
    packed = shown.split('name="packed" value="')[1].split('"')[0]
    built.post("translations-take", packed=packed)

    assert "Take in 1 text<" in shown
    assert (before, title(built)["de"]) == ("Alt", "Neu")
    with tenant_bound(built.member.tenant_id):
        entry = AuditEntry.objects.for_tenant(built.member.tenant).get(
            action="survey-texts-exported"
        )
    assert entry.changes == {"file": name}


@pytest.mark.parametrize("content", [b"GIF89a", b"PK\x03\x04broken", b""])
def test_a_file_that_cannot_be_read_is_refused_in_words(built: Builder, content: bytes) -> None:
    answer = upload(built, "x.po", content)

    assert answer.status_code == 422
    assert 'role="alert"' in html(answer)


def test_what_was_shown_of_another_survey_cannot_be_taken_in(built: Builder) -> None:
    answer = built.post("translations-take", packed="made:up")

    assert answer.status_code == 422
    assert "choose the file again" in html(answer)


def test_the_page_reads_as_often_for_one_question_as_for_three(
    built: Builder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(15):
        page(built)
    built.question("a", "short_text", title="A")
    built.question("b", "short_text", title="B")
    with django_assert_num_queries(15):
        page(built)


@pytest.mark.parametrize("name", ["fr.po", "texts.po", "de.xlsx", "x"])
def test_a_file_that_there_is_not_is_not_found(built: Builder, name: str) -> None:
    assert built.client.get(f"{built.url('survey-translations')}{name}").status_code == 404


@pytest.mark.parametrize(
    "name", ["translations-save", "translations-language", "translations-read", "translations-take"]
)
def test_deeds_are_not_found_for_viewers(built: Builder, client: Client, name: str) -> None:
    viewer = make.member(of=built.member.tenant, role=Role.VIEWER)
    client.force_login(viewer.user)

    assert built.post(name, lang="de", language="fr").status_code == 404
