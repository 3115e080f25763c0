"""Compute the day rows anew from the answers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.services.rollups import rebuild_rollups
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug


class Command(BaseCommand):
    """`manage.py rebuild_rollups --tenant SLUG`."""

    help = "Compute all day rows of a tenant anew; its figures stay readable, and exact, meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--tenant", required=True, help="short name of the tenant")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rebuild in one transaction and say how many rows there are."""
        tenant = tenant_by_slug(options["tenant"])
        if tenant is None:
            raise CommandError(f"--tenant: there is no tenant “{options['tenant']}”.")
        with tenant_bound(tenant.pk):
            rows = rebuild_rollups(tenant=tenant, now=now())
        self.stdout.write(f"{tenant.slug}: {rows:,} day rows rebuilt.")
