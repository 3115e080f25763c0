"""What is kept of whoever opens a link, and how often a password is tried."""

from __future__ import annotations

import pytest

from cxm.collaboration.rules.links import (
    MOST_COUNTED,
    address_prefix,
    agent_family,
    is_wait_due,
    tries_left,
)

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        (" 10.1.2.3 ", "10.1.2.0/24"),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::/48"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.77:4711", ""),
    ],
)
def test_an_address_is_kept_as_its_network(address: str, prefix: str) -> None:
    assert address_prefix(address) == prefix


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (CHROME, "Chrome"),
        (f"{CHROME} Edg/142.0.0.0", "Edge"),
        (f"{CHROME} OPR/120.0.0.0", "Opera"),
        (CHROME.replace("Chrome/", "SamsungBrowser/28.0 Chrome/"), "Samsung Internet"),
        (SAFARI, "Safari"),
        (SAFARI.replace("Version/18.6", "CriOS/142.0"), "Chrome"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Robot"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Robot"),
        ("curl/8.16.0", "Program"),
        ("", "Other"),
        ("<script>x</script>", "Other"),
    ],
)
def test_a_browser_is_kept_as_its_family(agent: str, family: str) -> None:
    assert agent_family(agent) == family


@pytest.mark.parametrize(
    ("wrong", "left", "waits"),
    [
        (1, 4, False),
        (4, 1, False),
        (5, 5, True),
        (6, 4, False),
        (10, 5, True),
        (MOST_COUNTED, 5, True),
    ],
)
def test_each_fifth_wrong_password_means_to_wait(wrong: int, left: int, *, waits: bool) -> None:
    assert (tries_left(wrong), is_wait_due(wrong)) == (left, waits)
