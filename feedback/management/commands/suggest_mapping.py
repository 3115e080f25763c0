"""Suggest what the columns of a survey file mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.metrics.builtin import BUILTIN_METRICS
from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import tenant_by_slug
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.mapping import to_json
from feedback.adapters.mapping_check import validate
from feedback.adapters.scales import MetricScale
from feedback.adapters.suggest import suggest_mapping
from feedback.adapters.table import open_table
from feedback.services.registering import metric_scales


class Command(BaseCommand):
    """`manage.py suggest_mapping FILE [--tenant SLUG] > mapping.json`."""

    help = "Suggest what the columns of a survey file mean, as JSON for import_feedback."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("file", type=Path, help="CSV, TSV or XLSX file of answers")
        parser.add_argument(
            "--tenant", help="use this tenant's metrics, not only the built-in ones"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the mapping on stdout; what is left to decide goes to stderr."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file “{path}”.")
        scales = _scales(options["tenant"])
        try:
            mapping = suggest_mapping(path, file_name=path.name, scales=scales)
            with open_table(path, mapping.dialect) as table:
                problems = validate(mapping, table.heads, scales)
        except FileRefusedError as error:
            raise CommandError(error.message) from error
        self.stdout.write(to_json(mapping).decode(), ending="")
        for problem in problems:
            self.stderr.write(f"To decide: {problem.field}: {problem.message}")


def _scales(slug: str | None) -> dict[str, MetricScale]:
    if slug is None:
        return {metric.key: MetricScale(*metric.scale) for metric in BUILTIN_METRICS}
    tenant = tenant_by_slug(slug)
    if tenant is None:
        raise CommandError(f"There is no tenant “{slug}”. Make one with create_tenant.")
    with tenant_bound(tenant.pk):
        return metric_scales(tenant)
