from __future__ import annotations

from django.apps import AppConfig


class PersonasConfig(AppConfig):
    name = "personas"
    label = "personas"

    def ready(self) -> None:
        """Name the sidebar's entries, and let the palette find personas."""
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415 - apps first
        from cxm.kernel.palette import palette  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415
        from personas.views.finding import personas_called  # noqa: PLC0415
        from personas.views.maps import maps_called  # noqa: PLC0415

        palette.register(personas_called)
        palette.register(maps_called)
        navigation.register(
            Entry(
                key="personas",
                label="Personas",
                icon="smile",
                url_name="personas:persona-list",
                group=Group.JOURNEYS,
                right=Right.SEE_JOURNEYS,
                rank=10,
                letter="p",
            ),
            Entry(
                key="stakeholder-maps",
                label="Stakeholder maps",
                icon="waypoints",
                url_name="personas:map-list",
                group=Group.JOURNEYS,
                right=Right.SEE_JOURNEYS,
                rank=20,
            ),
            Entry(
                key="stakeholders",
                label="Stakeholders",
                icon="users",
                url_name="personas:stakeholder-list",
                group=Group.JOURNEYS,
                right=Right.SEE_JOURNEYS,
                rank=30,
            ),
        )
