"""How long the account numbers of each country are (ISO 13616, registry of SWIFT)."""

from __future__ import annotations

_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FO FI GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK MN",
    21: "HR LV LI CH",
    22: "BH BG CR GE DE IE ME RS GB VA",
    23: "GI IL TL AE IQ",
    24: "AD CZ MD PK RO SA SK ES SE TN VG",
    25: "PT ST LY",
    26: "IS TR",
    27: "FR GR IT MC MR SM BI DJ",
    28: "AL AZ CY DO GT HU LB PL BY SV NI",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
IBAN_LENGTHS = {
    country: length for length, countries in _BY_LENGTH.items() for country in countries.split()
}
