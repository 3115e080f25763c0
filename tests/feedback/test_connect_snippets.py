"""The code that the Connect page offers, run as somebody would who pastes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Identity, Interaction
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.rules.snippets import connect_snippets
from feedback.services.event_sources import create_source
from tests import make

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHELL = shutil.which("bash") or ""
PYTHON, CURL = [sys.executable, "-c"], [SHELL, "-c"]


@pytest.mark.parametrize(
    ("key", "program", "people"),
    [
        ("python", PYTHON, ["ada@example.com", "user-1"]),
        ("rudder", PYTHON, ["ada@example.com", "user-1"]),
        ("posthog", PYTHON, ["ada@example.com", "user-1"]),
        ("curl", CURL, ["user-1"]),
    ],
)
def test_a_snippet_sends_its_order(
    live_server: LiveServer, key: str, program: list[str], people: list[str]
) -> None:
    if program is CURL and not (SHELL and shutil.which("curl")):
        pytest.skip("There is no curl here.")
    member = make.member()
    tenant = member.tenant
    with tenant_bound(tenant.pk):
        _, _, text = create_source(tenant=tenant, title="Shop", by=member, now=now())
    snippets = connect_snippets(address=live_server.url, key=text)
    [code] = [snippet.code for snippet in snippets if snippet.key == key]

    subprocess.run([*program, code], check=True, timeout=60)  # noqa: S603 - our own code
    drain(tenant.pk)

    with tenant_bound(tenant.pk):
        orders = Interaction.objects.for_tenant(tenant).select_related("customer")
        [order] = orders.filter(name="Order placed")
        values = Identity.objects.for_tenant(tenant).order_by("value")
        assert list(values.values_list("value", flat=True)) == people
    assert (order.amount, order.thread_key) == (Decimal("49.90"), "A-1001")
    assert order.customer is not None
