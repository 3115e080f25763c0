"""Drawing the journeys of a made-up company's customers, from files as anybody could take in."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cxm.kernel.operations.records import Source
from cxm.web.demo.map_work import work_on_map
from cxm.web.demo.members import members_by_key
from journeys.rules.cxmap_files import read_files
from journeys.services.map_files_in import apply_files
from journeys.services.map_library_in import MapAsking
from journeys.services.maps import publish_map

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.journey_plans import JourneyMapPlan

_FOLDER = Path(__file__).parent / "maps"
# Days in the files are told from the day of the demo: "in 30 days", "40 days ago".
_DAYS = re.compile(r'"(in )?(\d+) days( ago)?"')
_THOUGHT_OVER = timedelta(days=3)


def draw_journeys(tenant: Tenant, plans: Sequence[JourneyMapPlan], *, now: datetime) -> None:
    """Make the maps of *plans*, in their order, each as it has come to be; once for a tenant."""
    if not plans:
        return
    people = members_by_key(tenant)
    manager = people["manager"]
    for plan in plans:
        made_at = now - timedelta(days=plan.made_days_ago, hours=2)
        text = (_FOLDER / plan.file).read_text(encoding="utf-8")
        content = _DAYS.sub(partial(_day, now.date()), text).encode()
        asking = MapAsking(tenant, manager, made_at, Source.IMPORT)
        [drawn] = apply_files(asking=asking, files=read_files(content)).maps
        if plan.is_published:
            publish_map(of=drawn, by=manager, now=made_at + _THOUGHT_OVER)
        work_on_map(drawn, plan, people, now=now)


def _day(today: date, found: re.Match[str]) -> str:
    """Give the day that a file tells by its distance."""
    away = timedelta(days=int(found[2]))
    return f'"{today - away if found[3] else today + away}"'
