from __future__ import annotations

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    label = "feedback"

    def ready(self) -> None:
        """Name the sidebar's entries, and the effects, so that whoever drains knows them."""
        import feedback.tasks  # noqa: F401, PLC0415 - registers them; apps must be loaded first
        from cxm.collaboration.rules.uses import evidence_origins  # noqa: PLC0415
        from cxm.customers.rules.segment_kinds import added_kinds  # noqa: PLC0415
        from cxm.kernel.announcing import newsroom  # noqa: PLC0415
        from cxm.kernel.context_parts import ContextPart, context_parts  # noqa: PLC0415
        from cxm.kernel.holes import holes  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415
        from feedback.selectors import customer_answers as answers  # noqa: PLC0415
        from feedback.selectors.evidence import answer_origins  # noqa: PLC0415
        from feedback.selectors.segment_rated import RatedKind  # noqa: PLC0415
        from feedback.services import news  # noqa: PLC0415
        from feedback.views import holes as fillings  # noqa: PLC0415

        self._let_go_of_people()
        newsroom.offer(*news.KINDS)
        added_kinds.register(RatedKind())
        evidence_origins.register(answer_origins)
        holes.fill("customer-answers", fillings.customer_answers)
        holes.fill("interaction-source", fillings.interaction_source)
        holes.fill("rule-source", fillings.rule_source)
        context_parts.register(
            ContextPart(
                "answers", answers.customer_answers, answers.answers_json, answers.last_answer_line
            )
        )
        context_parts.tell("response", answers.answers_told)

        navigation.register(
            Entry(
                key="responses",
                label="Responses",
                icon="message-square-text",
                url_name="feedback:response-list",
                group=Group.FEEDBACK,
                right=Right.SEE_RESPONSES,
                rank=10,
                letter="r",
                is_on_bottom_bar=True,
            ),
            Entry(
                key="topics",
                label="Topics",
                icon="tag",
                url_name="feedback:topic-list",
                group=Group.FEEDBACK,
                right=Right.SEE_RESPONSES,
                rank=15,
            ),
            Entry(
                key="surveys",
                label="Surveys",
                icon="clipboard-list",
                url_name="feedback:survey-list",
                group=Group.FEEDBACK,
                right=Right.SEE_REGISTRIES,
                rank=20,
                letter="s",
            ),
            Entry(
                key="sending",
                label="Sending",
                icon="send",
                url_name="feedback:distribution-list",
                group=Group.FEEDBACK,
                right=Right.SEE_REGISTRIES,
                rank=22,
            ),
            Entry(
                key="contact-policy",
                label="Contact policy",
                icon="shield-check",
                url_name="feedback:contact-policy",
                group=Group.SETTINGS,
                right=Right.SEE_REGISTRIES,
                rank=30,
            ),
            Entry(
                key="event-sources",
                label="Event sources",
                icon="webhook",
                url_name="feedback:event-source-list",
                group=Group.SETTINGS,
                right=Right.MANAGE_SOURCES,
                rank=65,
            ),
            Entry(
                key="imports",
                label="Imports",
                icon="upload",
                url_name="feedback:imports",
                group=Group.FEEDBACK,
                right=Right.IMPORT_FEEDBACK,
                rank=90,
                letter="i",
            ),
        )

    def _let_go_of_people(self) -> None:
        """Name what is emptied when a person is erased, in the order that it needs."""
        from cxm.kernel.erasing import erasers  # noqa: PLC0415
        from feedback.services import erasing, evidence  # noqa: PLC0415

        erasers.add("feedback bodies", erasing.erase_bodies)
        erasers.add("feedback refused rows", erasing.erase_refused_rows)
        erasers.add("feedback refused events", erasing.erase_refused_events)
        erasers.add("feedback reports", erasing.erase_reports)
        erasers.add("feedback excerpts", evidence.erase_excerpts)
        erasers.add("feedback lists", erasing.erase_lists)
        erasers.add("feedback invitations", erasing.erase_invitations)
        erasers.add("feedback answers", erasing.erase_answers, preview=erasing.foresee)
