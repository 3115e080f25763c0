"""Small secrets at rest: what others gave us to sign or sign in with, kept unreadable."""

from __future__ import annotations

import base64
import binascii
import os
from functools import cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from uuid import UUID

FORM = "v1."
KEY_BYTES = 32
NONCE_BYTES = 12


class SecretUnreadableError(Exception):
    """A sealed secret was altered, belongs elsewhere, or its key is no longer in the settings."""


def seal(secret: str, *, purpose: str, tenant_id: UUID) -> str:
    """Encrypt *secret* for one purpose of one tenant; the text fits a plain text column.

    AES-256-GCM under a key that HKDF (RFC 5869) makes of SECRET_KEY and *purpose*, such as
    "webhook". The same secret gives another text each time. Copied to another tenant's row, or
    used for another purpose, the text does not open.
    """
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(_key(settings.SECRET_KEY, purpose))
    sealed = cipher.encrypt(nonce, secret.encode(), tenant_id.bytes)
    return FORM + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, purpose: str, tenant_id: UUID) -> str:
    """Give the secret that `seal` was given.

    Keys of SECRET_KEY_FALLBACKS open what was sealed before SECRET_KEY changed. Raises
    SecretUnreadableError.
    """
    nonce, body = _parts(sealed)
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            opened = AESGCM(_key(key, purpose)).decrypt(nonce, body, tenant_id.bytes)
        except InvalidTag:
            continue
        return opened.decode()
    message = f"no key of the settings opens this secret ({purpose})"
    raise SecretUnreadableError(message)


def _parts(sealed: str) -> tuple[bytes, bytes]:
    text = sealed.removeprefix(FORM)
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretUnreadableError from error
    # Base64 has spare bits at its end: only the one writing that we use is read.
    is_ours = FORM + base64.urlsafe_b64encode(raw).decode() == sealed
    if not is_ours or len(raw) <= NONCE_BYTES:
        raise SecretUnreadableError
    return raw[:NONCE_BYTES], raw[NONCE_BYTES:]


@cache
def _key(secret_key: str, purpose: str) -> bytes:
    info = b"wayfare secret at rest: " + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(
        secret_key.encode()
    )
