"""The bench of row-level security runs, compares the same reads, and cleans up."""

from __future__ import annotations

import pytest
from django.db import connection

from cxm.tenants import benches


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_bench_compares_the_same_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benches, "ROUNDS", 3)

    found = benches.rls_cost(4_000)

    assert found["rows"] == 4_000
    assert found["lookup"]["nodes"] == ["Index Scan bench_rating_pkey"] * 2
    assert found["same_plan"]
    assert found["within_limits"] == (
        max(found["nps"]["ratio"], found["lookup"]["ratio"]) <= benches.WORST_READ
        and found["search"]["ratio"] <= benches.WORST_SEARCH
    )
    assert [t for t in connection.introspection.table_names() if t.startswith("bench_")] == []
