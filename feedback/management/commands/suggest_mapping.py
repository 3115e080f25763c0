"""Suggest what the columns of a file mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.kernel.clock import now
from cxm.metrics.builtin import BUILTIN_METRICS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.tenants.selectors import tenant_by_slug
from feedback.adapters.dialect import find_dialect
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.event_mapping import FileMapping
from feedback.adapters.event_mapping_check import validate_events
from feedback.adapters.event_suggest import Earlier, earlier_in, suggest_events
from feedback.adapters.line_kind import LINES, Line, lines_that_fit
from feedback.adapters.mapping import to_json
from feedback.adapters.mapping_check import MappingProblem, validate
from feedback.adapters.profile import profile_table
from feedback.adapters.scales import MetricScale
from feedback.adapters.suggest import suggest_mapping
from feedback.adapters.table import open_table
from feedback.errors import LineUnfitError
from feedback.services.earlier_files import earlier_lines
from feedback.services.line_choosing import ANSWER
from feedback.services.registering import metric_scales


class Command(BaseCommand):
    """`manage.py suggest_mapping FILE [--line KIND] [--tenant SLUG] > mapping.json`."""

    help = "Suggest what the columns of a file mean, as JSON for import_feedback."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("file", type=Path, help="CSV, TSV or XLSX file")
        parser.add_argument(
            "--line", choices=LINES, default=ANSWER, help="what a line is; a response if not said"
        )
        parser.add_argument(
            "--tenant", help="use this tenant's metrics and what its earlier files say of columns"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the mapping on stdout; what is left to decide goes to stderr."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file “{path}”.")
        tenant = _tenant(options["tenant"])
        try:
            if options["line"] == ANSWER:
                mapping, problems = _of_answers(path, tenant)
            else:
                mapping, problems = _of_lines(path, tenant, options["line"])
        except FileRefusedError as error:
            raise CommandError(error.message) from error
        self.stdout.write(to_json(mapping).decode(), ending="")
        for problem in problems:
            self.stderr.write(f"To decide: {problem.field}: {problem.message}")


def _tenant(slug: str | None) -> Tenant | None:
    tenant = tenant_by_slug(slug) if slug else None
    if slug and tenant is None:
        raise CommandError(f"There is no tenant “{slug}”. Make one with create_tenant.")
    return tenant


def _of_answers(path: Path, tenant: Tenant | None) -> tuple[FileMapping, list[MappingProblem]]:
    scales = _scales(tenant)
    mapping = suggest_mapping(path, file_name=path.name, scales=scales)
    with open_table(path, mapping.dialect) as table:
        return mapping, validate(mapping, table.heads, scales)


def _of_lines(
    path: Path, tenant: Tenant | None, line: Line
) -> tuple[FileMapping, list[MappingProblem]]:
    dialect = find_dialect(path).dialect
    with open_table(path, dialect) as table:
        columns = profile_table(table).columns
    if line not in lines_that_fit(columns):
        raise CommandError(str(LineUnfitError()))
    mapping = suggest_events(
        columns,
        line,
        file_name=path.name,
        today=now().date(),
        dialect=dialect,
        earlier=_earlier(tenant),
    )
    return mapping, validate_events(mapping, [column.name for column in columns])


def _scales(tenant: Tenant | None) -> dict[str, MetricScale]:
    if tenant is None:
        return {metric.key: MetricScale(*metric.scale) for metric in BUILTIN_METRICS}
    with tenant_bound(tenant.pk):
        return metric_scales(tenant)


def _earlier(tenant: Tenant | None) -> Earlier:
    if tenant is None:
        return Earlier()
    with tenant_bound(tenant.pk):
        return earlier_in(earlier_lines(tenant))
