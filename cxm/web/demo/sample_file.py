"""A survey file such as companies have: made up, then imported as a person would do it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.web.demo.comments import BLAME, PRAISE, comment
from cxm.web.demo.company import NUMBERING
from cxm.web.demo.scores import is_blame, is_praise, score
from cxm.web.demo.working import work_off
from feedback.models import Import
from feedback.services.importing import save_mapping, start_load
from feedback.services.preparing import readable_mapping
from feedback.services.receiving import look_into, receive_file
from feedback.services.recipes import save_recipe

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant

FILE_NAME = "call-backs.csv"
ROWS = 240
_DAYS = 42
_LEVEL, _EASE = 69.0, 61.0
_HEADS = ("ticket", "answered", "customer", "satisfied", "easy", "comment")
# What real files hold beside scores: left out, a word instead of a number, an impossible value.
_ODD_CELLS = {31: ("n/a", "n/a"), 77: ("6", "5"), 118: ("n/a", "4"), 160: ("very", "6")}
_BAD_TIME_LINES = {52: "31.02.2026 10:15", 190: ""}
_MAPPING = {
    "version": 1,
    "survey": {"key": "call-backs", "title": "Call backs"},
    "dialect": {"delimiter": ";"},
    "response_id": ["ticket"],
    "customer": {"columns": [{"column": "customer", "kind": "external", "namespace": NUMBERING}]},
    "answered_at": {"column": "answered", "date_order": "dmy", "zone": "Europe/Berlin"},
    "touchpoint": {
        "key": "call-back",
        "title": "Ask for a call back",
        "channel": {"key": "phone", "title": "Call centre"},
    },
    "channel": {"channel": {"key": "phone", "title": "Call centre"}},
    "scores": [
        {
            "column": "satisfied",
            "question": "satisfied",
            "title": "How satisfied were you with our call back?",
            "metric": "csat_5",
            "not_applicable": ["n/a"],
        },
        {
            "column": "easy",
            "question": "easy",
            "title": "Brightline made it easy for me to handle my request.",
            "metric": "ces_2",
            "not_applicable": ["n/a"],
        },
    ],
    "comments": [{"column": "comment", "question": "why"}],
}


def sample_rows(now: datetime) -> list[tuple[str, ...]]:
    """Make the rows of the file, heads first: answers of the six weeks before *now* (aware).

    Two rows have no usable time, and two scores are off their scale.
    """
    dice = Random(FILE_NAME)  # noqa: S311 - no secret
    zone = ZoneInfo("Europe/Berlin")
    rows: list[tuple[str, ...]] = [_HEADS]
    for line in range(2, ROWS + 2):
        minutes = dice.randrange(_DAYS * 24 * 60)
        at = f"{(now - timedelta(minutes=minutes)).astimezone(zone):%d.%m.%Y %H:%M}"
        satisfied = score("csat_5", _LEVEL, dice.gauss())
        scores = str(satisfied), str(score("ces_2", _EASE, dice.gauss()))
        rows.append(
            (
                f"CB-{4000 + line}",
                _BAD_TIME_LINES.get(line, at),
                f"BL-{100_000 + dice.randrange(3_000) * 7:06}",
                *_ODD_CELLS.get(line, scores),
                _comment(dice, satisfied),
            )
        )
    return rows


def import_sample(tenant: Tenant, *, now: datetime) -> None:
    """Receive, map and load the file for *tenant*, and keep its mapping; once, if called again."""
    with tenant_bound(tenant.pk):
        if not Import.objects.for_tenant(tenant).exists():
            _begin(tenant, now)
    work_off(tenant)


def mapped_sample(tenant: Tenant, *, by: Membership | None, now: datetime) -> Import:
    """Receive the file as *by* would and say what its columns mean, without loading it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(sample_rows(now))
    imported = receive_file(
        tenant=tenant, name=FILE_NAME, chunks=[text.getvalue().encode()], by=by, now=now
    )
    look_into(imported=imported, by=by, now=now)
    save_mapping(imported=imported, mapping=readable_mapping(_MAPPING))
    return imported


def _begin(tenant: Tenant, now: datetime) -> None:
    manager = Membership.objects.for_tenant(tenant).get(user__email=DEMO_SIGN_INS["manager"])
    imported = mapped_sample(tenant, by=manager, now=now)
    mapping = readable_mapping(_MAPPING)
    save_recipe(
        tenant=tenant, name="Call backs", mapping=mapping, heads=_HEADS, by=manager, now=now
    )
    start_load(imported=imported, by=manager, now=now)


def _comment(dice: Random, satisfied: int) -> str:
    if is_blame("csat_5", satisfied):
        return comment(dice, topic="call", tone=BLAME, language="en")
    if is_praise("csat_5", satisfied) and not dice.randrange(4):
        return comment(dice, topic="call", tone=PRAISE, language="en")
    return ""
