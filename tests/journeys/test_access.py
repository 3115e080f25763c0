"""People who are let into a journey, one by one: members, guests, and until when."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry, Invitation, Membership
from cxm.tenants.rules import Right, Role
from journeys.models import AccessGrant, Journey, JourneyMap, PromisedGrant
from tests import make
from tests.collaboration import commenting
from tests.journeys import charting
from tests.journeys.test_map_live import client_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LONG_AGO, FAR = date(2020, 1, 1), date(2199, 1, 1)


@pytest.fixture
def bea() -> Membership:
    return make.member()


def journey(of: Membership, visibility: str = "hidden", **columns: Any) -> UUID:
    pk = charting.journey(of, "I send back shoes")
    charting.blank_map(of, pk)
    with tenant_bound(of.tenant_id):
        rows = Journey.objects.for_tenant(of.tenant).filter(pk=pk)
        rows.update(visibility=visibility, **columns)
    return pk


def map_of(of: Membership, pk: UUID) -> UUID:
    with tenant_bound(of.tenant_id):
        found: UUID = JourneyMap.objects.for_tenant(of.tenant).get(journey=pk).pk
    return found


def granted(to: Membership, pk: UUID, role: str = "viewer", until: date | None = None) -> None:
    with tenant_bound(to.tenant_id):
        AccessGrant.objects.create(
            tenant=to.tenant,
            journey_id=pk,
            member=to,
            role=role,
            expires_on=until,
            created_at=make.NOW,
        )


def page(of: Membership, pk: UUID, more: str = "") -> str:
    return f"/t/{of.tenant.slug}/journeys/{pk}/{more}"


def map_page(of: Membership, pk: UUID, more: str = "") -> str:
    return f"/t/{of.tenant.slug}/maps/{map_of(of, pk)}/{more}"


def let_in(by: Membership, pk: UUID, email: str, **told: str) -> HttpResponse:
    values = {"email": email, "role": "viewer", **told}
    return client_of(by).post(page(by, pk, "access/"), values)  # type: ignore[return-value]


def soon() -> str:
    return (now().date() + timedelta(days=30)).isoformat()


def grants(of: Membership) -> list[tuple[str, str, date | None]]:
    with tenant_bound(of.tenant_id):
        rows = AccessGrant.objects.for_tenant(of.tenant).order_by("pk")
        return list(rows.values_list("member__user__email", "role", "expires_on"))


def deeds(of: Membership) -> list[str]:
    with tenant_bound(of.tenant_id):
        rows = AuditEntry.objects.for_tenant(of.tenant).order_by("at", "pk")
        found = list(rows.values_list("action", flat=True))
    return [one for one in found if one.startswith("journey-access")]


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def token_in(answer: Any) -> str:
    link: str = answer.context["link"]
    return link.rstrip("/").rpartition("/")[2]


def accepted(of: Membership, token: str, email: str) -> Membership:
    told = {"name": "Gil Gast", "password": "three words in a row"}
    assert Client().post(f"/invitations/{token}/join/", told).status_code == 302
    with tenant_bound(of.tenant_id):
        rows = Membership.objects.for_tenant(of.tenant).select_related("tenant", "user")
        return rows.get(user__email=email)


@pytest.mark.parametrize(
    ("until", "status"), [(None, 200), (FAR, 200), (LONG_AGO, 404)], ids=["open", "far", "over"]
)
def test_a_grant_opens_a_hidden_journey_until_its_last_day(
    bea: Membership, until: date | None, status: int
) -> None:
    pk, ana = journey(bea), make.member(of=bea.tenant, role=Role.VIEWER)
    granted(ana, pk, until=until)

    found = client_of(ana).get(page(bea, pk))
    listed = words(client_of(ana).get(f"/t/{bea.tenant.slug}/journeys/"))

    assert found.status_code == status
    assert client_of(ana).get(map_page(bea, pk)).status_code == status
    assert ("I send back shoes" in listed) is (status == 200)


def test_a_grant_is_for_one_journey_and_one_member(bea: Membership) -> None:
    pk, other = journey(bea), journey(bea)
    ana, cem = (make.member(of=bea.tenant, role=Role.VIEWER) for _ in range(2))
    granted(ana, pk)

    assert client_of(ana).get(page(bea, other)).status_code == 404
    assert client_of(cem).get(page(bea, pk)).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 404), ("commenter", 404), ("contributor", 302)]
)
def test_only_contributors_change_what_they_were_let_into(
    bea: Membership, role: str, status: int
) -> None:
    pk, ana = journey(bea), make.member(of=bea.tenant, role=Role.ANALYST)
    granted(ana, pk, role)

    answer = client_of(ana).post(map_page(bea, pk, "add/"), {"what": "stage"})

    assert answer.status_code == status


def test_an_agent_finds_the_map_that_holds_now_and_no_draft(bea: Membership) -> None:
    pk, agent = journey(bea, "editable"), make.member(of=bea.tenant, role=Role.AGENT)
    client, tenant = client_of(agent), bea.tenant
    before = client.get(map_page(bea, pk)).status_code
    shown = words(client.get(page(bea, pk)))
    charting.stage(bea, map_of(bea, pk))
    with tenant_bound(bea.tenant_id):
        rows = JourneyMap.objects.for_tenant(tenant).filter(journey=pk)
        rows.update(status="published", valid_from=now(), published_at=now())

    after = client.get(map_page(bea, pk)).status_code

    assert (before, after) == (404, 200)
    assert "As it is" not in shown
    assert "As it is" in words(client.get(page(bea, pk)))


def test_an_agent_reads_nothing_of_what_was_there_before_a_map_held(bea: Membership) -> None:
    pk, agent = journey(bea, "editable"), make.member(of=bea.tenant, role=Role.AGENT)
    first = map_of(bea, pk)
    commenting.begun(bea, commenting.of_journey_map(bea, first), "zqx about the draft")
    on = charting.blank_map(bea, pk, number=2)
    _, step = charting.stage(bea, on)
    charting.do(bea, on, charting.put(step, "title", "zqx"))
    charting.do(bea, on, charting.put(step, "title", "Calls"))
    with tenant_bound(bea.tenant_id):
        rows = JourneyMap.objects.for_tenant(bea.tenant).filter(pk=on)
        rows.update(status="published", baseline=first, baseline_seq=1, valid_from=now())
    api, head = f"/api/v1/journey-maps/{on}", {"X-Tenant": bea.tenant.slug}
    start = f"/t/{bea.tenant.slug}/maps/{on}"

    def told(member: Membership) -> list[bool]:
        client = client_of(member)
        paths = (
            f"{start}/?comments=baseline",
            f"{api}/operations/",
            f"{api}/threads/?show=baseline",
        )
        changes = client.get(f"{start}/changes?after=0").json()["changes"]
        found = [client.get(path, headers=head).content.decode() for path in paths]
        history = client.get(f"{start}/panel/?of={step}&tab=history").content.decode()
        return [bool(changes), "No changes" not in history, *("zqx" in page for page in found)]

    assert told(bea) == [True] * 5
    assert told(agent) == [False] * 5


def test_a_member_is_let_in_changed_and_let_out(bea: Membership) -> None:
    pk = journey(bea)
    make.member(of=bea.tenant, role=Role.ANALYST, email="ana@example.com")

    let_in(bea, pk, " ANA@example.com", role="viewer")
    let_in(bea, pk, "ana@example.com", role="contributor", expires_on=soon())
    first = grants(bea)
    with tenant_bound(bea.tenant_id):
        one = AccessGrant.objects.for_tenant(bea.tenant).get()
    client = client_of(bea)
    client.post(page(bea, pk, f"access/{one.pk}/"), {"role": "commenter", "expires_on": ""})
    second = grants(bea)
    client.post(page(bea, pk, f"access/{one.pk}/take/"))

    assert first == [("ana@example.com", "contributor", date.fromisoformat(soon()))]
    assert second == [("ana@example.com", "commenter", None)]
    assert grants(bea) == []
    assert deeds(bea) == [
        "journey-access-given",
        "journey-access-given",
        "journey-access-changed",
        "journey-access-taken",
    ]


def test_a_guest_is_let_in_by_accepting(bea: Membership) -> None:
    pk = journey(bea)

    answer = let_in(bea, pk, "gil@example.com", role="commenter", expires_on=soon())
    before = words(client_of(bea).get(page(bea, pk, "access/")))
    guest = accepted(bea, token_in(answer), "gil@example.com")

    assert "gil@example.com" in before
    assert "Invited" in before
    assert guest.role == Role.GUEST
    assert grants(bea) == [("gil@example.com", "commenter", date.fromisoformat(soon()))]
    assert client_of(guest).get(page(bea, pk)).status_code == 200
    with tenant_bound(bea.tenant_id):
        assert not PromisedGrant.objects.for_tenant(bea.tenant).exists()


def test_a_guest_who_is_invited_twice_gets_both_with_the_newer_link(bea: Membership) -> None:
    first, second = journey(bea), journey(bea)

    old = token_in(let_in(bea, first, "gil@example.com", expires_on=soon()))
    new = token_in(let_in(bea, second, "gil@example.com", expires_on=soon()))
    gone = Client().get(f"/invitations/{old}/").status_code
    guest = accepted(bea, new, "gil@example.com")

    assert gone == 410
    assert [client_of(guest).get(page(bea, pk)).status_code for pk in (first, second)] == [200, 200]


def test_who_was_invited_as_more_than_a_guest_keeps_that_invitation(bea: Membership) -> None:
    pk, client = journey(bea), client_of(bea)
    url = f"/t/{bea.tenant.slug}/settings/people/invitations/create/"
    invited = client.post(url, {"email": "ann@example.com", "role": "analyst"})

    answer = let_in(bea, pk, "ann@example.com", expires_on=soon())
    ann = accepted(bea, token_in(invited), "ann@example.com")

    assert answer.status_code == 302
    assert ann.role == Role.ANALYST
    assert client_of(ann).get(page(bea, pk)).status_code == 200


def test_taking_a_promise_back_withdraws_the_invitation(bea: Membership) -> None:
    pk = journey(bea)
    token = token_in(let_in(bea, pk, "gil@example.com", expires_on=soon()))
    with tenant_bound(bea.tenant_id):
        one = PromisedGrant.objects.for_tenant(bea.tenant).get()

    client_of(bea).post(page(bea, pk, f"access/{one.pk}/take/"))

    assert Client().get(f"/invitations/{token}/").status_code == 410
    assert deeds(bea) == ["journey-access-promised", "journey-access-taken"]


def test_managers_invite_guests_and_nobody_else(bea: Membership) -> None:
    manager = make.member(of=bea.tenant, role=Role.MANAGER)
    pk = journey(bea, "editable")

    answer = let_in(manager, pk, "gil@example.com", expires_on=soon())

    with tenant_bound(bea.tenant_id):
        made = list(Invitation.objects.for_tenant(bea.tenant).values_list("email", "role"))
    assert answer.status_code == 200
    assert made == [("gil@example.com", "guest")]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"email": "gil", "expires_on": "2026-12-01"}, "email"),
        ({"email": "gil@example.com"}, "expires_on"),
        ({"email": "gil@example.com", "expires_on": "2020-01-01"}, "expires_on"),
        ({"email": "gil@example.com", "expires_on": "2099-01-01"}, "expires_on"),
        ({"email": "gil@example.com", "expires_on": "soon"}, "expires_on"),
        ({"email": "gil@example.com", "role": "owner"}, "role"),
        ({"email": "vera@example.com", "role": "contributor"}, "role"),
    ],
)
def test_what_cannot_be_granted_is_refused_at_its_field(
    bea: Membership, told: dict[str, str], field: str
) -> None:
    pk = journey(bea)
    make.member(of=bea.tenant, role=Role.VIEWER, email="vera@example.com")

    answer = client_of(bea).post(page(bea, pk, "access/"), {"role": "viewer", **told})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert grants(bea) == []


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CONTRIBUTOR, Role.VIEWER, Role.AGENT])
def test_who_may_not_let_others_in_does_not_find_the_page(bea: Membership, role: Role) -> None:
    pk, other = journey(bea, "editable"), make.member(of=bea.tenant, role=role)

    assert client_of(other).get(page(bea, pk, "access/")).status_code == 404
    assert let_in(other, pk, other.user.email).status_code == 404


@pytest.mark.parametrize("visibility", ["hidden", "listed", "viewable"])
def test_a_manager_lets_nobody_into_what_only_its_owner_changes(
    bea: Membership, visibility: str
) -> None:
    pk, manager = journey(bea, visibility), make.member(of=bea.tenant, role=Role.MANAGER)

    assert let_in(manager, pk, manager.user.email, role="contributor").status_code == 404
    assert grants(bea) == []


def test_a_stranger_and_a_grant_of_another_journey_are_not_found(bea: Membership) -> None:
    pk, other, stranger = journey(bea), journey(bea), make.member()
    granted(bea, other)
    with tenant_bound(bea.tenant_id):
        one = AccessGrant.objects.for_tenant(bea.tenant).get()

    foreign = client_of(stranger).get(page(stranger, pk, "access/"))
    wrong = client_of(bea).post(page(bea, pk, f"access/{one.pk}/"), {"role": "cow"})

    assert (foreign.status_code, wrong.status_code) == (404, 404)


def test_over_the_api_a_program_lets_in_changes_and_takes_away(
    bea: Membership, client: Client
) -> None:
    pk = journey(bea, "editable")
    rights = [Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS, Right.SHARE_JOURNEYS]
    head = {"Authorization": f"Bearer {make.api_key(of=bea.tenant, rights=rights)[1]}"}
    url = f"/api/v1/journeys/{pk}/access/"
    told = {"email": "gil@example.com", "role": "viewer", "expires_on": soon()}

    made = client.post(url, told, content_type="application/json", headers=head)
    one = made.json()["people"][0]["id"]
    changed = client.patch(
        f"{url}{one}/",
        {"role": "commenter", "expires_on": soon()},
        content_type="application/json",
        headers=head,
    )
    taken = client.delete(f"{url}{one}/", headers=head)

    assert (made.status_code, changed.status_code, taken.status_code) == (201, 200, 204)
    assert "/invitations/" in made.json()["url"]
    assert [(p["role"], p["state"]) for p in changed.json()] == [("commenter", "invited")]
    assert client.get(url, headers=head).json() == []


def test_over_the_api_a_program_without_the_right_lets_nobody_in(
    bea: Membership, client: Client
) -> None:
    pk = journey(bea, "editable")
    rights = [Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS]
    _, key = make.api_key(of=bea.tenant, rights=rights)
    head = {"Authorization": f"Bearer {key}"}

    answer = client.post(f"/api/v1/journeys/{pk}/access/", {"email": "cow"}, headers=head)

    assert answer.status_code == 403


def test_the_page_says_what_each_role_does(bea: Membership) -> None:
    shown = words(client_of(bea).get(page(bea, journey(bea, "viewable"), "access/")))

    assert "Analysts and contributors Finds, reads, comments, takes files out" in shown
    assert "Guests who were not let in Nothing" in shown
