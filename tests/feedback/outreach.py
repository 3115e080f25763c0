"""Surveys that are sent, people who get them, and a mail server that takes them, for tests."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from cxm.customers.models import Customer
from cxm.customers.rules.records import Ref
from cxm.kernel.ids import new_id
from feedback.models import ContactRule, Distribution
from feedback.services.distribution.running import save_distribution, start
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from cxm.customers.models import Interaction
    from cxm.tenants.models import Membership, Tenant
    from feedback.models import Survey


class MailServer:
    """Takes mail by SMTP; addresses that begin with `nobody` are refused for good."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = _free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Begin to take mail."""
        self._controller.start()

    def stop(self) -> None:
        """Take no more mail."""
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take or refuse an address."""
        if address.startswith("nobody"):
            return "550 5.1.1 no such person"
        if address.startswith("busy"):
            return "451 4.3.0 later please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        sent = envelope.original_content or b""
        self.mails.append(message_from_bytes(sent, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_taken(settings: Any) -> Iterator[MailServer]:
    """Run a mail server, and let the product send by it."""
    server = MailServer()
    server.start()
    options = {"host": "127.0.0.1", "port": server.port, "timeout": 10}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def distribution(survey: Survey, *, by: Membership, **values: Any) -> Distribution:
    """Make an active distribution by e-mail for every event called `delivered`."""
    told = {
        "title": "After delivery",
        "medium": "email",
        "audience": "event",
        "trigger": {"kind": "event", "name": "delivered", "conditions": []},
        **values,
    }
    row = save_distribution(survey=survey, distribution=None, values=told, by=by, now=NOW)
    start(distribution=row, by=by, now=NOW)
    return row


def delivered(tenant: Tenant, email: str, *, order: str = "", **fields: Any) -> Interaction:
    """Have something delivered to a customer known by e-mail."""
    refs = (Ref("email", "", email),)
    return make.events("delivered", of=tenant, refs=refs, thread_key=order, **fields)[0]


def rule(kind: str, *, of: Tenant, **params: Any) -> ContactRule:
    """Make a rule of the contact policy."""
    return ContactRule.objects.create(
        tenant=of, id=new_id(), kind=kind, params=params, created_at=NOW
    )


def content(mail: EmailMessage, kind: str) -> str:
    """Give the `plain` or the `html` part of a mail."""
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""


def person(tenant: Tenant, email: str) -> Customer:
    """Find the customer with an e-mail address."""
    return Customer.objects.for_tenant(tenant).get(email=email)
