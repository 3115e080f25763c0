"""People who can sign in; global, since one address may belong to several tenants."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now

from cxm.accounts.rules import called
from cxm.kernel.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a person under *email* (folded to lower case); no password means none works."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person; belongs to tenants through memberships, never directly."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_is_folded"
            )
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Give the name that anybody may read: the person's own, else “A member”."""
        return called(self.name)

    def name_or_address(self) -> str:
        """Tell who this is to those who see the members: the name, else the address."""
        return self.name.strip() or self.email
