"""Fixtures shared by the tests of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: Any) -> None:
    """Stored files go into a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
