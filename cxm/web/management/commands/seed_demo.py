"""Fill the demo tenants with two made-up companies."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.harbour import HARBOUR
from cxm.web.demo.seeding import SIZES, is_complete, seed_company

COMPANIES = (BRIGHTLINE, HARBOUR)
BAR = 32


class Command(BaseCommand):
    """`manage.py seed_demo [--if-absent] [--size small|full] [--seed N]`."""

    help = "Make the demo tenants: Brightline (demo) and Harbour Hotels (harbour)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument(
            "--if-absent", action="store_true", help="do nothing when the demo is there"
        )
        parser.add_argument("--size", choices=sorted(SIZES), default="full")
        parser.add_argument(
            "--seed", type=int, default=1, help="another number, other answers and events"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make what is missing; raises CommandError when nothing is, unless --if-absent."""
        missing = [company for company in COMPANIES if not is_complete(company)]
        if not missing:
            if options["if_absent"]:
                return
            raise CommandError("The demo is there already. Say --if-absent to leave it as it is.")
        for company in missing:
            self._quarters = 0
            try:
                seed_company(
                    company,
                    size=options["size"],
                    seed=options["seed"],
                    now=now(),
                    tell=partial(self._tell, company.name),
                )
            except DomainError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{company.name} is ready: /t/{company.slug}/")

    def _tell(self, name: str, loaded: int, share: float) -> None:
        """Say how far it is: one line that changes on a screen, a line each quarter elsewhere."""
        filled = round(share * BAR)
        line = f"{name} [{'#' * filled}{'.' * (BAR - filled)}] {loaded:,} answers and events"
        if self.stderr.isatty():
            self.stderr.write(f"\r{line}", ending="\n" if filled == BAR else "")
        elif filled * 4 // BAR > self._quarters:
            self._quarters = filled * 4 // BAR
            self.stderr.write(line)
