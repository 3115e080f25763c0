"""The moment at which tests of figures happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def _at_one_moment() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield
