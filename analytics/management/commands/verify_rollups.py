"""Compare the day rows with a recount of the answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.services.rollups import verify_rollups
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.tenants.postgresql.owner import owner_connection
from cxm.tenants.selectors import tenant_by_slug

if TYPE_CHECKING:
    from uuid import UUID


class Command(BaseCommand):
    """`manage.py verify_rollups [--tenant SLUG] [--json]`; exit code 1 on any difference."""

    help = (
        "Compare what pages read with a recount of the answers, for one tenant or for all (that "
        "needs DATABASE_OWNER_URL). Ends with code 1 when anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--tenant", help="short name of one tenant; all without it")
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check tenant after tenant, each in its own transaction, and say what was found."""
        records = [_record(tenant_id) for tenant_id in _tenant_ids(options["tenant"])]
        if options["json"]:
            self.stdout.write(json.dumps(records, ensure_ascii=False, indent=2, default=str))
        else:
            for record in records:
                words = "equal" if not record["differences"] else "DIFFERENT"
                self.stdout.write(
                    f"{record['tenant']}: {words}, {record['rows']:,} answers recounted, "
                    f"{record['differences']:,} day rows differ"
                )
        wrong = [record["tenant"] for record in records if record["differences"]]
        if wrong:
            names = ", ".join(wrong)
            message = f"Day rows differ for {names}: run rebuild_rollups for each."
            raise CommandError(message, returncode=1)


def _tenant_ids(slug: str | None) -> list[UUID]:
    if slug:
        tenant = tenant_by_slug(slug)
        if tenant is None:
            raise CommandError(f"--tenant: there is no tenant “{slug}”.")
        return [tenant.pk]
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant ORDER BY slug")
        return [row[0] for row in cursor.fetchall()]


def _record(tenant_id: UUID) -> dict[str, Any]:
    with tenant_bound(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        found = verify_rollups(tenant=tenant, now=now())
    return {
        "tenant": tenant.slug,
        "rows": found.rows,
        "differences": found.differences,
        "details": found.details,
    }
