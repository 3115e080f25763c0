"""Fixtures shared by the tests of feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.services import row_log
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxm.tenants.models import Membership


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


@pytest.fixture
def member() -> Iterator[Membership]:
    """Give a manager of a workspace, and work inside it."""
    manager = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(manager.tenant_id):
        yield manager
