"""Figures over the API: the same as on the page and from the command."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from analytics.models import RollupCheck
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.web.wording import number_words
from cxm.work.engine import drain
from cxm.work.models import Job
from tests import make
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
FIGURES = "/api/v1/figures/"
GUEST = (Right.SEE_FIGURES,)


def call(
    client: Client,
    tenant: Tenant,
    url: str,
    *,
    rights: tuple[Right, ...] = tuple(Right),
    post: bool = False,
) -> Any:
    _, secret = make.api_key(of=tenant, rights=rights)
    headers = {"Authorization": f"Bearer {secret}"}
    if post:
        return client.post(url, headers=headers, content_type="application/json", data="{}")
    return client.get(url, headers=headers)


def results(client: Client, tenant: Tenant, query: str, **options: Any) -> list[dict[str, Any]]:
    answer = call(client, tenant, f"{FIGURES}?{query}", **options)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_the_golden_figure_is_read(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)

    [record] = results(client, tenant, "metric=nps")

    assert record["value"] == pytest.approx(50.9804, abs=5e-5)
    assert record["counts"] == {"promoters": 32, "passives": 13, "detractors": 6}


@pytest.mark.parametrize("by", ["all", "touchpoint", "channel", "survey", "week"])
def test_page_api_and_command_agree(client: Client, by: str) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, touchpoint="checkout", channel="web")
    load_scores({3: 14}, of=tenant, touchpoint="delivery", day=8)
    days = ["--from", "2026-11-01", "--to", "2026-11-22"]

    over_api = results(client, tenant, f"metric=nps&by={by}&from=2026-11-01&to=2026-11-22")

    out = StringIO()
    arguments = ["--tenant", tenant.slug, "--metric", "nps", "--by", by, "--json"]
    call_command("show_metric", *arguments, *days, stdout=out)
    assert over_api == json.loads(out.getvalue())
    client.force_login(make.member(of=tenant).user)
    query = f"by={by}&step=week&from=2026-11-01&to=2026-11-22"
    page = client.get(f"/t/{tenant.slug}/metrics/nps/?{query}").content.decode()
    for record in over_api:
        link, value = record["rows"].replace("&", "&amp;"), number_words(record["value"])
        assert re.search(
            rf'href="{re.escape(link)}"[^>]*>(?:{value}|[^<]*</a>\s*</th>\s*<td[^>]*>{value})\b',
            page,
        )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "metric"),
        ("metric=nope", "metric"),
        ("metric=nps&by=colour", "by"),
        ("metric=nps&from=soon", "from"),
        ("metric=nps&from=2026-02-01&to=2026-01-01", "to"),
        ("metric=nps&touchpoint=nowhere", "touchpoint"),
        ("metric=nps&colour=red", "colour"),
        ("metric=nps&weighted=perhaps", "weighted"),
        ("metric=nps&from=0001-01-01", "from"),
        (f"metric={'n' * 10_000}", "metric"),
        ("metric=n%00ps", "metric"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, query: str, field: str) -> None:
    answer = call(client, make.tenant(), f"{FIGURES}?{query}")

    assert answer.status_code == 422
    assert [error["field"].split(".")[0] for error in answer.json()["errors"]] == [field]


def test_a_key_that_may_not_see_answers_gets_no_small_cells(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 60}, of=tenant, touchpoint="a")
    load_scores({10: 30}, of=tenant, touchpoint="b")
    load_scores({0: 3}, of=tenant, touchpoint="c")

    found = results(client, tenant, "metric=nps&by=touchpoint", rights=GUEST)

    assert {one["group"]: (one["n"], one["histogram"] is None) for one in found} == {
        "a": (60, False),
        "b": (0, True),
        "c": (0, True),
    }


@pytest.mark.parametrize(
    "query", ["touchpoint=a", "from=2026-11-20", "by=day", "weighted=true", "period=7d"]
)
def test_a_key_that_may_not_see_answers_cannot_cut_out_a_few(client: Client, query: str) -> None:
    tenant = make.tenant()
    load_scores({10: 60}, of=tenant, touchpoint="a")

    answer = call(client, tenant, f"{FIGURES}?metric=nps&{query}", rights=GUEST)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "period"


def test_figures_need_their_right(client: Client) -> None:
    answer = call(client, make.tenant(), f"{FIGURES}?metric=nps", rights=(Right.SEE_JOBS,))

    assert answer.status_code == 403


def test_figures_of_another_tenant_are_not_counted(client: Client) -> None:
    tenant, other = make.tenant(), make.tenant()
    load_scores(NPS_EXAMPLE, of=other)

    [record] = results(client, tenant, "metric=nps")

    assert record["n"] == 0


def test_a_check_runs_as_a_job(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)

    answer = call(client, tenant, "/api/v1/rollups/check/", post=True)
    drain(tenant.pk)

    assert answer.status_code == 202
    with tenant_bound(tenant.pk):
        job = Job.objects.for_tenant(tenant).get(pk=answer.json()["job"])
        assert (job.state, job.message) == ("done", "12 answers recounted, all figures agree.")
        assert RollupCheck.objects.for_tenant(tenant).count() >= 1
    state = call(client, tenant, "/api/v1/rollups/").json()
    assert (state["rows"], state["differences"]) == (12, 0)


def test_a_rebuild_runs_as_a_job(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)

    answer = call(client, tenant, "/api/v1/rollups/rebuild/", post=True)
    drain(tenant.pk)

    with tenant_bound(tenant.pk):
        job = Job.objects.for_tenant(tenant).get(pk=answer.json()["job"])
        assert (job.state, job.message) == ("done", "1 day rows rebuilt.")


def test_before_the_first_check_nothing_is_known(client: Client) -> None:
    state = call(client, make.tenant(), "/api/v1/rollups/").json()

    assert state == {"checked_at": None, "rows": None, "differences": None}


@pytest.mark.parametrize("deed", ["check", "rebuild"])
def test_jobs_need_their_right(client: Client, deed: str) -> None:
    url = f"/api/v1/rollups/{deed}/"

    answer = call(client, make.tenant(), url, rights=(Right.SEE_FIGURES,), post=True)

    assert answer.status_code == 403
