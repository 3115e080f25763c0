"""Make an empty tenant with the built-in metrics."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from cxm.accounts.models import User
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.tenants.services import add_member
from cxm.web.services import open_tenant


class Command(BaseCommand):
    """`manage.py create_tenant SLUG --name NAME [--timezone ZONE] [--owner EMAIL]`.

    With `--owner-name NAME` an owner who is new here is called so.
    """

    help = "Make an empty tenant with the built-in metrics."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("slug", help="short name in addresses, such as acme")
        parser.add_argument("--name", required=True, help="name that people read")
        parser.add_argument("--timezone", default="UTC", help="IANA name, such as Europe/Berlin")
        parser.add_argument("--owner", help="e-mail address of its first owner")
        parser.add_argument(
            "--owner-name", default="", help="what the owner is called; else as the address begins"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the tenant, and its owner where one is named."""
        try:
            validate_slug(options["slug"])
            tenant = open_tenant(
                slug=options["slug"],
                name=options["name"],
                time_zone=options["timezone"],
                now=now(),
            )
        except ValidationError as error:
            raise CommandError(f"slug: {' '.join(error.messages)}") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["owner"]:
            email = options["owner"].strip().lower()
            user = User.objects.filter(email=email).first() or User.objects.create_user(
                email, name=options["owner_name"].strip() or email.partition("@")[0]
            )
            with tenant_bound(tenant.pk):
                add_member(tenant=tenant, user=user, role=Role.OWNER, by=None)
        self.stdout.write(f"Tenant {tenant.slug} is ready.")
