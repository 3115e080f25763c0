"""Working out drivers, in workers: who answered what, and what of it goes with the outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from analytics.rules.driver_model import found_drivers
from analytics.selectors.driver_people import read_driver_people
from analytics.selectors.driver_question import stored_question
from analytics.selectors.figures import Viewer
from analytics.services.reading_whole import reading_whole

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.models import DriverRun

# A new number where the method changes: then everything is worked out anew.
METHOD = 1


@transaction.atomic
def work_out_drivers(*, run: DriverRun, now: datetime) -> DriverRun:
    """Work out the drivers of a question and keep them; nothing anew where no answer changed."""
    viewer = Viewer(run.tenant, sees_rows=True, now=now)
    question = stored_question(viewer, run.question)
    if question is None or question.key != run.key:
        # What it names was archived: the answer of before stands, as of its day.
        return run
    with reading_whole():
        found = read_driver_people(question)
    data_hash = f"{METHOD}-{found.data_hash}"[:64]
    if run.result is None or run.data_hash != data_hash:
        result = found_drivers(found.people, found.dates)
        if found.reason:
            result = replace(result, reason=found.reason)
        run.result, run.data_hash, run.version = result.as_json(), data_hash, found.version
    run.at = now
    run.save(update_fields=["result", "data_hash", "version", "at"])
    return run
