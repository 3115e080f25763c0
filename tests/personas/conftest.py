"""Two people who edit the same personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def ana(bea: Membership) -> Membership:
    return make.member(of=bea.tenant)
