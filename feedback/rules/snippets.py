"""Ready-made code that connects a client to one event source."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

# What stands in the code where the key goes, when it is not known any more.
KEY_PLACE = "YOUR_WRITE_KEY"


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code to paste: *install* is the shell command before it, or empty."""

    key: str
    title: str
    install: str
    code: str


def connect_snippets(*, address: str, key: str = "") -> list[Snippet]:
    """Give code for each kind of client that we know to work.

    *address* is that of this site, without a slash at its end; *key* the text of a write key, or
    empty for a place to put one.
    """
    values = {"address": address, "key": key or KEY_PLACE}
    return [
        Snippet(name, title, install, Template(code).substitute(values).strip())
        for name, title, install, code in _CLIENTS
    ]


_SEGMENT_PYTHON = """
import segment.analytics as analytics

analytics.write_key = "$key"
analytics.host = "$address"

analytics.identify("user-1", {"name": "Ada Moss", "email": "ada@example.com"})
analytics.track("user-1", "Order placed", {"order_id": "A-1001", "total": 49.9})
analytics.flush()
"""
_SEGMENT_NODE = """
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "$key", host: "$address" });

analytics.identify({ userId: "user-1", traits: { name: "Ada Moss", email: "ada@example.com" } });
analytics.track({
  userId: "user-1", event: "Order placed", properties: { order_id: "A-1001", total: 49.9 },
});
await analytics.closeAndFlush();
"""
_BROWSER = """
const visitor = localStorage.visitor ??= crypto.randomUUID();

function track(event, properties = {}) {
  const body = {
    writeKey: "$key", type: "track", messageId: crypto.randomUUID(), anonymousId: visitor,
    event, properties, timestamp: new Date().toISOString(), sentAt: new Date().toISOString(),
    context: { page: { path: location.pathname, referrer: document.referrer } },
  };
  return fetch("$address/v1/t", { method: "POST", body: JSON.stringify(body), keepalive: true });
}

track("Order placed", { order_id: "A-1001", total: 49.9 });
"""
_RUDDER = """
import rudderstack.analytics as rudder

rudder.write_key = "$key"
rudder.dataPlaneUrl = "$address"

rudder.identify("user-1", {"name": "Ada Moss", "email": "ada@example.com"})
rudder.track("user-1", "Order placed", {"order_id": "A-1001", "total": 49.9})
rudder.flush()
"""
_POSTHOG = """
from posthog import Posthog

posthog = Posthog("$key", host="$address")

posthog.set(distinct_id="user-1", properties={"name": "Ada Moss", "email": "ada@example.com"})
order = {"order_id": "A-1001", "total": 49.9}
posthog.capture("Order placed", distinct_id="user-1", properties=order)
posthog.shutdown()
"""
_CURL = """
curl "$address/v1/track" \\
  --user "$key:" \\
  --json '{
    "messageId": "order-A-1001",
    "userId": "user-1",
    "event": "Order placed",
    "properties": {"order_id": "A-1001", "total": 49.9},
    "timestamp": "2026-11-21T10:30:00Z"
  }'
"""
_CLIENTS = (
    ("python", "Python (Segment)", "pip install segment-analytics-python", _SEGMENT_PYTHON),
    ("node", "Node.js (Segment)", "npm install @segment/analytics-node", _SEGMENT_NODE),
    ("browser", "Website, without a library", "", _BROWSER),
    ("rudder", "Python (RudderStack)", "pip install rudder-sdk-python", _RUDDER),
    ("posthog", "Python (PostHog)", "pip install posthog", _POSTHOG),
    ("curl", "Shell (curl)", "", _CURL),
)
