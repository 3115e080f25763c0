"""Links that show dashboards to people outside: what they show, refuse, and when they end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import DashboardShare
from analytics.rules.shared_boards import KINDS, NOT_CHOSEN, SHOWN, why_hidden
from analytics.rules.tile_kinds import TileKind
from analytics.services.dashboards import archive_dashboard
from cxm.collaboration.models import ShareLink
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.analytics.boarding import board, every_kind, tile
from tests.personas.shares import PASSWORD, change, opened, the_link, visits

if TYPE_CHECKING:
    from analytics.models import Dashboard
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
FILLED = {"kinds": [kind for kind, _ in KINDS], "days": "90", "label": "The agency"}
OF_PERSONS = {TileKind.CHURN, TileKind.COHORTS, TileKind.NOTE}
SECRET = "Ms Sixpence of Number 12 said so"


@pytest.fixture
def bea() -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    at = now()
    make.load(
        *(
            make.record(
                score,
                touchpoint=place,
                comment=SECRET,
                answered_at=at - timedelta(days=1, minutes=number),
            )
            for place, score, count in (("checkout", 9, 30), ("delivery", 3, 30), ("tiny", 0, 2))
            for number in range(count)
        ),
        of=member.tenant,
    )
    return member


@pytest.fixture
def full(bea: Membership) -> Dashboard:
    """A dashboard with a tile of every kind."""
    on = board(bea, "Monday meeting", sharing="everybody")
    for kind, asked in every_kind(bea).items():
        title = f"The {kind.value}" if kind not in OF_PERSONS else f"{SECRET} {kind.value}"
        needed = {**asked, "text": SECRET} if kind is TileKind.NOTE else asked
        tile(on, bea, kind.value, title=title, **needed)
    return on


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(on: Dashboard, rest: str = "") -> str:
    return f"/t/{on.tenant.slug}/dashboards/{on.pk}/share/{rest}"


def linked(member: Membership, on: Dashboard, **told: Any) -> str:
    """Make a link by the page; give its path."""
    made = client_of(member).post(url(on), {**FILLED, **told}).content.decode()
    found = re.search(r'value="http://testserver(/s/[\w-]{43})"', made)
    assert found, made
    return found[1]


def test_a_link_shows_figures_and_no_person(bea: Membership, full: Dashboard) -> None:
    answer = opened(linked(bea, full))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Monday meeting" in page
    assert all(f"The {kind.value}" in page for kind in SHOWN)
    assert "The texts" not in page
    assert SECRET not in page
    for kind in set(TileKind) - set(SHOWN):
        assert why_hidden(kind, []) in page
    assert f"/t/{bea.tenant.slug}" not in page
    assert str(bea.user.email) not in page
    assert "<script" not in page


def test_small_groups_are_hidden_and_no_filter_tells_them_apart(
    bea: Membership, full: Dashboard
) -> None:
    path = linked(bea, full, kinds=["bars", "table"])
    page = opened(path).content.decode()
    asked = Client().get(f"{path}?touchpoint=tiny&period=all").content.decode()

    row = re.findall(r"<tr><th[^>]*>tiny</th>.*?</tr>", page, re.IGNORECASE | re.DOTALL)
    assert row
    assert not any("100" in re.sub(r"<[^>]+>", " ", one) for one in row)
    assert NOT_CHOSEN in page
    assert re.findall(r"\d+ answers", asked) == re.findall(r"\d+ answers", page)


def test_the_page_is_kept_from_machines_and_runs_nothing(bea: Membership, full: Dashboard) -> None:
    answer = opened(linked(bea, full))

    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_a_link_lasts_ninety_days_and_a_year_at_most(bea: Membership, full: Dashboard) -> None:
    linked(bea, full)
    link = the_link(bea)
    refused = client_of(bea).post(url(full), {**FILLED, "days": "366"})

    assert timedelta(days=89, hours=23) < link.expires_at - now() <= timedelta(days=90)
    assert refused.status_code == 422
    assert "The agency" in refused.content.decode()


def test_visits_are_counted_and_a_link_that_ran_out_shows_nothing(
    bea: Membership, full: Dashboard
) -> None:
    path = linked(bea, full)
    for _ in range(3):
        opened(path)
    seen = (the_link(bea).hits, len(visits(bea)))
    change(the_link(bea), expires_at=now() - timedelta(minutes=1))

    assert seen == (3, 1)
    assert opened(path).status_code == 404


def test_a_revoked_link_shows_nothing_at_once_and_is_revoked_once(
    bea: Membership, full: Dashboard
) -> None:
    path = linked(bea, full)
    for _ in range(2):
        client_of(bea).post(url(full, f"{the_link(bea).pk}/revoke/"))

    assert opened(path).status_code == 404
    assert "Revoked" in client_of(bea).get(url(full)).content.decode()


def test_an_archived_dashboard_is_gone(bea: Membership, full: Dashboard) -> None:
    path = linked(bea, full)
    with tenant_bound(bea.tenant_id):
        archive_dashboard(board=full, by=bea, now=make.NOW)

    assert opened(path).status_code == 410


def test_five_wrong_passwords_make_even_the_right_one_wait(
    bea: Membership, full: Dashboard
) -> None:
    path, client = linked(bea, full, password=PASSWORD), Client()
    asked = client.get(path).content.decode()
    tried = [client.post(path, {"password": "wrong one"}).status_code for _ in range(5)]
    right = client.post(path, {"password": PASSWORD})
    change(the_link(bea), locked_until=now() - timedelta(seconds=1))
    entered = client.post(path, {"password": PASSWORD})

    assert "Monday meeting" not in asked
    assert tried == [422, 422, 422, 422, 429]
    assert right.status_code == 429
    assert entered.status_code == 302
    assert "Monday meeting" in client.get(path).content.decode()
    assert the_link(bea).password.startswith(("pbkdf2_", "argon2", "scrypt", "md5$"))


def test_a_dashboard_of_persons_only_gets_no_link(bea: Membership) -> None:
    on = board(bea, "Voices", sharing="everybody")
    tile(on, bea, "texts")

    shown = client_of(bea).get(url(on)).content.decode()
    refused = client_of(bea).post(url(on), FILLED)

    assert "No tile of this dashboard may be shown outside" in shown
    assert refused.status_code == 422
    with tenant_bound(bea.tenant_id):
        assert not ShareLink.objects.for_tenant(bea.tenant).exists()
        assert not DashboardShare.objects.for_tenant(bea.tenant).exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER, Role.GUEST])
def test_who_may_not_show_things_outside_finds_no_page(
    bea: Membership, full: Dashboard, role: Role
) -> None:
    client = client_of(make.member(of=bea.tenant, role=role))

    assert client.get(url(full)).status_code == 404
    board_page = client.get(f"/t/{bea.tenant.slug}/dashboards/{full.pk}/").content.decode()
    assert "Share a link" not in board_page


def test_links_of_others_are_not_found(bea: Membership, full: Dashboard) -> None:
    linked(bea, full)
    other = make.member(of=make.tenant(), role=Role.MANAGER)
    foreign = url(full).replace(bea.tenant.slug, other.tenant.slug)

    assert client_of(other).get(foreign).status_code == 404
    revoking = client_of(other).post(f"{foreign}{the_link(bea).pk}/revoke/")
    assert revoking.status_code == 404
    assert the_link(bea).revoked_at is None


def test_the_api_makes_lists_and_revokes(client: Client, bea: Membership, full: Dashboard) -> None:
    _, secret = make.api_key(of=bea.tenant, rights=[Right.SHARE_JOURNEYS, Right.EDIT_SEGMENTS])
    start, headers = f"/api/v1/dashboards/{full.pk}/share-links/", {"X-Api-Key": secret}

    def post(body: dict[str, object]) -> Any:
        return client.post(start, body, content_type="application/json", headers=headers)

    made = post({"label": "Agency", "shows": ["figure"]})
    page = opened(made.json()["url"].removeprefix("http://testserver")).content.decode()
    listed = client.get(start, headers=headers).json()["results"]
    frozen, unknown = post({"freeze_seq": 1}), post({"shows": ["texts"]})
    gone = client.delete(f"{start}{made.json()['id']}/", headers=headers)

    assert (made.status_code, made.json()["shows"]) == (201, ["figure"])
    assert "The figure" in page
    assert NOT_CHOSEN in page
    assert [(one["label"], one["hits"], "url" in one) for one in listed] == [("Agency", 1, False)]
    assert (frozen.status_code, unknown.status_code) == (422, 422)
    assert "cannot be frozen" in frozen.content.decode()
    assert gone.status_code == 204
    assert opened(made.json()["url"].removeprefix("http://testserver")).status_code == 404


def test_a_dashboard_begins_a_report_with_its_filter(bea: Membership, full: Dashboard) -> None:
    client, start = client_of(bea), f"/t/{bea.tenant.slug}/dashboards/{full.pk}/"
    viewer = client_of(make.member(of=bea.tenant, role=Role.VIEWER))

    page = client.get(f"{start}?period=28d").content.decode()
    found = re.search(r'href="(/t/[^"]+part=dashboard:[^"]+)"', page)
    assert found
    form = client.get(found[1].replace("&amp;", "&")).content.decode()

    assert re.search(rf'value="dashboard:{full.pk}"[^>]* checked', form)
    assert '<option value="28d" selected>' in form
    assert "Send this page" not in viewer.get(start).content.decode()
