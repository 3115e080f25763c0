"""Themes: made and chosen by members, and what public pages load of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import SurveyTheme
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.test_views_survey_builder import html

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries, Settings

    from cxm.tenants.models import Membership, Tenant
    from feedback.models import Survey

pytestmark = pytest.mark.django_db
SENT = {
    "title": "Autumn",
    "ground": "#ffffff",
    "ink": "#222222",
    "accent": "#8a2b00",
    "font": "serif",
    "corner": "round",
}


@pytest.fixture
def member(client: Client) -> Membership:
    made = make.member(of=make.tenant(), role=Role.MANAGER)
    client.force_login(made.user)
    return made


def url(tenant: Tenant, name: str, *more: Any) -> str:
    return reverse(f"feedback:theme-{name}", args=[tenant.slug, *more])


def themes(of: Tenant) -> list[SurveyTheme]:
    with tenant_bound(of.pk):
        rows = SurveyTheme.objects.for_tenant(of).select_related("tenant", "logo")
        return list(rows.order_by("title"))


def theme(of: Tenant, title: str = "Autumn", **more: Any) -> SurveyTheme:
    with tenant_bound(of.pk):
        return SurveyTheme.objects.create(tenant=of, title=title, created_at=make.NOW, **more)


def picture(width: int = 1200, height: int = 400) -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "#8a2b00").save(stream, "PNG")
    return SimpleUploadedFile("Our logo.png", stream.getvalue(), "image/png")


def public_page(survey: Survey) -> Any:
    return Client().get(f"/q/{survey.tenant.slug}/{survey.public_id}/")


def published(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
    survey.tenant = member.tenant
    return survey


def test_a_theme_is_made_and_stands_in_the_list(client: Client, member: Membership) -> None:
    answer = client.post(url(member.tenant, "new"), SENT)

    [made] = themes(member.tenant)
    assert answer["Location"] == url(member.tenant, "list")
    assert (made.title, made.accent, made.font, made.corner) == (
        "Autumn",
        "#8a2b00",
        "serif",
        "round",
    )
    assert "Autumn" in html(client.get(url(member.tenant, "list")))
    sample = client.get(url(member.tenant, "sample", made.pk))
    assert sample["Content-Type"] == "image/svg+xml"
    assert b"#8a2b00" in sample.content


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ink", "#777777", "The text on the ground: the contrast is 4.47:1."),
        ("accent", "#ff0000", "Links and buttons on the ground: the contrast is 3.99:1."),
        ("ground", "red", "Write a colour such as #1f5fbf."),
        ("ground", "#fff;}*{", "at most 7 characters"),
        ("font", "comic", "comic is not one of the available choices"),
        ("title", "", "This field is required"),
        ("title", "Taken", "Another theme has this title"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_lost(
    client: Client, member: Membership, field: str, value: str, words: str
) -> None:
    theme(member.tenant, "Taken")

    answer = client.post(url(member.tenant, "new"), {**SENT, field: value})

    assert answer.status_code == 422
    assert words in html(answer)
    assert f'id="id_{field}_error"' in html(answer)
    assert 'value="#8a2b00"' in html(answer) or field == "accent"
    assert [one.title for one in themes(member.tenant)] == ["Taken"]


def test_a_theme_is_changed(client: Client, member: Membership) -> None:
    made = theme(member.tenant)

    client.post(url(member.tenant, "edit", made.pk), {**SENT, "title": "Winter"})

    assert [one.title for one in themes(member.tenant)] == ["Winter"]


def test_the_theme_of_the_workspace_is_on_public_pages(client: Client, member: Membership) -> None:
    survey, made = published(member), theme(member.tenant, accent="#8a2b00")

    before = public_page(survey).content.decode()
    client.post(url(member.tenant, "default", made.pk))
    after = public_page(survey).content.decode()

    address = f"/q/{member.tenant.slug}/themes/{made.pk}/"
    assert address not in before
    assert address in after
    client.post(url(member.tenant, "default", made.pk))
    assert address not in public_page(survey).content.decode()


def test_only_one_theme_is_of_the_workspace(client: Client, member: Membership) -> None:
    first, second = theme(member.tenant, "A", is_default=True), theme(member.tenant, "B")

    client.post(url(member.tenant, "default", second.pk))
    client.post(url(member.tenant, "archive", second.pk))

    assert [(one.is_default, one.archived_at) for one in themes(member.tenant)] == [
        (False, None),
        (True, None),
    ]
    client.post(url(member.tenant, "archive", first.pk))
    assert themes(member.tenant)[0].archived_at is not None


def test_a_survey_has_the_theme_that_it_chose(client: Client, member: Membership) -> None:
    survey, own = published(member), theme(member.tenant, "Own", accent="#8a2b00")
    theme(member.tenant, "All", is_default=True)

    with tenant_bound(member.tenant_id):
        survey.theme = own
        survey.save(update_fields=["theme"])
    page = public_page(survey).content.decode()
    sheet = Client().get(page.split('<link rel="stylesheet" href="')[2].split('"')[0])

    assert "--accent:#8a2b00;" in sheet.content.decode()
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert sheet["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in sheet.headers


def test_an_old_address_of_a_stylesheet_gives_what_holds_now(member: Membership) -> None:
    made = theme(member.tenant, accent="#8a2b00")

    sheet = Client().get(f"/q/{member.tenant.slug}/themes/{made.pk}/old.css")

    assert "--accent:#8a2b00;" in sheet.content.decode()
    assert sheet["Cache-Control"] == "public, max-age=60"


def test_a_logo_is_drawn_small_and_a_page_stays_under_30_kilobytes(
    client: Client, member: Membership, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    survey = published(member)
    client.post(url(member.tenant, "new"), {**SENT, "logo": picture()})
    [made] = themes(member.tenant)
    client.post(url(member.tenant, "default", made.pk))

    page = public_page(survey).content
    text = page.decode()
    logo = Client().get(text.split('<img class="logo" src="')[1].split('"')[0])
    sheet = Client().get(text.split('<link rel="stylesheet" href="')[2].split('"')[0])
    plain = (settings.BASE_DIR / "static" / "css" / "survey.css").stat().st_size

    assert made.logo is not None
    assert (made.logo.width, made.logo.height) == (288, 96)
    assert f'alt="{member.tenant.name}" width="288" height="96"' in text
    assert logo["Content-Type"] == "image/webp"
    assert len(page) + len(logo.content) + len(sheet.content) + plain < 30_000


def test_a_file_that_is_no_picture_is_refused_as_a_logo(
    client: Client, member: Membership, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = SimpleUploadedFile("logo.png", b"%PDF-1.4 no picture")

    answer = client.post(url(member.tenant, "new"), {**SENT, "logo": page})

    assert answer.status_code == 422
    assert 'id="id_logo_error"' in html(answer)
    assert themes(member.tenant) == []


def test_a_logo_comes_off(
    client: Client, member: Membership, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.post(url(member.tenant, "new"), {**SENT, "logo": picture()})
    [made] = themes(member.tenant)

    client.post(url(member.tenant, "edit", made.pk), SENT)
    assert themes(member.tenant)[0].logo_id == made.logo_id
    client.post(url(member.tenant, "edit", made.pk), {**SENT, "drops_logo": "on"})

    assert themes(member.tenant)[0].logo_id is None


def test_what_is_done_to_themes_is_written_down(client: Client, member: Membership) -> None:
    client.post(url(member.tenant, "new"), SENT)
    [made] = themes(member.tenant)
    for name in ("archive", "restore", "default"):
        client.post(url(member.tenant, name, made.pk))

    with tenant_bound(member.tenant_id):
        entries = AuditEntry.objects.for_tenant(member.tenant).filter(object_id=made.pk)
        deeds = list(entries.order_by("at", "pk").values_list("action", flat=True))
    assert deeds == [
        "survey-theme-made",
        "survey-theme-archived",
        "survey-theme-restored",
        "survey-theme-default",
    ]


@pytest.mark.parametrize("name", ["edit", "default", "archive", "restore"])
def test_deeds_are_not_found_for_viewers_and_strangers(client: Client, name: str) -> None:
    owner = make.tenant()
    made = theme(owner)
    statuses = []

    for member in (make.member(of=owner, role=Role.VIEWER), make.member(of=make.tenant())):
        client.force_login(member.user)
        statuses.append(client.post(url(member.tenant, name, made.pk), SENT).status_code)

    assert statuses == [404, 404]
    assert themes(owner)[0].title == "Autumn"


def test_the_list_reads_as_often_for_one_theme_as_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    theme(member.tenant, "A")
    with django_assert_num_queries(10):
        client.get(url(member.tenant, "list"))
    theme(member.tenant, "B")
    theme(member.tenant, "C")
    with django_assert_num_queries(10):
        client.get(url(member.tenant, "list"))
