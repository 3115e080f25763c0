"""Which sender carries messages of a medium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from feedback.rules.distribution.words import Medium
from feedback.services.senders.email import EmailSender
from feedback.services.senders.sms import HttpSmsSender

if TYPE_CHECKING:
    from feedback.services.senders.message import Sender


def can_send(medium: Medium) -> bool:
    """Whether this installation can send messages of *medium*."""
    return medium is Medium.EMAIL or (medium is Medium.SMS and bool(settings.SMS_GATEWAY_URL))


def sender_for(medium: Medium) -> Sender:
    """Give what sends messages of *medium*. Raises LookupError where there is none."""
    if not can_send(medium):
        message = f"nothing here sends messages by {medium}"
        raise LookupError(message)
    if medium is Medium.SMS:
        return HttpSmsSender(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN)
    return EmailSender()
