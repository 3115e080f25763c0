"""Check that the database keeps every row within its tenant."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from cxm.tenants.catalogue import tenancy_findings
from cxm.tenants.postgresql.roles import application_role


class Command(BaseCommand):
    """`manage.py check_tenancy [--json]`: ends with an error when there is a finding."""

    help = "Check that the database keeps every row within its tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print every finding on a line, or all as JSON; raise CommandError when there is one."""
        with connection.cursor() as cursor:
            findings = tenancy_findings(cursor, role=application_role())
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [asdict(found) for found in findings]}))
        else:
            for found in findings:
                self.stdout.write(f"{found.rule}: {found.about} {found.words}")
        if findings:
            message = f"{len(findings)} findings: rows could leave their tenant."
            raise CommandError(message)
        if not options["json"]:
            self.stdout.write("No findings: every row stays within its tenant.")
