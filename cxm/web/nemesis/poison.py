"""Work that harms those who do it: for the workers of a nemesis, which load this module by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cxm.kernel.effects import effect
from cxm.web.nemesis.planning import Poison

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

HANGS_SECONDS = 3600

if not os.environ.get("WAYFARE_NEMESIS"):
    MESSAGE = "poison is only for the workers that `manage.py nemesis` starts"
    raise ImportError(MESSAGE)
# The folder in which each attempt is noted: the count must not be the product's own.
FOLDER = Path(os.environ["WAYFARE_NEMESIS"])


class PoisonError(RuntimeError):
    """What the third of them raises."""


@effect(Poison.KILLS)
def kill_process(*, tenant_id: UUID, now: datetime) -> None:  # noqa: ARG001 - of every effect
    """Kill the process that does this, as a lack of memory would."""
    _note(Poison.KILLS)
    os.kill(os.getpid(), signal.SIGKILL)


@effect(Poison.HANGS)
def hang(*, tenant_id: UUID, now: datetime) -> None:  # noqa: ARG001 - of every effect
    """Never come to an end."""
    _note(Poison.HANGS)
    time.sleep(HANGS_SECONDS)


@effect(Poison.RAISES)
def fail(*, tenant_id: UUID, now: datetime) -> None:  # noqa: ARG001 - of every effect
    """Fail each time."""
    _note(Poison.RAISES)
    message = "this never works"
    raise PoisonError(message)


def _note(poison: Poison) -> None:
    with (FOLDER / poison.value).open("a") as attempts:
        attempts.write("+")
