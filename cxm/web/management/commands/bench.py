"""Measure what matters, as ratios within one run."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

BENCHES = (
    "load",
    "ingest_http",
    "submit",
    "rebuild",
    "rollup_lag",
    "dashboard",
    "context",
    "map",
    "churn",
    "rls",
    "search",
    "segments",
)


class Command(BaseCommand):
    """`manage.py bench NAME [--size N] [--json]`; the last line is one JSON object."""

    help = "Run a bench in a database of its own and print its figures."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("name", choices=BENCHES)
        parser.add_argument("--size", type=int, help="ratings to work on; each has its own default")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the bench and print what it found."""
        bench = import_module(f"cxm.web.benches.{options['name']}")
        result = bench.run(options["size"]) if options["size"] else bench.run()
        figures = result.as_json()
        if not options["json"]:
            for name, figure in figures.items():
                self.stdout.write(f"{name:>16}  {figure}")
            return
        self.stdout.write(json.dumps(figures))
