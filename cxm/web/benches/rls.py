"""Bench `rls`: reads with row-level security against the same reads without."""

from __future__ import annotations

from cxm.tenants.benches import rls_cost
from cxm.web.benches.ground import Result, bench_database


def run(size: int = 200_000) -> Result:
    """Read *size* ratings bound as the application and unbound as the owner, in turn.

    *ratio* is the score of a month; `lookup_ratio` and `search_ratio` those of one row by its key
    and of a search in comments. `same_plan` is 1 when both sides enter the rows the same way.
    """
    with bench_database():
        found = rls_cost(size)
    more = {
        "lookup_ratio": found["lookup"]["ratio"],
        "search_ratio": found["search"]["ratio"],
        "same_plan": float(found["same_plan"]),
    }
    nps = found["nps"]
    return Result("rls", nps["ratio"], nps["with_ms"], nps["without_ms"], "ms", size, more)
