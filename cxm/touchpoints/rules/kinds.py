"""Which kinds of interactions touchpoint rules are for."""

from __future__ import annotations

# What happens by itself. Responses, cases, notes and merges get their touchpoint, if any, from
# what they are about.
RULED_KINDS: dict[str, str] = {
    "event": "Event",
    "page": "Page view",
    "message": "Message",
    "call": "Call",
    "visit": "Visit",
    "order_step": "Order step",
    "payment": "Payment",
    "invitation": "Invitation",
    "contract": "Contract",
}
