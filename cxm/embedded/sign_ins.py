"""The sign-ins of the demo tenant, as the demo prints them and the seed makes them."""

from __future__ import annotations

from typing import Final

# It opens made-up data on the reader's own machine, which is why it is printed.
DEMO_PASSWORD: Final = "journey-to-better"  # noqa: S105 - not a secret
# What the person is, and the e-mail address to sign in with.
DEMO_SIGN_INS: Final = {
    "manager": "manager@demo.example",
    "agent": "agent@demo.example",
    "admin": "admin@demo.example",
}
