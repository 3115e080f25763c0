"""Languages that surveys are written in: codes, own names, and which are read from the right."""

from __future__ import annotations

NAMES = {
    "ar": "العربية",
    "bg": "Български",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "nb": "Norsk bokmål",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "pt-br": "Português (Brasil)",
    "ro": "Română",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh-hans": "简体中文",
}
LANGUAGES = tuple(NAMES)
FROM_THE_RIGHT = ("ar", "he")


def best_language(wanted: str, offered: tuple[str, ...]) -> str | None:
    """Find what of *offered* suits *wanted*, such as "de-AT" or "pt_BR"; None if nothing does."""
    told = wanted.strip().casefold().replace("_", "-")
    while told:
        if told in offered:
            return told
        told = told.rpartition("-")[0]
    return None
