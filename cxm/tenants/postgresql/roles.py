"""Names of the two roles that the application knows."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.conf import settings


def application_role() -> str:
    """Give the role the web and the workers connect as, also while running as the owner."""
    return unquote(urlsplit(settings.DATABASE_URL).username or "")
