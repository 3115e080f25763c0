"""What the people of a made-up company have done with its customers: promises, notes, segments."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count

from cxm.customers.models import Customer, Interaction
from cxm.customers.services.panels import create_panel
from cxm.customers.services.proposing import start_finding
from cxm.customers.services.segments import create_segment
from cxm.customers.services.serving import keep_promise, make_promise, write_note
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.models import Membership
from cxm.web.demo.refused_bodies import deliver_bodies

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import TimelinePlan

CUSTOMERS_SERVED = 24
OFFICE_HOURS = (9, 17)
_RECENT_DAYS = 45


def furnish_desk(tenant: Tenant, plan: TimelinePlan, *, now: datetime) -> None:
    """Make promises, notes, segments, a panel and refused events, and look for duplicates.

    In the transaction at hand; what it promises is done by the next drain or worker.
    """
    members = Membership.objects.for_tenant(tenant).select_related("user").order_by("created_at")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    agent = members.filter(user__email=DEMO_SIGN_INS["agent"]).first() or manager
    _serve(tenant, plan, agent, now=now)
    for segment in plan.segments:
        create_segment(
            tenant=tenant,
            key=segment.key,
            title=segment.title,
            description=segment.description,
            rule=segment.rule,
            by=manager,
            now=now,
            is_pinned=True,
        )
    origins = ["https://helpdesk.example.com"]
    create_panel(tenant=tenant, title="Helpdesk", origins=origins, by=manager, now=now)
    deliver_bodies(tenant, plan, now=now)
    start_finding(tenant=tenant, by=manager, now=now)


def _serve(tenant: Tenant, plan: TimelinePlan, agent: Membership, *, now: datetime) -> None:
    """Let the agent have promised and written things to those who were in touch most lately."""
    dice = Random(f"{tenant.slug} desk")  # noqa: S311 - no secret
    today = now.astimezone(ZoneInfo(tenant.time_zone)).replace(minute=0, second=0, microsecond=0)
    for place, customer in enumerate(_in_touch(tenant, now=now)):
        customer.tenant = tenant
        planned = plan.promises[place % len(plan.promises)]
        hour, minute = dice.randrange(*OFFICE_HOURS), dice.randrange(60)
        made_at = today.replace(hour=hour, minute=minute) - timedelta(days=planned.days_ago)
        due_at = made_at.replace(hour=17, minute=0) + timedelta(days=planned.within_days)
        promise = make_promise(
            customer=customer, text=planned.text, due_at=due_at, by=agent, now=made_at
        )
        promise.customer = customer
        if planned.kept_after_days is not None:
            kept_at = made_at + timedelta(days=planned.kept_after_days, minutes=25)
            keep_promise(promise=promise, by=agent, now=kept_at)
        if place % 2 == 0:
            note = plan.notes[place // 2 % len(plan.notes)]
            write_note(customer=customer, text=note, by=agent, now=made_at + timedelta(minutes=4))


def _in_touch(tenant: Tenant, *, now: datetime) -> list[Customer]:
    """Find those with the most calls and messages lately, the most telling ones first."""
    since = now - timedelta(days=_RECENT_DAYS)
    kinds = (Interaction.Kind.CALL, Interaction.Kind.MESSAGE)
    contacts = Interaction.objects.for_tenant(tenant).filter(
        kind__in=kinds, direction="in", occurred_at__gte=since, customer__kind="known"
    )
    busiest = contacts.values("customer__root_id", "customer__root__display_name").annotate(
        contacts=Count("pk")
    )
    # By name, since ids are new each time.
    order = ("-contacts", "customer__root__display_name", "customer__root_id")
    roots = [row["customer__root_id"] for row in busiest.order_by(*order)[:CUSTOMERS_SERVED]]
    found = Customer.objects.for_tenant(tenant).in_bulk(roots)
    return [found[root] for root in roots]
