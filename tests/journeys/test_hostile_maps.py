"""What people try who want to see, change or break what is not theirs of journeys and maps."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from journeys import urls
from journeys.errors import NotNowError, TargetError
from journeys.models import Journey, JourneyMap
from journeys.rules import sheet_columns as columns
from journeys.rules.promises import Realisation
from journeys.rules.shapes import MAP
from journeys.services.maps import publish_map
from journeys.services.realising import note_realisation
from journeys.services.stores import JOURNEYS
from journeys.services.tagging import tag_journeys
from journeys.services.targets import set_target
from tests import make
from tests.journeys import charting as m
from tests.journeys import promising, shelving
from tests.journeys.ahead import LATER, Told
from tests.journeys.sample import sample

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

# The id of nothing; the same whoever collects the tests.
NOTHING = "00000000-0000-7000-8000-000000000000"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Only on what Eve must not read.
SECRET = "zqx"
MARKUP = "\"'><img src=x onerror=zqx><script>zqx</script>\x1b\ufffe"


class Hush:
    """Of Olga: a journey that is hidden, one of which the title is listed, and an open one.

    The open one lies in the hidden one, and a hidden one lies in its step. All maps show the same
    insight.
    """

    def __init__(self) -> None:
        self.olga = make.member(role=Role.MANAGER)
        self.tenant = self.olga.tenant
        self.eve = make.member(of=self.tenant, role=Role.CONTRIBUTOR)
        self.insight = shelving.made(self.olga, title="Nobody calls back")
        self.hidden, self.hidden_map, _ = self._drawn("Take zqx over", "zqx")
        self.listed, self.listed_map, _ = self._drawn("A title for all", "zqx")
        self.open, self.open_map, self.step = self._drawn("I call the shop", "Call")
        self.inner = m.journey(self.olga, "Inside zqx")
        self.put(self.inner, key="inside-zqx")
        told = {"journey": str(self.inner)}
        m.do(self.olga, self.open_map, m.create(new_id(), "nested", told, self.step))
        self.put(self.open, parent=str(self.hidden))
        for journey, sight in ((self.hidden, "hidden"), (self.inner, "hidden")):
            self.put(journey, visibility=sight)
        self.put(self.hidden, key="take-zqx-over")
        self.put(self.listed, visibility="listed", goal="The goal zqx")
        for journey in (self.hidden, self.listed):
            self.tag(journey)

    def _drawn(self, title: str, words: str) -> tuple[UUID, UUID, UUID]:
        journey = m.journey(self.olga, title)
        on = m.blank_map(self.olga, journey)
        m.do(self.olga, on, m.put(on, "name", f"{words} map"))
        _, step = m.stage(self.olga, on, f"{words} stage")
        lane = m.lane(self.olga, on, "insight", f"{words} lane")
        self.card = m.card(self.olga, on, lane, step, insight=str(self.insight.pk))
        return journey, on, step

    def put(self, journey: UUID, **values: Any) -> None:
        asked = [m.put(journey, name, value) for name, value in values.items()]
        with tenant_bound(self.tenant.pk):
            commit(JOURNEYS, m.request(self.olga, journey), asked)

    def tag(self, journey: UUID) -> None:
        with tenant_bound(self.tenant.pk):
            row = Journey.objects.for_tenant(self.tenant).get(pk=journey)
            tag_journeys(journeys=[row], name="Tag zqx", dimension="Of zqx")

    def of(self, journey: UUID) -> Journey:
        with tenant_bound(self.tenant.pk):
            return Journey.objects.for_tenant(self.tenant).get(pk=journey)

    def url(self, rest: str) -> str:
        return f"/t/{self.tenant.slug}/{rest}"


@pytest.fixture
def hush(db: None) -> Hush:
    return Hush()


def client_of(member: Membership) -> Client:
    # What breaks answers 500, and tells which case it was.
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    return client


def said(answer: Any) -> str:
    """Give what an answer says, all files of a zip too."""
    if not answer.content.startswith(b"PK"):
        found: str = answer.content.decode()
        return found
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "".join(f"{name} {archive.read(name).decode()}" for name in archive.namelist())


PAGES = (
    "journeys/",
    "journeys/?state=none",
    "journeys/heat/",
    "journeys/mine/",
    "journeys/new/",
    "journeys/{open}/",
    "journeys/{open}/peek/",
    "journeys/{open}/file/",
    "journeys/{listed}/",
    "maps/{listed_map}/",
    "maps/{open_map}/",
    "maps/{open_map}/raci/",
    "maps/{open_map}/diff/?at=2",
    "maps/{open_map}/changes?after=0",
    "maps/{open_map}/picker/?kind=nested",
    "maps/{open_map}/file/?syntax=yaml",
    "maps/{open_map}/file/?syntax=json",
    "maps/{open_map}/file/?syntax=markdown",
    "maps/{open_map}/file/?syntax=mermaid",
    "maps/{open_map}/panel/?of={card}&tab=uses",
    "maps/{open_map}/panel/?of={step}&tab=history",
    "insights/",
    "insights/{insight.pk}/",
    "opportunities/",
    # Part of the word, as the page says again what was asked for.
    "find/?q=qx",
)


def test_nothing_tells_of_hidden_journeys_or_of_listed_ones_more_than_the_title(hush: Hush) -> None:
    client = client_of(hush.eve)
    answers = {page: client.get(hush.url(page.format(**vars(hush)))) for page in PAGES}

    assert {page: one.status_code for page, one in answers.items() if one.status_code != 200} == {}
    told = {page: said(one) for page, one in answers.items()}
    assert [page for page, text in told.items() if SECRET in text] == []


def test_what_is_behind_a_title_is_no_filter_of_the_list(hush: Hush) -> None:
    client = client_of(hush.eve)
    lists = [client.get(hush.url(f"journeys/?{q}")) for q in ("tag=Of+zqx:+Tag+zqx", "state=ahead")]
    with tenant_bound(hush.tenant.pk):
        JourneyMap.objects.for_tenant(hush.tenant).filter(pk=hush.listed_map).update(state="future")
    lists.append(client.get(hush.url("journeys/?state=ahead")))

    assert ["A title for all" in said(one) for one in lists] == [False] * 3
    mine = client_of(hush.olga).get(hush.url("journeys/?state=ahead"))
    assert "A title for all" in said(mine)


def test_a_hidden_journey_and_its_maps_answer_as_if_they_were_not_there(hush: Hush) -> None:
    ids = {"journey_map_id": hush.hidden_map, "journey_id": hush.hidden, "document_id": hush.hidden}
    client, found = client_of(hush.eve), []
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        places = re.findall(r"<uuid:(\w+)>", route)
        if not route.startswith(("maps/<", "journeys/<")) or "document_id" in places:
            continue
        for name in places:
            value = ids.get(name, new_id())
            route = route.replace(f"<uuid:{name}>", str(value))
        url, sent = hush.url(route), {"garbage": "\0"}
        found += [(route, send(url, sent).status_code) for send in (client.get, client.post)]

    assert len(found) > 80
    # 405 is a way of asking that no map has.
    assert [one for one in found if one[1] not in {404, 405}] == []


def test_a_file_of_who_does_not_see_a_journey_takes_it_away_from_nothing(hush: Hush) -> None:
    client = client_of(hush.eve)
    text = said(client.get(hush.url(f"maps/{hush.open_map}/file/"))).replace("Call lane", "Calls")
    sent = {"do": "apply", "text": text, "onto": str(hush.open_map)}

    assert client.post(hush.url("journeys/import/"), sent).status_code == 302
    state = m.state_of(hush.olga, hush.open_map)
    assert "Calls" in {e.values["title"] for e in state.values() if e.kind == "lane"}
    inside = [e for e in state.values() if e.kind == "nested" and not e.is_deleted]
    assert [e.values["journey"] for e in inside] == [str(hush.inner)]
    assert hush.of(hush.open).parent_id == hush.hidden


def test_the_owner_takes_out_what_is_hidden_from_others(hush: Hush) -> None:
    text = said(client_of(hush.olga).get(hush.url(f"maps/{hush.open_map}/file/")))

    assert ("parent: take-zqx-over" in text, "inside-zqx" in text) == (True, True)


@pytest.mark.parametrize("kind", ["persona", "touchpoint", "actor", "nested", "channel", "insight"])
def test_a_picker_takes_no_offence_at_signs_that_cannot_be_stored(hush: Hush, kind: str) -> None:
    client, url = client_of(hush.olga), hush.url(f"maps/{hush.open_map}/picker/")
    added = client.post(url, {"kind": kind, "name": "a\0b", "sort": "customer"})

    assert client.get(url, {"kind": kind, "q": "a\0b"}).status_code == 200
    if kind == "nested":  # A journey has a page of its own to be made on.
        assert added.status_code == 404
    else:
        assert (added.status_code, added.json()["field"]) == (422, "name")


@pytest.mark.parametrize("query", ["on=9999-12-31", "on=2201-01-01", "on=0001-01-01", "at=1e9"])
@pytest.mark.parametrize("page", ["diff/", "diff/changes.md"])
def test_no_day_is_too_far_away_to_be_refused(hush: Hush, query: str, page: str) -> None:
    answer = client_of(hush.eve).get(hush.url(f"maps/{hush.open_map}/{page}?{query}"))

    assert answer.status_code == 422


@pytest.mark.parametrize(("key", "number"), [("x", "9" * 5_000), ("a\0b", "1"), ("x", "²")])
def test_a_workbook_that_names_no_map_is_refused_in_words(
    hush: Hush, key: str, number: str
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        rows = f"a,b\n{columns.INFO_JOURNEY_KEY},{key}\n{columns.INFO_MAP_NUMBER},{number}\n"
        archive.writestr(f"{columns.INFO}.csv", rows)
        archive.writestr(f"{columns.CARDS}.csv", "key\n")
    file = SimpleUploadedFile("map.zip", packed.getvalue())
    answer = client_of(hush.eve).post(hush.url("journeys/import/"), {"do": "look", "file": file})

    assert (answer.status_code, "about a map that is not here" in said(answer)) == (422, True)


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("url", "javascript:alert(1)", 422),
        ("url", " JaVaScRiPt:alert(1)", 422),
        ("url", "https://x\n# A heading", 422),
        ("url", "https://x y", 422),
        ("url", "https://x/?q=%20", 200),
        ("text", "a\0b", 422),
        ("text", "x" * 20_001, 422),
        ("value", -10_000, 422),
        ("value", "NaN", 422),
        ("step_to", NOTHING, 422),
        ("persona", NOTHING, 404),
        ("lane", NOTHING, 422),
    ],
)
def test_a_card_takes_what_it_can_hold(hush: Hush, field: str, value: Any, status: int) -> None:
    asked = {"id": str(new_id()), "batch": str(new_id()), "op": "set", "lineage": str(hush.card)}
    sent = json.dumps([{**asked, "field": field, "value": value}])
    url = hush.url(f"maps/{hush.open_map}/ops")

    assert client_of(hush.olga).post(url, sent, "application/json").status_code == status


def test_what_people_write_is_never_markup_on_any_page_of_a_map() -> None:
    made = sample(make.member())
    asked = [
        m.put(element.id, field.name, MARKUP)
        for element in m.state_of(made.member, made.map_id).values()
        for field in MAP.element(element.kind).fields
        if field.is_text and field.name not in {"key", "icon"}
    ]
    m.do(made.member, made.map_id, *asked)
    client, start = client_of(made.member), f"/t/{made.member.tenant.slug}/maps/{made.map_id}/"
    pages = ["", "raci/", "check/", "diff/?at=3", "diff/?at=3&view=sides", "export/", "history/"]
    pages += [f"panel/?of={pk}" for pk in (*made.cards.values(), made.steps[0])]
    answers = {page: client.get(start + page) for page in pages}

    assert {page for page, one in answers.items() if one.status_code != 200} == set()
    told = {page: said(one) for page, one in answers.items()}
    assert [page for page, text in told.items() if "<img src=x" in text] == []
    assert "&lt;img src=x" in told[""]


def test_programs_that_may_not_edit_take_nothing_restricted_out(hush: Hush) -> None:
    hush.put(hush.open, sensitivity="restricted")
    answers: dict[tuple[str, int], int] = {}
    for rights in ([], [Right.EDIT_JOURNEYS]):
        both = [Right.SEE_JOURNEYS, Right.EXPORT_JOURNEYS, *rights]
        _, secret = make.api_key(of=hush.tenant, rights=both)
        for file in ("map.svg", "map.xlsx", "file/"):
            url = f"/api/v1/journey-maps/{hush.open_map}/{file}"
            answer = Client().get(url, headers={"X-Api-Key": secret})
            answers[file, len(rights)] = answer.status_code

    assert {one for (_, n), one in answers.items() if n == 0} == {403}
    assert {one for (_, n), one in answers.items() if n == 1} == {200}


def test_a_map_is_published_once_and_of_two_drafts_one_holds() -> None:
    told = Told(make.member())
    draft, other = told.draft(), told.current
    with tenant_bound(told.member.tenant_id):
        stale = told.row(draft.pk)
        publish_map(of=draft, by=told.member, now=LATER)
        with pytest.raises(NotNowError):
            publish_map(of=stale, by=told.member, now=LATER)
        rows = JourneyMap.objects.for_tenant(told.member.tenant).filter(state="current")
        live = rows.filter(status="published", valid_to=None)
        assert [row.pk for row in live] == [draft.pk]
        assert told.row(other.pk).status == "retired"


@pytest.mark.parametrize("what", ["map", "journey"])
def test_what_is_archived_promises_nothing_new(what: str) -> None:
    told = Told(make.member())
    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        (of if what == "map" else of.journey).archived_at = LATER
        with pytest.raises(NotNowError, match="archived"):
            note_realisation(
                of=of, step=told.pay, state=Realisation.LIVE, by=told.member, now=LATER
            )
        with pytest.raises(TargetError, match="archived"):
            set_target(
                of=of,
                binding=None,  # type: ignore[arg-type]  # refused before it is looked at
                promised=promising.promised(),
                by=told.member,
                now=LATER,
            )
