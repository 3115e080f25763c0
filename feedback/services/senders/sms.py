"""Messages as SMS, handed over HTTP to a gateway of the operator's choice."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.services.senders.message import AddressRefusedError, BadAddressError, NotSentError

if TYPE_CHECKING:
    from feedback.services.senders.message import Message

_TIMEOUT_SECONDS = 10
_MOST_READ = 1_000
# What a gateway answers to a number that nobody has; all else may be our own mistake.
_GONE = 410
_WRONG_NUMBER = frozenset({400, 422})


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would lead on with GET, and with the token."""

    def redirect_request(self, *_asked: object) -> None:
        """Take a redirect for a refusal."""


_OPENER = urllib.request.build_opener(_Straight)


@dataclass(frozen=True, slots=True)
class HttpSmsSender:
    """Posts `{id, to, text}` as JSON to *url*, with *token* as bearer."""

    url: str
    token: str

    def send(self, message: Message) -> None:
        """Hand one message over. Raises as `Sender.send` says."""
        body = json.dumps({"id": message.id, "to": message.to, "text": message.text}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 - the operator's own address
        try:
            with _OPENER.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                answer.read(_MOST_READ)
        except urllib.error.HTTPError as error:
            told = error.read(_MOST_READ).decode(errors="replace")
            words = f"{error.code} {told}"
            if error.code == _GONE:
                raise AddressRefusedError(words) from error
            if error.code in _WRONG_NUMBER:
                raise BadAddressError(words) from error
            raise NotSentError(words) from error
        except (OSError, http.client.HTTPException) as error:
            raise NotSentError(str(error)) from error
