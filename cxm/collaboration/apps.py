from __future__ import annotations

from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    name = "cxm.collaboration"
    label = "collaboration"

    def ready(self) -> None:
        """Register the effects, what goes when a customer is erased, and a sidebar's entry."""
        import cxm.collaboration.tasks  # noqa: F401, PLC0415 - registers effects; models come first
        from cxm.collaboration.services.erasing import erase_comments, foresee  # noqa: PLC0415
        from cxm.collaboration.services.evidence_erasing import erase_evidence  # noqa: PLC0415
        from cxm.kernel.erasing import erasers  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415

        erasers.add("comments of the team", erase_comments, preview=foresee)
        erasers.add("evidence", erase_evidence)
        navigation.register(
            Entry(
                key="evidence",
                label="Evidence",
                icon="shield-check",
                url_name="collaboration:evidence-list",
                group=Group.JOURNEYS,
                right=Right.SEE_JOURNEYS,
                rank=40,
            )
        )
