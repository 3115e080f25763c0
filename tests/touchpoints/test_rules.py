"""Keys made of titles."""

from __future__ import annotations

import pytest

from cxm.touchpoints.rules.keys import free_key, readable_title, suggested_key


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Checkout", "checkout"),
        ("Checkout: pay by card!", "checkout-pay-by-card"),
        ("  Über uns  ", "uber-uns"),
        ("Straße", "strasse"),
        ("Wi-Fi / WLAN", "wi-fi-wlan"),
        ("支払い", ""),
        ("", ""),
        ("a" * 70, "a" * 60),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_key_is_made_of_a_title(title: str, key: str) -> None:
    assert suggested_key(title) == key


@pytest.mark.parametrize(
    ("wanted", "taken", "key"),
    [
        ("web", set(), "web"),
        ("web", {"web"}, "web-2"),
        ("web", {"web", "web-2", "web-3"}, "web-4"),
        ("a" * 60, {"a" * 60}, "a" * 58 + "-2"),
    ],
)
def test_a_taken_key_gets_a_number(wanted: str, taken: set[str], key: str) -> None:
    assert free_key(wanted, taken) == key


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("order_delivered", "Order delivered"),
        ("order-delivered", "Order delivered"),
        ("orderDelivered", "Order delivered"),
        ("OrderDelivered", "Order delivered"),
        ("ORDER_DELIVERED", "Order delivered"),
        ("Order Delivered", "Order Delivered"),
        ("order delivered", "Order delivered"),
        ("checkout.started", "Checkout started"),
        ("$pageview", "Pageview"),
        ("API_called", "API called"),
        ("/pricing/team", "Pricing team"),
        ("größe_gewählt", "Größe gewählt"),
        ("step2Done", "Step2 done"),
        ("支払い", "支払い"),
        ("***", "***"),
        ("a_" * 90, ("A " + "a " * 59).strip()),
    ],
)
def test_a_title_is_made_of_the_name_of_an_event(name: str, title: str) -> None:
    assert readable_title(name) == title
