"""What tests of risk stand on: people with contracts who complain before they leave."""

from __future__ import annotations

import math
import random
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from analytics.rules.risk import History
from analytics.rules.risk_inputs import Table
from analytics.rules.risk_shapes import RiskResult, read_risk_result
from analytics.services.churn_runs import count_churn
from analytics.services.risk_runs import count_risk
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.churning import definition
from tests.analytics.purchasing import loaded

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.models import ChurnDefinition, RiskRun
    from analytics.rules.risk_inputs import Input
    from cxm.tenants.models import Tenant

DAYS = 420
JOINED, LEFT, CALLED = "joined", "left", "called"


def story(size: int, *, of: Tenant, seed: int = 1, anger: float = 2.0) -> None:
    """Let *size* people be customers for up to *DAYS* days; those who call leave more often.

    A third call in 6 of 10 periods of 30 days, the others in 1 of 20. Somebody is lost in a period
    with odds of 0.03, times exp(anger) after a call in the one before.
    """
    dice = random.Random(seed)  # noqa: S311 - people for a test
    told: list[EventRecord] = []
    for number in range(size):
        told += _life(f"person-{number}", dice, anger)
    loaded(told, of=of, now=make.NOW)


def leavers(of: Tenant) -> ChurnDefinition:
    """A definition by the events of `story`, counted."""
    made = definition("event", of=of, title="Left", ends=[LEFT], starts=[JOINED], grace_days=0)
    with tenant_bound(of.pk):
        count_churn(definition=made, now=make.NOW)
    return made


def run_of(definition: ChurnDefinition, now: datetime = make.NOW) -> RiskRun:
    """Count risks as the worker does."""
    with tenant_bound(definition.tenant_id):
        return count_risk(definition=definition, now=now)


def risk_of(definition: ChurnDefinition, now: datetime = make.NOW) -> RiskResult:
    """Count risks, and give what was kept."""
    return read_risk_result(run_of(definition, now).result)


def event(name: str, who: str, ago: float, *, kind: str = "event") -> EventRecord:
    """One event of *who*, so many days before make.NOW."""
    return EventRecord(
        Call.TRACK,
        position=0,
        key=f"{name}-{who}-{ago}",
        occurred_at=make.NOW - timedelta(days=ago),
        name=name,
        refs=(Ref("external", "", who),),
        kind=kind,
    )


def _life(who: str, dice: random.Random, anger: float) -> list[EventRecord]:
    at = DAYS - 150 * dice.random()
    told = [event(JOINED, who, at)]
    has_called, often = False, 0.6 if dice.random() < 1 / 3 else 0.05
    while at > 0:
        odds = 0.03 * (math.exp(anger) if has_called else 1.0)
        if dice.random() < odds / (1 + odds):
            leaves = at - 30 * dice.random()
            return [*told, event(LEFT, who, leaves)] if leaves > 0 else told
        has_called = dice.random() < often
        if has_called and (one := at - 30 * dice.random()) > 0:
            told.append(event(CALLED, who, one, kind="call"))
        at -= 30
    return told


def once(values: np.ndarray, lost: np.ndarray, *inputs: Input) -> History:
    """People of one day, followed for one period."""
    lost_after = np.where(lost, 1.0, np.nan)
    return History(Table(inputs, values), lost_after, np.full(len(lost), 30.0))
