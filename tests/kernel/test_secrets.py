"""Secrets at rest: they open for whom they were sealed, and for nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest

from cxm.kernel.secrets import SecretUnreadableError, seal, unseal

TENANT = UUID("00000000-0000-0000-0000-000000000001")
OTHER = UUID("00000000-0000-0000-0000-000000000002")


@pytest.mark.parametrize(
    "secret", ["whsec_abc", "ключ 🔑", "x" * 5_000], ids=["a", "words", "long"]
)
def test_a_secret_comes_back_whole_and_cannot_be_read_meanwhile(secret: str) -> None:
    sealed = seal(secret, purpose="webhook", tenant_id=TENANT)

    assert unseal(sealed, purpose="webhook", tenant_id=TENANT) == secret
    assert secret not in sealed
    assert sealed != seal(secret, purpose="webhook", tenant_id=TENANT)


@pytest.mark.parametrize(
    ("purpose", "tenant_id"), [("source", TENANT), ("webhook", OTHER)], ids=["purpose", "tenant"]
)
def test_a_secret_opens_only_where_it_belongs(purpose: str, tenant_id: UUID) -> None:
    sealed = seal("whsec_abc", purpose="webhook", tenant_id=TENANT)

    with pytest.raises(SecretUnreadableError):
        unseal(sealed, purpose=purpose, tenant_id=tenant_id)


def test_an_altered_secret_is_refused_wherever_it_was_altered() -> None:
    sealed = seal("whsec_abc", purpose="webhook", tenant_id=TENANT)

    for place, letter in enumerate(sealed):
        other = sealed[:place] + ("B" if letter == "A" else "A") + sealed[place + 1 :]
        with pytest.raises(SecretUnreadableError):
            unseal(other, purpose="webhook", tenant_id=TENANT)


@pytest.mark.parametrize("sealed", ["", "v1.", "v1.AAAA", "v1.ä", "v2.AAAA", "whsec_abc"])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(SecretUnreadableError):
        unseal(sealed, purpose="webhook", tenant_id=TENANT)


def test_a_secret_outlives_its_key_as_long_as_the_settings_name_it(settings) -> None:
    settings.SECRET_KEY = "old" * 20
    sealed = seal("whsec_abc", purpose="webhook", tenant_id=TENANT)
    settings.SECRET_KEY = "new" * 20

    with pytest.raises(SecretUnreadableError):
        unseal(sealed, purpose="webhook", tenant_id=TENANT)
    settings.SECRET_KEY_FALLBACKS = ["old" * 20]
    assert unseal(sealed, purpose="webhook", tenant_id=TENANT) == "whsec_abc"
