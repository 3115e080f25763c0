"""Files as answers: taken by what they are, kept with the way, handed out to few, and forgotten."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cxm.customers.models import Identity
from cxm.customers.services.erasing import start_erasing
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from cxm.work.models import Outbox
from feedback.errors import SurveyNotReadyError
from feedback.models import AnswerFile, Response, Survey
from feedback.rules import answer_files as rules
from feedback.services import answer_files as service
from feedback.services.holding import delete_response
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback import outreach
from tests.feedback.drafting import add_question, survey_of
from tests.feedback.ways import way
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nwhatever"
SIX = [(f"{number}.pdf", PDF) for number in range(6)]


@pytest.fixture
def member() -> Iterator[Membership]:
    manager = make.member(of=make.tenant(), role=Role.ADMIN)
    with tenant_bound(manager.tenant_id):
        yield manager


def showing(member: Membership, **values: Any) -> Survey:
    """Make a survey that asks for files, and then for words."""
    survey = survey_of(member)
    add_question(survey, "show", "file", by=member, **{"title": "Show us?", **values})
    add_question(survey, "why", "long_text", by=member, title="Why?")
    publish_survey(survey=survey, by=member, now=NOW)
    return Survey.objects.for_tenant(member.tenant).select_related("tenant").get(pk=survey.pk)


def address(survey: Survey, token: str = "") -> str:
    return f"/q/{survey.tenant.slug}/{survey.public_id}/{f'{token}/' if token else ''}"


def send(survey: Survey, *files: tuple[str, bytes], token: str = "", **more: Any) -> Any:
    told = [SimpleUploadedFile(name, content) for name, content in files]
    fields = {
        "pass": token or way(survey),
        "at": "show",
        "q.show": "",
        "q.show.files": told,
        **more,
    }
    return Client().post(address(survey), fields)


def kept(survey: Survey) -> list[str]:
    rows = AnswerFile.objects.for_tenant(survey.tenant_id).order_by("pk")
    return list(rows.values_list("name", flat=True))


def photo() -> bytes:
    """Give a picture that says where it was taken."""
    stream, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "Ana's camera"
    Image.new("RGB", (8, 8), "red").save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def test_files_are_an_answer_with_their_page(member: Membership) -> None:
    survey = showing(member)

    page = Client().get(address(survey)).content.decode()
    answer = send(survey, ("order.pdf", PDF), ("me.jpg", photo()))

    assert 'enctype="multipart/form-data"' in page
    assert "<script" not in page
    assert answer.status_code == 303
    response = Response.objects.for_tenant(member.tenant).get()
    rows = {one.name: one for one in AnswerFile.objects.for_tenant(member.tenant)}
    assert [one["name"] for one in response.answers["show"]] == ["order.pdf", "me.jpg"]
    assert {one.response_id for one in rows.values()} == {response.pk}
    assert bytes(rows["order.pdf"].content) == PDF
    assert b"Ana's camera" not in bytes(rows["me.jpg"].content)


def test_going_back_keeps_what_is_ticked_and_adds_what_is_new(member: Membership) -> None:
    survey = showing(member)
    send(survey, ("a.pdf", PDF), ("b.pdf", PDF))

    back = Client().get(f"{address(survey, way(survey))}?at=show").content.decode()
    [first] = AnswerFile.objects.for_tenant(member.tenant).filter(name="a.pdf")
    ticked = rules.as_field(first.pk, "another name.exe")
    more: dict[str, Any] = {"q.show": ["", ticked]}
    send(survey, ("c.pdf", PDF), **more)

    assert back.count("checked") == 2
    assert kept(survey) == ["a.pdf", "c.pdf"]
    response = Response.objects.for_tenant(member.tenant).get()
    assert [one["name"] for one in response.answers["show"]] == ["a.pdf", "c.pdf"]


@pytest.mark.parametrize(
    ("files", "words", "there"),
    [
        ([("a.exe", b"MZ\x90\x00")], "“a.exe” is not taken", []),
        ([("a.pdf", b"<html>no</html>"), ("b.pdf", PDF)], "", ["a.txt", "b.pdf"]),
        ([("a.png", b"\x89PNG\r\n\x1a\nbroken"), ("b.pdf", PDF)], "is not taken", ["b.pdf"]),
        (
            [(f"{n}.pdf", PDF) for n in range(6)],
            "Send up to 5 files",
            [f"{n}.pdf" for n in range(5)],
        ),
        ([("big.pdf", PDF + b"x" * 10_000_000)], "“big.pdf” is larger than 10 MB", []),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_leaves_the_others(
    member: Membership, files: list[tuple[str, bytes]], words: str, there: list[str]
) -> None:
    survey = showing(member)

    answer = send(survey, *files)
    said = answer.content.decode()

    assert answer.status_code == (422 if words else 303)
    assert words in said
    assert kept(survey) == there
    if words:
        assert all(name in said for name in there)


def test_only_so_many_as_the_question_asks_for(member: Membership) -> None:
    survey = showing(member, most=2)

    said = send(survey, *((f"{n}.pdf", PDF) for n in range(3))).content.decode()

    assert "Send up to 2 files; these are 3." in said
    assert "Up to 2 files of 10 MB each" in said


def test_a_file_that_is_asked_for_is_waited_for(member: Membership) -> None:
    survey = showing(member, is_required=True)

    assert send(survey).status_code == 422
    assert send(survey, ("a.pdf", PDF)).status_code == 303


def test_nobody_names_files_of_another_way_or_faults(member: Membership) -> None:
    survey = showing(member)
    send(survey, ("a.pdf", PDF))
    [theirs] = AnswerFile.objects.for_tenant(member.tenant)

    answer = send(
        survey,
        token=way(survey, "other"),
        **{"q.show": [rules.as_field(theirs.pk, "a.pdf")], "q.show.fault": ["nonsense"]},
    )

    assert answer.status_code == 303
    theirs.refresh_from_db()
    responses = Response.objects.for_tenant(member.tenant).order_by("pk")
    assert [bool(one.answers.get("show")) for one in responses] == [True]
    assert theirs.response_id == responses[0].pk


def test_what_a_scanner_does_not_find_clean_is_refused(member: Membership, settings: Any) -> None:
    survey = showing(member)
    for scanner in ("tests.feedback.test_answer_files.finds_all_bad", "no.such.scanner"):
        settings.FILE_SCANNER = scanner

        assert "could not be taken" in send(survey, ("a.pdf", PDF)).content.decode()
    settings.FILE_SCANNER = "tests.feedback.test_answer_files.finds_all_clean"

    assert send(survey, ("a.pdf", PDF)).status_code == 303
    assert kept(survey) == ["a.pdf"]


def finds_all_bad(_content: bytes) -> bool:
    return False


def finds_all_clean(_content: bytes) -> bool:
    return True


def test_what_became_no_answer_is_forgotten(member: Membership) -> None:
    survey = showing(member, is_required=True)
    send(survey, ("a.pdf", PDF), ("b.exe", b"MZ\x90\x00"))
    assert kept(survey) == ["a.pdf"]
    promised = Outbox.objects.for_tenant(member.tenant).filter(task=service.FORGET_FILES)

    [promise] = promised
    service.forget_files(tenant_id=member.tenant_id, **promise.arguments)

    assert kept(survey) == []


def test_who_sends_too_much_is_told_to_wait(member: Membership) -> None:
    survey = showing(member)
    pages = [
        send(survey, *((f"{n}.txt", b"x") for n in range(5)), token=way(survey, str(page)))
        for page in range(5)
    ]

    assert [page.status_code for page in pages] == [303] * 4 + [429]
    huge = Client().post(address(survey), {"pass": way(survey)}, CONTENT_LENGTH="60000000")
    assert huge.status_code == 413


def test_an_anonymous_survey_takes_no_files(member: Membership) -> None:
    survey = survey_of(member)
    add_question(survey, "show", "file", by=member, title="Show us?")
    Survey.objects.for_tenant(member.tenant).filter(pk=survey.pk).update(anonymity="anonymous")

    with pytest.raises(SurveyNotReadyError, match="can name their sender"):
        publish_survey(survey=survey, by=member, now=NOW)

    named = showing(member)
    Survey.objects.for_tenant(member.tenant).filter(pk=named.pk).update(anonymity="anonymous")
    send(named, ("a.pdf", PDF))
    assert kept(named) == []


@pytest.mark.parametrize("is_required", [False, True])
def test_taking_back_the_only_file_leaves_nothing_behind_and_no_gap(
    member: Membership, *, is_required: bool
) -> None:
    survey = showing(member, is_required=is_required)
    send(survey, ("a.pdf", PDF))

    answer = send(survey)

    response = Response.objects.for_tenant(member.tenant).get()
    assert answer.status_code == (422 if is_required else 303)
    assert (kept(survey), response.answers) == ([], {})


def test_files_of_a_deleted_answer_are_handed_to_nobody(member: Membership, client: Client) -> None:
    survey = showing(member)
    send(survey, ("a.pdf", PDF))
    [file] = AnswerFile.objects.for_tenant(member.tenant)
    client.force_login(member.user)

    delete_response(response=file.response, by=member, now=NOW)

    address = f"/t/{member.tenant.slug}/answer-files/{file.pk}/"
    assert client.get(address).status_code == 404


def test_files_of_a_question_that_is_asked_no_more_are_nobodys(member: Membership) -> None:
    survey = survey_of(member)
    add_question(survey, "has", "yes_no", by=member, title="Has it a fault?")
    shown = {"of": "has", "op": "=", "value": True}
    add_question(survey, "show", "file", by=member, title="Show us?", show=shown)
    add_question(survey, "why", "long_text", by=member, title="Why?")
    publish_survey(survey=survey, by=member, now=NOW)
    survey = Survey.objects.for_tenant(member.tenant).select_related("tenant").get(pk=survey.pk)
    Client().post(address(survey), {"pass": way(survey), "at": "has", "q.has": "yes"})
    send(survey, ("a.pdf", PDF))
    [file] = AnswerFile.objects.for_tenant(member.tenant)
    assert file.response_id is not None

    Client().post(address(survey), {"pass": way(survey), "at": "has", "q.has": "no"})

    file.refresh_from_db()
    assert file.response_id is None
    Client().post(address(survey), {"pass": way(survey), "at": "has", "q.has": "yes"})
    file.refresh_from_db()
    assert file.response_id is not None


def test_few_are_handed_a_file_and_that_is_kept(member: Membership, client: Client) -> None:
    survey = showing(member)
    send(survey, ("a.pdf", PDF))
    [file] = AnswerFile.objects.for_tenant(member.tenant)
    home = f"/t/{member.tenant.slug}"
    client.force_login(member.user)

    panel = client.get(f"{home}/responses/{file.response_id}/").content.decode()
    answer = client.get(f"{home}/answer-files/{file.pk}/")
    analyst = Client()
    analyst.force_login(make.member(of=member.tenant, role=Role.ANALYST).user)

    assert f"{home}/answer-files/{file.pk}/" in panel
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.for_tenant(member.tenant).filter(action="answer-file-opened").exists()
    assert analyst.get(f"{home}/answer-files/{file.pk}/").status_code == 403
    hidden = analyst.get(f"{home}/responses/{file.response_id}/").content.decode()
    assert "1 file" in hidden
    assert "a.pdf" not in hidden


def test_programs_read_files_by_the_same_rights(member: Membership) -> None:
    survey = showing(member)
    send(survey, ("a.pdf", PDF))
    [file] = AnswerFile.objects.for_tenant(member.tenant)
    _, whole = make.api_key(of=member.tenant, rights=tuple(Right))
    _, weak = make.api_key(of=member.tenant, rights=(Right.SEE_RESPONSES,))
    one, bytes_of = f"/api/v1/responses/{file.response_id}/", f"/api/v1/answer-files/{file.pk}/"

    reads, sees_none = (Client(headers={"Authorization": f"Bearer {key}"}) for key in (whole, weak))

    assert [one["name"] for one in reads.get(one).json()["files"]] == ["a.pdf"]
    assert reads.get(bytes_of).content == PDF
    assert sees_none.get(one).json()["files"] == []
    assert sees_none.get(bytes_of).status_code == 403


def test_an_erased_person_leaves_no_file(member: Membership) -> None:
    survey = showing(member)
    send(survey, ("ana.pdf", PDF))
    outreach.delivered(member.tenant, "ana@example.com")
    known = Identity.objects.for_tenant(member.tenant).select_related("customer__tenant")
    ana = known.get(value="ana@example.com").customer
    Response.objects.for_tenant(member.tenant).update(customer=ana)

    start_erasing(customer=ana, by=member, now=NOW)
    drain(member.tenant_id, without={service.FORGET_FILES})

    assert kept(survey) == []
    assert Response.objects.for_tenant(member.tenant).get().answers == {}


def test_files_are_tried_in_the_preview_and_none_is_kept(
    member: Membership, client: Client
) -> None:
    survey = showing(member, is_required=True)
    client.force_login(member.user)
    preview = client.get(f"/t/{member.tenant.slug}/surveys/{survey.pk}/preview/").content.decode()
    assert "try" in preview.lower()
    trial = f"/t/{member.tenant.slug}/surveys/{survey.pk}/trials/{new_id()}/"

    fields = {"at": "show", "q.show": "", "q.show.files": SimpleUploadedFile("a.pdf", PDF)}
    answer = client.post(trial, fields)

    assert answer.status_code == 303
    assert kept(survey) == []
