from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cxm.web"
    label = "web"

    def ready(self) -> None:
        """Let the palette find the pages of the sidebar; add the page about the workspace."""
        from cxm.customers.selectors.calling import people_called  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.kernel.palette import palette  # noqa: PLC0415 - apps must be loaded first
        from cxm.tenants.rules import Right  # noqa: PLC0415
        from cxm.web.selectors import pages_called, things_called  # noqa: PLC0415

        palette.register(pages_called)
        palette.register(things_called)
        palette.register(people_called)
        settings, right = Group.SETTINGS, Right.MANAGE_TENANT
        navigation.register(
            Entry("workspace", "Workspace", "settings", "web:workspace", settings, right, 90)
        )
