"""Addresses that a panel may be framed by: scheme, host and port, nothing else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_LOCAL = frozenset({"localhost", "127.0.0.1"})
_USUAL_PORTS = {"https": 443, "http": 80}
_LONGEST = 300


def clean_origin(text: str) -> str | None:
    """Give an origin as browsers write it: "https://acme.zendesk.com"; None for anything else.

    Small letters, no usual port, a slash at the end is forgiven. Only https, except on this
    very machine; no wildcard, no path, no name and password.
    """
    plain = text.strip().lower().removesuffix("/")
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    if len(plain) > _LONGEST or not is_secure or not _HOST.fullmatch(host) or ".." in host:
        return None
    end = "" if port in {None, _USUAL_PORTS[parts.scheme]} else f":{port}"
    given = plain if end else plain.removesuffix(f":{_USUAL_PORTS[parts.scheme]}")
    whole = f"{parts.scheme}://{host}{end}"
    return whole if given == whole else None
