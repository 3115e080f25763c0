"""Why did it change: the page, its words, its API, and what is kept from guests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analytics.selectors.figures import Viewer
from analytics.selectors.filters import for_guest, read_filter
from analytics.selectors.histograms import By
from analytics.selectors.names import measures
from analytics.selectors.why import Why, why
from analytics.selectors.why_ways import SMALL
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import RIGHTS, Right, Role
from tests import make
from tests.analytics.page_reading import metric_url, signed_in, text_of
from tests.analytics.reading import load_scores

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
BEFORE = 100
"""Days ago: within the 13 weeks before the last 13."""
API = "/api/v1/figures/why/"


def why_url(tenant: Tenant, query: str = "", key: str = "nps") -> str:
    return f"/t/{tenant.slug}/metrics/{key}/why/{query}"


def explained(tenant: Tenant, *, by: str = "", sees_rows: bool = True) -> Why:
    with tenant_bound(tenant.pk):
        viewer = Viewer(tenant, sees_rows, make.NOW)
        asked = read_filter({}, today=viewer.today)
        asked = asked if sees_rows else for_guest(asked, today=viewer.today)
        return why(viewer, measures(tenant, only="nps")[0], asked, by)


@pytest.fixture
def shifted(db: None) -> Tenant:
    """Web stands at 60 and app at -20 in both periods; app grows from a fifth to three fifths."""
    tenant = make.tenant()
    load_scores({10: 112, 8: 32, 0: 16}, of=tenant, channel="web", day=BEFORE)
    load_scores({10: 12, 8: 8, 0: 20}, of=tenant, channel="app", day=BEFORE)
    load_scores({10: 56, 8: 16, 0: 8}, of=tenant, channel="web")
    load_scores({10: 36, 8: 24, 0: 60}, of=tenant, channel="app")
    return tenant


def test_a_change_that_is_only_mix_is_said_in_words(client: Client, shifted: Tenant) -> None:
    page = text_of(signed_in(client, shifted), why_url(shifted))

    assert (
        "−32.0 in all: −32.0 because more of the answers came from App, 0.0 inside the channels."
    ) in page
    assert (
        "Nothing got better or worse anywhere, as far as can be told: more of the answers came "
        "from App (20% before, 60% now), which is below the whole."
    ) in page
    assert "Before 44.0" in page
    assert "Now 12.0" in page


def test_a_change_inside_the_groups_is_said_in_words(client: Client) -> None:
    tenant = make.tenant()
    for channel in ("web", "app"):
        load_scores({10: 80, 8: 10, 0: 10}, of=tenant, channel=channel, day=BEFORE)
        load_scores({10: 40, 8: 20, 0: 40}, of=tenant, channel=channel)

    page = text_of(signed_in(client, tenant), why_url(tenant, "?by=channel"))

    assert "−70.0 in all: 0.0 because the same channels answered as much, −70.0 inside" in page
    assert "Who answered makes no difference that can be told from chance" in page
    assert "cannot be parted by" not in page
    other = text_of(client, why_url(tenant, "?by=channel.moon"))
    assert "cannot be parted by “channel.moon” here: what parts it most leads." in other


def test_groups_that_rise_while_the_whole_falls_are_said(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 160, 8: 20, 0: 20}, of=tenant, channel="web", day=BEFORE)
    load_scores({10: 10, 0: 30}, of=tenant, channel="app", day=BEFORE)
    load_scores({10: 33, 8: 4, 0: 3}, of=tenant, channel="web")
    load_scores({10: 60, 8: 20, 0: 120}, of=tenant, channel="app")

    page = text_of(signed_in(client, tenant), why_url(tenant, "?by=channel"))

    assert "Every channel went up (can be chance) and the whole went down" in page


def test_new_and_gone_groups_are_named(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 30, 0: 10}, of=tenant, channel="web", day=BEFORE)
    load_scores({10: 10, 0: 10}, of=tenant, channel="desk", day=BEFORE)
    load_scores({10: 30, 0: 10}, of=tenant, channel="web")
    load_scores({0: 20}, of=tenant, channel="shop")

    page = text_of(signed_in(client, tenant), why_url(tenant, "?by=channel"))

    assert "No answers before: Shop (" in page
    assert "No answers now: Desk (" in page
    assert "Shop New" in page


def test_parts_of_the_groups_add_up_to_the_figures(shifted: Tenant) -> None:
    found = explained(shifted, by=By.CHANNEL)

    assert found.explained
    assert found.before
    parts = [one.group.part for one in found.explained.groups]
    assert sum(part.total for part in parts) == -32
    assert found.after.figure.value == 12
    assert found.before.figure.value == 44


def test_what_explains_most_is_chosen(shifted: Tenant) -> None:
    found = explained(shifted)

    assert found.explained
    assert found.explained.chosen.dimension.way.key == "channel"
    assert found.explained.dimensions[0].dimension.way.key == "channel"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?period=all", "Choose a period with a first and a last day"),
        ("?compare=none", "Choose a period with a first and a last day"),
        ("?period=7d", "Nobody answered in one of the two periods"),
    ],
)
def test_where_nothing_can_be_told_the_page_says_why(
    client: Client, shifted: Tenant, query: str, words: str
) -> None:
    page = text_of(signed_in(client, shifted), why_url(shifted, query))

    assert words in page
    assert "From before to now" not in page


def test_few_answers_stop_the_page(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 4, 0: 2}, of=tenant, channel="web", day=BEFORE)
    load_scores({10: 2, 0: 4}, of=tenant, channel="web")

    page = text_of(signed_in(client, tenant), why_url(tenant))

    assert "It cannot be told yet: about" in page
    assert "more answers would tell" in page


def test_numbers_of_groups_open_their_answers(client: Client, shifted: Tenant) -> None:
    page = signed_in(client, shifted).get(why_url(shifted)).content.decode()

    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    rows = [link.replace("&amp;", "&") for link in links if "/responses/" in link]
    assert any("channel=app" in link and "from=2026-08-24" in link for link in rows)
    assert any("channel=app" in link and "from=2026-05-25" in link for link in rows)
    assert all(client.get(link).status_code == 200 for link in rows)


def test_the_metric_page_leads_here_with_its_filter(client: Client, shifted: Tenant) -> None:
    page = signed_in(client, shifted).get(metric_url(shifted, "?channel=web")).content.decode()

    assert f'href="{why_url(shifted, "?channel=web")}"' in page


def test_the_page_is_not_found_for_strangers(client: Client, shifted: Tenant) -> None:
    signed_in(client, make.tenant(name="Other"))

    assert client.get(why_url(shifted)).status_code == 404
    assert signed_in(client, shifted).get(why_url(shifted, key="nothing")).status_code == 404


def test_small_groups_are_one_group_for_guests() -> None:
    tenant = make.tenant()
    for day in (0, BEFORE):
        load_scores({10: 40, 0: 20}, of=tenant, channel="web", day=day)
        load_scores({10: 5, 0: 2}, of=tenant, channel="app", day=day)
        load_scores({0: 3}, of=tenant, channel="desk", day=day)

    found = explained(tenant, by=By.CHANNEL, sees_rows=False)

    assert found.explained
    sizes = {one.group.key: one.group.after.figure.n for one in found.explained.groups}
    assert sizes == {"web": 60, SMALL: 10}
    assert "Desk" not in str([one.group.title for one in found.explained.groups])


def test_guests_get_no_number_of_a_period_that_is_too_small(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RIGHTS, Role.VIEWER, frozenset({Right.SEE_FIGURES}))
    tenant = make.tenant()
    load_scores({10: 40}, of=tenant, channel="web")
    load_scores({0: 3}, of=tenant, channel="web", day=BEFORE)

    page = text_of(signed_in(client, tenant, Role.VIEWER), why_url(tenant))

    assert "Fewer people answered than may be shown" in page
    assert "40 answers" not in page


@pytest.mark.parametrize("k_before", [0, 1, 3, 4, 5, 8])
@pytest.mark.parametrize("k_now", [0, 1, 4, 7])
def test_guests_never_get_a_group_of_fewer_than_five(k_before: int, k_now: int) -> None:
    """No number of answers told of any group, in either period, lies between 1 and 4."""
    tenant = make.tenant()
    for day, few in ((0, k_now), (BEFORE, k_before)):
        load_scores({10: 20, 0: 10}, of=tenant, channel="web", day=day)
        load_scores({10: 6}, of=tenant, channel="app", day=day)
        load_scores({0: few}, of=tenant, channel="desk", day=day)

    found = explained(tenant, by=By.CHANNEL, sees_rows=False)

    groups = found.explained.groups if found.explained else []
    told = [side.figure.n for one in groups for side in (one.group.before, one.group.after)]
    told += [side.figure.n for side in (found.before, found.after) if side]
    assert not [n for n in told if 0 < n < 5]


def record_of(client: Client, tenant: Tenant, query: str, **options: Any) -> Any:
    _, secret = make.api_key(of=tenant, **options)
    answer = client.get(f"{API}?{query}", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code, answer.json()


def test_the_api_gives_the_same_parts(client: Client, shifted: Tenant) -> None:
    status, found = record_of(client, shifted, "metric=nps&by=channel")

    assert status == 200
    assert found["difference"]["value"] == -32
    assert found["difference"]["verdict"] == "down"
    assert sum(one["mix"] + one["rate"] for one in found["groups"]) == pytest.approx(-32, abs=1e-9)
    assert found["parts"][0]["composition"]["verdict"] == "down"
    assert found["parts"][0]["inside"]["value"] == 0
    assert found["sentences"][1].startswith("Nothing got better or worse anywhere")


@pytest.mark.parametrize(
    "query", ["metric=none", "metric=nps&by=day", "metric=nps&channel=no", "metric=nps&some=thing"]
)
def test_the_api_refuses_what_it_does_not_know(client: Client, shifted: Tenant, query: str) -> None:
    assert record_of(client, shifted, query)[0] == 422


def test_the_api_hides_small_groups_from_keys_that_see_no_answers(client: Client) -> None:
    tenant = make.tenant()
    for day in (0, BEFORE):
        load_scores({10: 40, 0: 20}, of=tenant, channel="web", day=day)
        load_scores({0: 4}, of=tenant, channel="app", day=day)
        load_scores({0: 3}, of=tenant, channel="desk", day=day)

    _, found = record_of(client, tenant, "metric=nps&by=channel", rights=[Right.SEE_FIGURES])

    assert sorted(one["group"] for one in found["groups"]) == [SMALL, "web"]
