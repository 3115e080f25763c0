"""Exports of Qualtrics and SurveyMonkey come in as they are: suggested, checked, loaded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from feedback.adapters.mapping import Mapping
from feedback.models import Import, Rating, Response, Verbatim
from feedback.services import importing
from feedback.services.preparing import readable_mapping
from tests import make
from tests.feedback.import_files import current, received, run
from tests.feedback.survey_files import shared_file

if TYPE_CHECKING:
    from pathlib import Path

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
NPS = "How likely is it that you would recommend us to a friend or colleague?"
SURVEYMONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,"
    f"Custom Data 1,{NPS},What could we do better?,Which of these do you use?,,\n"
    ",,,,,,,,,Response,Open-Ended Response,Shop,Web,Phone\n"
    "1122,900,11/14/2026 09:00:00 AM,11/14/2026 09:03:10 AM,203.0.113.9,ana@example.com,Ana,Ng,"
    "vip,9,Nothing at all,Shop,,\n"
    "1123,900,11/15/2026 10:00:00 AM,11/15/2026 10:02:00 AM,203.0.113.10,,,,,3,"
    '"Faster, please",,Web,Phone\n'
    "1124,900,11/16/2026 11:00:00 AM,11/16/2026 11:02:00 AM,203.0.113.11,bo@example.com,Bo,Li,"
    ",10,,,Web,\n"
)
QUALTRICS = (
    "StartDate,EndDate,Status,IPAddress,Finished,RecordedDate,ResponseId,RecipientEmail,"
    "ExternalReference,LocationLatitude,UserLanguage,Q1,Q1_NPS_GROUP,Q2,Q2 - Topics\n"
    "Anfang,Ende,Typ,IP,Fertig,Erfasst,ID,Mail,Extern,Breite,Sprache,"
    "Would you recommend us?,Gruppe,Was sonst?,Themen\n"
    + ",".join(
        '"{""ImportId"":""' + name + '""}"'
        for name in (
            *("startDate", "endDate", "status", "ipAddress", "finished", "recordedDate"),
            *("_recordId", "recipientEmail", "externalDataReference", "locationLatitude"),
            *("userLanguage", "QID1", "QID1_NPS_GROUP", "QID2_TEXT", "QID2_TEXT_eae5Topics"),
        )
    )
    + "\n"
    "2026-11-14 09:00:00,2026-11-14 09:03:00,0,203.0.113.9,1,2026-11-15 00:00:00,R_1,"
    "ana@example.com,crm-7,47.1,EN,9,3,Fine,food\n"
    "2026-11-14 10:00:00,2026-11-14 10:03:00,0,203.0.113.9,1,2026-11-15 00:00:00,R_2,,,47.1,DE,"
    "2,1,,\n"
)


def brought_in(content: str | bytes, *, of: Tenant, name: str) -> Import:
    """Receive, take what is suggested, check and load; nobody edits anything."""
    imported = received(content, of=of, name=name, looks=True)
    with tenant_bound(of.pk):
        suggested = readable_mapping(imported.preview["suggestion"])
        importing.save_mapping(imported=imported, mapping=suggested)
    checked = run(current(imported), importing.start_check)
    assert checked.check_report
    return run(checked)


def rows(of: Tenant, model: Any, *names: str) -> list[tuple[Any, ...]]:
    with tenant_bound(of.pk):
        return sorted(model.objects.for_tenant(of).values_list(*names), key=str)


@pytest.mark.parametrize("name", ["sample.csv", "sample_legacy.csv"])
def test_the_shared_qualtrics_files_come_in_without_editing(name: str) -> None:
    path: Path = shared_file(f"qualtrics_format/{name}")
    of = make.tenant()

    imported = brought_in(path.read_bytes(), of=of, name=name)

    assert imported.state == Import.State.DONE
    [(answered_at, answers)] = rows(of, Response, "answered_at", "answers")
    assert answered_at == datetime(2017, 7, 18, 8, 28, 48, tzinfo=UTC)
    assert answers["Q1"] == "2"
    assert rows(of, Verbatim, "text") == [("Hello World!",)]
    assert "130.92.34.66" not in json.dumps(answers)


def test_a_qualtrics_export_comes_in_without_editing() -> None:
    of = make.tenant()

    brought_in(QUALTRICS, of=of, name="Loyalty.csv")

    assert rows(of, Rating, "metric__key", "value") == [("nps", 2), ("nps", 9)]
    assert rows(of, Verbatim, "text") == [("Fine",)]
    answers = rows(of, Response, "answers", "language", "answered_at")
    assert [language for _, language, _ in answers] == ["EN", "DE"]
    kept = json.dumps([told for told, _, _ in answers])
    assert not any(word in kept for word in ("203.0.113.9", "47.1", "food", "NPS_GROUP"))


def test_a_surveymonkey_export_comes_in_without_editing() -> None:
    of = make.tenant()

    brought_in(SURVEYMONKEY, of=of, name="Customers.csv")

    assert rows(of, Rating, "metric__key", "value") == [("nps", 10), ("nps", 3), ("nps", 9)]
    assert rows(of, Verbatim, "text") == [("Faster, please",), ("Nothing at all",)]
    assert len([who for (who,) in rows(of, Response, "customer") if who]) == 2
    answers = [told for (told,) in rows(of, Response, "answers")]
    assert {told.get("Which of these do you use? / Web") for told in answers} == {None, "Web"}
    assert "203.0.113" not in json.dumps(answers)
    days = [at.date().isoformat() for (at,) in rows(of, Response, "answered_at")]
    assert days == ["2026-11-14", "2026-11-15", "2026-11-16"]


DELIGHTED = (
    "id,person,survey_type,score,comment,permalink,created_at,updated_at,email,name,tags,notes,"
    "country\n"
    "2001,501,nps,9,Quick and kind,https://app.delighted.com/r/aaaa,1713497396,,ana@example.com,"
    "Ana Ng,vip,called back and said sorry,USA\n"
    '2002,502,nps,3,"Slow, sorry to say",https://app.delighted.com/r/bbbb,1713583796,1713583999,'
    "bo@example.com,Bo Li,,,Spain\n"
    "2003,503,nps,10,,https://app.delighted.com/r/cccc,1713670196,,,,,,Spain\n"
)
TITLED = (
    "Survey Type,Score,Comment,Permalink,Response Time,Person Email\n"
    "NPS,9,Quick and kind,https://app.delighted.com/r/aaaa,2024-04-19 03:29:56,ana@example.com\n"
    "NPS,3,Slow,https://app.delighted.com/r/bbbb,2024-04-20 03:29:56,bo@example.com\n"
)


def test_a_delighted_file_comes_in_without_choosing_columns() -> None:
    of = make.tenant()

    imported = brought_in(DELIGHTED, of=of, name="responses.csv")

    assert imported.state == Import.State.DONE
    assert rows(of, Rating, "metric__key", "value") == [("nps", 10), ("nps", 3), ("nps", 9)]
    assert rows(of, Verbatim, "text") == [("Quick and kind",), ("Slow, sorry to say",)]
    assert len({who for (who,) in rows(of, Response, "customer") if who}) == 3
    moments = [at for (at,) in rows(of, Response, "answered_at")]
    assert moments[0] == datetime(2024, 4, 19, 3, 29, 56, tzinfo=UTC)  # 1713497396


def test_a_delighted_file_loaded_twice_is_loaded_once() -> None:
    of = make.tenant()
    brought_in(DELIGHTED, of=of, name="responses.csv")

    brought_in(DELIGHTED + " \n", of=of, name="responses.csv")

    assert len(rows(of, Response, "pk")) == 3


def test_a_delighted_file_with_titles_comes_in_as_well() -> None:
    of = make.tenant()

    brought_in(TITLED, of=of, name="export.csv")

    assert rows(of, Rating, "metric__key", "value") == [("nps", 3), ("nps", 9)]
    assert rows(of, Verbatim, "text") == [("Quick and kind",), ("Slow",)]


@pytest.mark.parametrize(
    ("old", "new"),
    [(",nps,", ",csat,"), ("2002,502,nps", "2002,502,csat"), ("delighted.com", "example.com")],
    ids=["other kind", "two kinds", "other host"],
)
def test_points_whose_scale_is_not_known_are_left_to_a_person(old: str, new: str) -> None:
    of = make.tenant()

    imported = received(DELIGHTED.replace(old, new), of=of, name="responses.csv", looks=True)

    suggested = readable_mapping(imported.preview["suggestion"])
    assert isinstance(suggested, Mapping)
    assert suggested.scores == ()
    assert "score" in suggested.hidden


def test_links_that_are_none_make_no_delighted_file() -> None:
    of = make.tenant()
    broken = DELIGHTED.replace("https://app.delighted.com/r/", "https://[delighted.com/r/")

    imported = received(broken, of=of, name="responses.csv", looks=True)

    suggested = readable_mapping(imported.preview["suggestion"])
    assert isinstance(suggested, Mapping)
    assert "score" not in {one.column for one in suggested.scores if one.question == "score"}
