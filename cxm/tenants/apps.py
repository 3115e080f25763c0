from __future__ import annotations

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "cxm.tenants"
    label = "tenants"

    def ready(self) -> None:
        """Add the pages about people, keys and the audit list to the sidebar."""
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415 - when ready
        from cxm.tenants.rules import Right  # noqa: PLC0415

        settings = Group.SETTINGS
        navigation.register(
            Entry(
                "people", "Members", "users", "tenants:member-list", settings, Right.SEE_PEOPLE, 60
            ),
            Entry(
                "keys", "API keys", "key-round", "tenants:key-list", settings, Right.MANAGE_KEYS, 70
            ),
            Entry(
                "audit", "Audit", "scroll-text", "tenants:audit-list", settings, Right.SEE_AUDIT, 80
            ),
        )
