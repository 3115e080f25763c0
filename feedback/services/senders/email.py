"""Messages as e-mail, by the mail server of the settings."""

from __future__ import annotations

import re
import smtplib

from django.core.mail import EmailMultiAlternatives

from feedback.services.senders.message import (
    AddressRefusedError,
    BadAddressError,
    Message,
    NotSentError,
)

# What a mail server says of a mailbox that nobody has (RFC 3463, 3.2). All other refusals are of
# the sender, the relay or the moment, and say nothing of the person.
_NO_MAILBOX = frozenset({550, 551, 553})
_NOBODY = re.compile(r"\b5\.1\.[0136]\b")


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
            is_nobody = code in _NO_MAILBOX and _NOBODY.search(told)
            kind = AddressRefusedError if is_nobody else NotSentError
            raise kind(f"{code} {told}") from error
        except ValueError as error:
            # An address, or a header, that no mail can hold.
            raise BadAddressError(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(str(error)) from error
