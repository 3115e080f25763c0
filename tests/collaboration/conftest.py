"""Fixtures shared by the tests of collaboration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    """Give the folder that stored files go into, empty."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    return folder
