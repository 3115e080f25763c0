"""The people who sign in to the demo, as the demo prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.accounts.models import User
from cxm.embedded.sign_ins import DEMO_PASSWORD, DEMO_SIGN_INS
from cxm.tenants.models import Membership
from cxm.tenants.rules import Role
from cxm.tenants.services import add_member

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import Company

_NAMES = {"manager": "Robin Marsh", "agent": "Kim Albers", "admin": "Alex Novak"}
_DEMO_ROLES = {"manager": Role.MANAGER, "agent": Role.AGENT, "admin": Role.OWNER}
HOST_EMAIL = "admin@harbour.example"


def add_people(tenant: Tenant, company: Company) -> None:
    """Make the members of a new demo tenant, with the password that the demo prints.

    The first company gets the three printed sign-ins; any other its own owner, and the manager
    of the first, who so has two workspaces to switch between.
    """
    if company.slug == "demo":
        for person, role in _DEMO_ROLES.items():
            _add(tenant, DEMO_SIGN_INS[person], _NAMES[person], role)
        return
    _add(tenant, HOST_EMAIL, "Marta Rossi", Role.OWNER)
    _add(tenant, DEMO_SIGN_INS["manager"], _NAMES["manager"], Role.MANAGER)


def members_by_key(tenant: Tenant) -> dict[str, Membership]:
    """Give those of the demo's sign-ins who belong to *tenant*, by their keys. One query."""
    rows = Membership.objects.for_tenant(tenant).select_related("user")
    found = {one.user.email: one for one in rows}
    return {key: found[email] for key, email in DEMO_SIGN_INS.items() if email in found}


def _add(tenant: Tenant, email: str, name: str, role: Role) -> None:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, DEMO_PASSWORD, name=name)
    add_member(tenant=tenant, user=user, role=role, by=None)
