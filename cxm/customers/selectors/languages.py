"""Names of languages."""

from __future__ import annotations

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """Call a language by its English name: "de" is "German"; the code where it is not known."""
    try:
        return str(get_language_info(code.lower().replace("_", "-"))["name"]) if code else ""
    except KeyError:
        return code
