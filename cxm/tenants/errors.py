"""What can go wrong with tenants and members, in words for their admin."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class TenantError(DomainError):
    """Base of every anticipated failure about tenants and members."""


class SlugTakenError(TenantError):
    """Another tenant has this address already."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"“{slug}” is taken: choose another short name.", field="slug")


class UnknownZoneError(TenantError):
    """The time zone is not one of the IANA names."""

    def __init__(self, zone: str) -> None:
        super().__init__(
            f"“{zone}” is not a time zone: use a name such as Europe/Berlin.", field="time_zone"
        )


class LastOwnerError(TenantError):
    """A tenant always has an owner."""

    def __init__(self) -> None:
        super().__init__("This is the last owner: make somebody else owner first.", field="role")


class RoleNotYoursError(TenantError):
    """Only owners hand ownership out or take it away."""

    def __init__(self) -> None:
        super().__init__("Only an owner can give or take ownership.", field="role")


class AlreadyMemberError(TenantError):
    """The person is a member already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is a member already.", field="email")


class InvitationOverError(TenantError):
    """The link was used, withdrawn or has run out."""

    def __init__(self) -> None:
        super().__init__("This invitation was used, withdrawn or has run out: ask for a new one.")


class InvitationForAnotherError(TenantError):
    """The link was made for another address than the one signed in."""

    def __init__(self, email: str) -> None:
        super().__init__(f"This invitation is for {email}: sign in with that address.")


class AccountExistsError(TenantError):
    """Somebody has an account with the address of the link already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} has an account already: sign in, then accept.", field="email")


class RightsNotYoursError(TenantError):
    """A key can do no more than the one who makes it."""

    def __init__(self) -> None:
        super().__init__("You can only give rights that you have yourself.", field="rights")


class KeyEndsInThePastError(TenantError):
    """A key that has run out before it was made."""

    def __init__(self) -> None:
        super().__init__("Choose a day after today: this key would never work.", field="expires_at")


class ZoneChangeUnderWayError(TenantError):
    """One change of the zone at a time."""

    def __init__(self) -> None:
        super().__init__(
            "The days are being moved to another zone: wait until that is done.", field="time_zone"
        )
