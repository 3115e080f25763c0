"""Previews of segments: exact, sampled, and given up."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from cxm.customers.models import Customer
from cxm.customers.rules.segment_errors import SegmentTooSlowError
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.services import segment_preview
from cxm.customers.services.segment_preview import Count, preview
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.customers.segment_world import Fact, Person, World, plant

pytestmark = pytest.mark.django_db

PRO = {"attr": "plan", "op": "=", "value": "pro"}


def test_a_preview_counts_the_rule_and_each_line_in_one_statement() -> None:
    tenant = make.tenant()
    world = World([Person({"plan": "pro"}), Person({"plan": "basic"}), Person()], [Fact(1)])
    ids = plant(world, tenant)
    rule = read_rule(
        {"any": [{"attr": "plan", "op": "!=", "value": "basic"}, {"did": {"name": "order"}}]}
    )

    with tenant_bound(tenant.pk), CaptureQueriesContext(connection) as queries:
        found = preview(tenant=tenant, rule=rule, now=make.NOW, with_some=True)

    one = Count(1, 1, 1)
    assert (found.people, found.size, found.is_sampled) == (3, Count(2, 2, 2), False)
    assert found.lines == {"": Count(2, 2, 2), "any[0]": one, "any[1]": one}
    assert found.without == {"any[0]": one}
    assert set(found.some) == {ids[0], ids[1]}
    assert found.share == pytest.approx(200 / 3)
    assert sum(q["sql"].lstrip().startswith("WITH") for q in queries) == 1


def test_above_the_limit_a_sample_is_looked_at_and_says_how_sure_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(segment_preview, "MOST_COUNTED_EXACTLY", 100)
    monkeypatch.setattr(segment_preview, "SAMPLED", 300)
    tenant = make.tenant()
    people = [Person({"plan": "pro"} if who % 4 == 0 else {}) for who in range(600)]
    plant(World(people, [Fact(who) for who in range(0, 600, 3)]), tenant)
    rule = read_rule({"all": [PRO, {"did": {"name": "order"}}]})

    with tenant_bound(tenant.pk):
        found, again = (preview(tenant=tenant, rule=rule, now=make.NOW) for _ in range(2))

    assert found == again
    assert (found.people, found.is_sampled) == (600, True)
    assert 200 < found.looked_at < 400
    for place, truth in (("", 50), ("all[0]", 150), ("all[1]", 200)):
        count = found.lines[place]
        assert count.low < count.n < count.high
        assert count.low - 30 < truth < count.high + 30


def test_a_preview_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = make.tenant()

    def slow(*_parts: Any, **_more: Any) -> Any:
        return sql.SQL("SELECT pg_sleep(5)")

    monkeypatch.setattr(segment_preview, "LIMIT_SECONDS", 0.05)
    monkeypatch.setattr(segment_preview, "_COUNT", type("Slow", (), {"format": slow})())
    with tenant_bound(tenant.pk):
        with pytest.raises(SegmentTooSlowError):
            preview(tenant=tenant, rule=read_rule(PRO), now=make.NOW)
        # The transaction goes on, with its usual limit.
        assert Customer.objects.for_tenant(tenant).count() == 0
