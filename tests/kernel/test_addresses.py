"""Where a request comes from, behind as many proxies as there are."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

from cxm.kernel.addresses import client_address


@pytest.mark.parametrize(
    ("trusted", "told", "address"),
    [
        (0, "", "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7,203.0.113.9 , 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "203.0.113.9, ", "10.0.0.1"),
        (1, "2001:db8::9", "2001:db8::9"),
    ],
)
def test_the_nearest_proxies_tell_whom_a_request_came_from(
    trusted: int, told: str, address: str
) -> None:
    headers = {"X-Forwarded-For": told} if told else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.1")

    with override_settings(TRUSTED_PROXIES=trusted):
        assert client_address(request) == address
