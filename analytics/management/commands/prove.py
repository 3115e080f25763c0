"""Prove what is claimed of maps, alerts and drivers on answers whose truth is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.rules.alert_proving import AlertProof, prove_alerts
from analytics.rules.driver_proving import DriverProof, prove_drivers
from analytics.rules.proving import SEED, Proof, prove_experience

type Claims = tuple[tuple[str, str, str, float], ...]

# What has to come out (spec: journeys, section 13), beside what it means.
CLAIMS = (
    ("null_weeks_marked", "weeks with any mark while nothing changes", "at most", 0.06),
    ("drop_found_n600", "drops from 80 % to 70 % found at 600 answers", "at least", 0.8),
    ("drop_found_n150", "drops from 80 % to 70 % found at 150 answers", "under", 0.2),
    ("coverage_n10", "NPS intervals that hold the truth at 10 answers", "at least", 0.93),
    ("reached_null", "promises said to be reached while nothing changes", "at most", 0.05),
)
# What alerts have to keep (spec: feedback, sections 8.5 and 16.4; metrics, section 6).
ALERT_CLAIMS = (
    ("null_rang", "quarters in which a level rings while nothing changes", "at most", 0.055),
    ("extreme_rang", "the same where nearly everybody answers alike", "at most", 0.055),
    ("long_rang", "the same over 5,000 answers", "at most", 0.055),
    ("drop_found", "drops of an NPS from 30 to 0 that ring within a quarter", "at least", 0.8),
    ("fixed_rang", "quarters in which an ordinary interval would ring by chance", "over", 0.28),
)
KINDS = ("experience", "alerts", "drivers")
# What drivers have to keep (spec: feedback, sections 8.4 and 16.10).
DRIVER_CLAIMS = (
    ("weights_held", "intervals of slopes that hold the planted weight", "at least", 0.93),
    ("shares_held", "intervals of shares that hold the planted share", "at least", 0.93),
    ("null_beyond", "outcomes by lot with any driver beyond chance", "at most", 0.06),
)


class Command(BaseCommand):
    """`manage.py prove experience|alerts|drivers [--json] [--seed N] [--runs N] …`."""

    help = "Try rules of numbers on made-up answers, and say how often they are right."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("what", choices=KINDS, help="what is to be proved")
        parser.add_argument("--seed", type=int, default=SEED, help="another one, other answers")
        parser.add_argument("--weeks", type=int, default=1_000, help="weeks without a change")
        parser.add_argument(
            "--streams", type=int, default=4_000, help="quarters of a level without a change"
        )
        parser.add_argument(
            "--runs", type=int, default=1_000, help="drops, promises and crowds tried"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the trials and print what came out."""
        seed, runs = options["seed"], options["runs"]
        proof: Proof | AlertProof | DriverProof
        claims: Claims
        if options["what"] == "alerts":
            claims = ALERT_CLAIMS
            proof = prove_alerts(seed=seed, streams=options["streams"], runs=runs)
        elif options["what"] == "drivers":
            claims = DRIVER_CLAIMS
            proof = prove_drivers(seed=seed, runs=runs)
        else:
            claims = CLAIMS
            proof = prove_experience(seed=seed, weeks=options["weeks"], runs=runs)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(proof)))
            return
        for line in _lines(proof, claims):
            self.stdout.write(line)


def _lines(proof: Proof | AlertProof | DriverProof, claims: Claims) -> list[str]:
    return [
        f"{100 * getattr(proof, name):5.1f} %  {words} ({limit} {100 * bound:g} %)"
        for name, words, limit, bound in claims
    ]
