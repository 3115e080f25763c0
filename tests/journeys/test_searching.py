"""Search through maps, comments and library: mistyped words, and only what one may read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.collaboration.models import Comment
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap
from journeys.selectors.searching import Found, found_by
from tests import make
from tests.collaboration import commenting
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_access import granted

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def found(reader: Membership, text: str) -> dict[str, list[Found]]:
    with tenant_bound(reader.tenant_id):
        return found_by(reader.tenant, reader, text, most=5)


def words(reader: Membership, text: str) -> dict[str, list[str]]:
    return {kind: [one.words for one in listed] for kind, listed in found(reader, text).items()}


def said(made: Sample, body: str, about: UUID | None = None) -> None:
    subject = commenting.of_journey_map(made.member, made.map_id)
    commenting.begun(made.member, subject, body, part=about)


def journeys_of(made: Sample, **columns: object) -> None:
    with tenant_bound(made.member.tenant_id):
        of = JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id).journey_id
        Journey.objects.for_tenant(made.member.tenant).filter(pk=of).update(**columns)


@pytest.mark.parametrize(
    "text",
    [
        "letter",
        "LETTER",
        "lettre",
        "lettr tenant",
        "tenant leter to",
        "  letter \0 ",
    ],
)
def test_a_card_is_found_by_its_words_however_they_are_typed(made: Sample, text: str) -> None:
    [card] = found(made.member, text)["card"]

    assert (card.words, card.id) == ("Letter to the tenant", made.cards["Files 4"])
    assert card.where == (
        "Files", "Waits for the engineer", "As it is", "Switching to fibre at home",
    )  # fmt: skip


def test_steps_stages_lanes_journeys_and_personas_are_found(made: Sample) -> None:
    assert words(made.member, "enginer visits")["step"] == ["The engineer visits"]
    assert words(made.member, "becom awere")["stage"] == ["Become aware"]
    assert words(made.member, "backstag")["lane"] == ["Backstage"]
    assert words(made.member, "fiber at home")["journey"] == ["Switching to fibre at home"]
    assert words(made.member, "maya")["persona"] == ["Maya"]


def test_accents_are_no_matter(made: Sample) -> None:
    charting.do(
        made.member, made.map_id, charting.put(made.cards["Does 0"], "text", "Café in Málaga")
    )

    assert words(made.member, "cafe malaga")["card"] == ["Café in Málaga"]


def test_tags_are_found_and_told(made: Sample) -> None:
    charting.do(made.member, made.map_id, charting.put(made.steps[0], "tags", ["churn risk"]))

    assert words(made.member, "churn")["step"] == ["Sees an ad for fibre (churn risk)"]


def test_a_comment_is_found_until_it_is_deleted(made: Sample) -> None:
    said(made, "The voucher never arrives", made.cards["Does 0"])

    [one] = found(made.member, "vouchr")["comment"]

    assert (one.words, one.id) == ("The voucher never arrives", made.cards["Does 0"])
    with tenant_bound(made.member.tenant_id):
        rows = Comment.objects.for_tenant(made.member.tenant)
        rows.update(deleted_at=make.NOW, body="")
    assert "comment" not in found(made.member, "voucher")


def test_items_of_the_library_are_found_while_they_are_in_use(made: Sample) -> None:
    kept = shelving.made(made.member, kind="pain", title="Nobody says when")

    assert words(made.member, "nobdy says")["insight"] == ["Nobody says when"]
    with tenant_bound(made.member.tenant_id):
        type(kept).objects.for_tenant(made.member.tenant).update(archived_at=make.NOW)
    assert "insight" not in found(made.member, "nobody says")


def test_what_is_hidden_is_never_found_by_others(made: Sample) -> None:
    said(made, "The voucher never arrives")
    journeys_of(made, visibility="hidden")
    other = make.member(of=made.member.tenant, role=Role.MANAGER)

    for text in ("letter", "engineer", "voucher", "backstage", "aware", "fibre"):
        assert found(other, text) == {}
    assert "card" in found(made.member, "letter")


def test_of_a_listed_journey_its_title_alone_is_found(made: Sample) -> None:
    journeys_of(made, visibility="listed", owner=made.member)
    other = make.member(of=made.member.tenant, role=Role.VIEWER)

    assert words(other, "fibre") == {"journey": ["Switching to fibre at home"]}
    assert found(other, "letter") == {}


def test_a_guest_finds_on_what_they_were_let_into_alone(made: Sample) -> None:
    shelving.made(made.member, kind="pain", title="Letter of a colleague")
    member = made.member
    other = charting.blank_map(member, charting.journey(member, "Returns"))
    [_, step] = charting.stage(member, other)
    card = charting.card(member, other, charting.lane(member, other), step, text="A letter comes")
    guest = make.member(of=member.tenant, role=Role.GUEST)
    assert found(guest, "letter") == {}
    with tenant_bound(member.tenant_id):
        of = JourneyMap.objects.for_tenant(member.tenant).get(pk=other).journey_id
    granted(guest, of, "viewer")

    listed = found(guest, "letter")

    assert [(kind, one.id) for kind, those in listed.items() for one in those] == [("card", card)]


def test_other_workspaces_find_nothing(made: Sample) -> None:
    assert found(make.member(), "letter") == {}


@pytest.mark.parametrize("column", ["map", "journey"])
def test_what_is_archived_is_not_searched(made: Sample, column: str) -> None:
    if column == "journey":
        journeys_of(made, archived_at=make.NOW)
    else:
        with tenant_bound(made.member.tenant_id):
            rows = JourneyMap.objects.for_tenant(made.member.tenant).filter(pk=made.map_id)
            rows.update(archived_at=make.NOW)

    assert "card" not in found(made.member, "letter")


@pytest.mark.parametrize(
    "text", ["", "x", "%", "''; --", "\\", "\0\0\0", "☃☃", "|&!()<->:*", " " * 300]
)
def test_what_says_nothing_finds_nothing(made: Sample, text: str) -> None:
    assert found(made.member, text) == {}


def test_a_very_long_question_is_cut(made: Sample) -> None:
    assert found(made.member, "unheard " * 5_000) == {}


def test_the_page_leads_to_the_card_on_its_map(made: Sample) -> None:
    client = client_of(made.member)

    page = client.get(f"/t/{made.member.tenant.slug}/journeys/find/?q=leter").content.decode()

    address = f"/t/{made.member.tenant.slug}/maps/{made.map_id}/?of={made.cards['Files 4']}"
    assert f'<a href="{address}">Letter to the tenant</a>' in page
    assert "Letter to the tenant" in client.get(address).content.decode()


def test_each_address_that_the_page_gives_opens(made: Sample) -> None:
    shelving.made(made.member, kind="pain", title="No engineer comes")
    said(made, "Which engineer was it?")
    client = client_of(made.member)
    page = client.get(f"/t/{made.member.tenant.slug}/journeys/find/?q=engineer").content.decode()

    lines = re.search(r'id="search-results".*', page, re.DOTALL)
    addresses = re.findall(r'<li><a href="([^"]+)"', lines[0] if lines else "")

    assert len(addresses) >= 4
    opened = [client.get(one.replace("&amp;", "&")).status_code for one in addresses]
    assert opened == [200] * len(addresses)


def test_what_people_wrote_is_shown_as_text(made: Sample) -> None:
    text = "<script>alert(1)</script> sesame"
    charting.do(made.member, made.map_id, charting.put(made.cards["Does 0"], "text", text))

    page = client_of(made.member).get(f"/t/{made.member.tenant.slug}/journeys/find/?q=sesame")

    assert "<script>alert(1)" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_the_palette_finds_what_is_said_and_leads_to_all_of_it(made: Sample) -> None:
    answer = client_of(made.member).get(f"/t/{made.member.tenant.slug}/find/?q=leter")

    page = answer.content.decode()
    assert f"?of={made.cards['Files 4']}" in page
    assert f"/t/{made.member.tenant.slug}/journeys/find/?q=leter" in page


def test_strangers_do_not_find_the_page(made: Sample) -> None:
    url = f"/t/{made.member.tenant.slug}/journeys/find/?q=letter"

    assert client_of(make.member()).get(url).status_code == 404


def test_more_hits_cost_no_more_queries(made: Sample) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert "card" in found(made.member, "letter")
        return len(caught)

    before = count()
    first, last = str(made.steps[0]), str(made.steps[1])
    charting.do(
        made.member,
        made.map_id,
        *(
            charting.create(
                new_id(),
                "card",
                {"step_from": first, "step_to": last, "text": f"Letter {number}"},
                made.lanes["Does"],
            )
            for number in range(10)
        ),
    )

    assert count() == before
