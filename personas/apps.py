from __future__ import annotations

from django.apps import AppConfig


class PersonasConfig(AppConfig):
    name = "personas"
    label = "personas"

    def ready(self) -> None:
        """Name the sidebar's entries, let the palette find personas, and links show them."""
        from cxm.collaboration.rules.uses import evidence_uses  # noqa: PLC0415
        from cxm.collaboration.selectors.showing import showers  # noqa: PLC0415 - apps first
        from cxm.collaboration.selectors.sights import sights  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415 - apps first
        from cxm.kernel.palette import palette  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415
        from personas.selectors.evidence import persona_uses  # noqa: PLC0415
        from personas.selectors.subjects import threads_in_sight  # noqa: PLC0415
        from personas.services.showing import map_showing, persona_showing  # noqa: PLC0415
        from personas.views.finding import personas_called  # noqa: PLC0415
        from personas.views.maps import maps_called  # noqa: PLC0415

        showers.register(persona_showing)
        showers.register(map_showing)
        sights.register(threads_in_sight)
        evidence_uses.register(persona_uses)
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
