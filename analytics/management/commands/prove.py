"""Prove what is claimed of the numbers on maps, on made-up answers whose truth is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.rules.proving import SEED, Proof, prove_experience

# What has to come out (spec: journeys, section 13), beside what it means.
CLAIMS = (
    ("null_weeks_marked", "weeks with any mark while nothing changes", "at most", 0.06),
    ("drop_found_n600", "drops from 80 % to 70 % found at 600 answers", "at least", 0.8),
    ("drop_found_n150", "drops from 80 % to 70 % found at 150 answers", "under", 0.2),
    ("coverage_n10", "NPS intervals that hold the truth at 10 answers", "at least", 0.93),
    ("reached_null", "promises said to be reached while nothing changes", "at most", 0.05),
)


class Command(BaseCommand):
    """`manage.py prove experience [--json] [--seed N] [--weeks N] [--runs N]`."""

    help = (
        "Try the rules of the map's numbers on made-up answers, and say how often they are right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("what", choices=["experience"], help="what is to be proved")
        parser.add_argument("--seed", type=int, default=SEED, help="another one, other answers")
        parser.add_argument("--weeks", type=int, default=1_000, help="weeks without a change")
        parser.add_argument("--runs", type=int, default=1_000, help="drops, and promises, tried")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the trials and print what came out."""
        proof = prove_experience(seed=options["seed"], weeks=options["weeks"], runs=options["runs"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(proof)))
            return
        for line in _lines(proof):
            self.stdout.write(line)


def _lines(proof: Proof) -> list[str]:
    return [
        f"{100 * getattr(proof, name):5.1f} %  {words} ({limit} {100 * bound:.0f} %)"
        for name, words, limit, bound in CLAIMS
    ]
