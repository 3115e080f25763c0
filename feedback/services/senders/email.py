"""Messages as e-mail, by the mail server of the settings."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMultiAlternatives

from feedback.rules.distribution.bounces import is_nobody
from feedback.services.senders.message import (
    AddressRefusedError,
    BadAddressError,
    Message,
    NotSentError,
)

_NO_MAILBOX = frozenset({550, 551, 553})


class EmailSender:
    """Sends by SMTP, or by whatever EMAIL_BACKEND names."""

    def send(self, message: Message) -> None:
        """Send plain text with its HTML twin. Raises as `Sender.send` says."""
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            from_email=message.sender,
            to=[message.to],
            reply_to=[message.reply_to] if message.reply_to else [],
            headers={"Message-ID": message.id, **message.headers},
        )
        if message.html:
            mail.attach_alternative(message.html, "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            told = str(said, errors="replace")
            is_for_good = code in _NO_MAILBOX and is_nobody(told)
            kind = AddressRefusedError if is_for_good else NotSentError
            raise kind(f"{code} {told}") from error
        except ValueError as error:
            # An address, or a header, that no mail can hold.
            raise BadAddressError(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(str(error)) from error
