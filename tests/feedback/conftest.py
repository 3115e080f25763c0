"""Fixtures shared by the tests of feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from feedback.services import row_log

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    """Give the folder that uploaded files go into, empty."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut files into chunks of ten rows."""
    monkeypatch.setattr(row_log, "FEWEST_ROWS", 10)
    monkeypatch.setattr(row_log, "MOST_ROWS", 10)
