"""Break the product on purpose, under load, and prove that nothing was lost or counted twice."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxm.embedded.errors import ServerError
from cxm.embedded.stopping import Stop
from cxm.web.nemesis.planning import Kind
from cxm.web.nemesis.trial import try_faults

STOPPED = 130


class Command(BaseCommand):
    """`manage.py nemesis [--minutes N] [--faults KIND,…] [--seed N] [--json]`.

    The last line is one JSON object; the exit code is 1 when its `anomalies` are not 0. After
    Ctrl+C, SIGTERM or a closed terminal nothing of the run is left, and the exit code is 130.
    """

    help = "Run the product on servers of its own, break it under load, and check every event."
    requires_system_checks = []  # they ask the configured database, which is not needed here

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("--minutes", type=float, default=2.0, help="how long clients send")
        parser.add_argument(
            "--faults",
            default=",".join(Kind),
            help=f"what goes wrong, of {', '.join(Kind)}; all of them by default",
        )
        parser.add_argument("--seed", type=int, default=1, help="draws the plan of the faults")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run, print the figures, and end with code 1 where something is wrong."""
        if not 0 < options["minutes"] <= 24 * 60:
            message = "--minutes must be more than 0 and at most a day"
            raise CommandError(message)
        kinds = _kinds(options["faults"])
        say = _keep_still if options["json"] else self.stderr.write
        stop = Stop()
        stop.listen()
        try:
            figures = try_faults(
                options["minutes"], kinds, seed=options["seed"], say=say, stop=stop
            )
        except ServerError as error:
            raise CommandError(f"The run could not be made: {error}.") from error
        finally:
            # Whatever else went wrong: who asked for the stop is told that it was made.
            if stop.is_asked:
                sys.exit(STOPPED)
        self.stdout.write(json.dumps(figures))
        if figures["anomalies"]:
            sys.exit(1)


def _kinds(text: str) -> frozenset[Kind]:
    words = {word.strip() for word in text.split(",") if word.strip()}
    unknown = words - set(Kind)
    if unknown or not words:
        message = f"--faults takes {', '.join(Kind)}, not {', '.join(sorted(unknown)) or 'nothing'}"
        raise CommandError(message)
    return frozenset(Kind(word) for word in words)


def _keep_still(_text: str) -> None:
    """Say nothing: the output is for a program."""
