"""Where webhooks may be sent: to https, and to addresses that anybody on the internet can reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_URL = 500
_HTTPS_PORTS = frozenset({443, 8443})
_DEFAULT_PORTS = {"https": 443, "http": 80}
# Handed out to receivers of the internet (RFC 4291, 2.4); everything else is special.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_REFUSED = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments: some lead to the next router
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    ipaddress.IPv6Network("2002::/16"),  # 6to4: an IPv4 address is inside
    ipaddress.IPv6Network("3fff::/20"),  # documentation, RFC 9637
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address to send to, taken apart: *path* begins with "/" and holds the query."""

    is_secure: bool
    host: str
    port: int
    path: str
    is_allowed_by_name: bool

    @property
    def shown(self) -> str:
        """Give the value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == _DEFAULT_PORTS["https" if self.is_secure else "http"]
        return host if is_default else f"{host}:{self.port}"


class AddressRefusedError(Exception):
    """Nothing may be sent there; `str(error)` says why, for people."""


def read_target(url: str, *, allowed_hosts: Collection[str]) -> Target:
    """Take *url* apart; raises AddressRefusedError where nothing may be sent to it.

    *allowed_hosts* are names that the operator allows whatever their address is, and without TLS.
    Other hosts need https and port 443 or 8443. What the name leads to is another question:
    `is_public` answers it at every attempt.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(sign.isspace() for sign in url):
        message = f"Use at most {LONGEST_URL} characters, without spaces or letters beyond ASCII."
        raise AddressRefusedError(message)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefusedError("This is no address: begin with https://") from error
    host = (parts.hostname or "").rstrip(".")
    _check_parts(parts.scheme, host, has_more=bool(parts.username or parts.password or "#" in url))
    is_secure, is_allowed = parts.scheme == "https", host in allowed_hosts
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if not is_allowed:
        _check_public_form(port, is_secure=is_secure)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_secure, host, port, path, is_allowed)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet at large; False for what is none at all.

    Private, loopback, link-local, carrier-grade NAT, multicast and reserved addresses are not, nor
    are IPv6 addresses that hold an IPv4 address (mapped, 6to4, NAT64, Teredo).
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not found.is_global or found.is_multicast:
        return False
    if any(found in network for network in _REFUSED if network.version == found.version):
        return False
    return found.version == 4 or found in _UNICAST  # noqa: PLR2004 - of the Internet Protocol


def _check_parts(scheme: str, host: str, *, has_more: bool) -> None:
    if scheme not in _DEFAULT_PORTS or not host:
        raise AddressRefusedError("This is no address: begin with https://")
    if has_more:
        raise AddressRefusedError("Leave out user names, passwords and what follows a #.")


def _check_public_form(port: int, *, is_secure: bool) -> None:
    if not is_secure:
        raise AddressRefusedError("Begin with https:// so that nobody on the way can read it.")
    if port not in _HTTPS_PORTS:
        raise AddressRefusedError("Use port 443 or 8443.")
