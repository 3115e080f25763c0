"""What tests of webhooks share: this machine counts as allowed, and a member who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


@pytest.fixture
def member() -> Membership:
    return make.member()


@pytest.fixture
def _here_is_allowed(settings) -> None:
    """Receivers of tests are on this machine, where webhooks are not sent otherwise."""
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1", "receiver.example"]
