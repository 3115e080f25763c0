"""Planted documents of another tenant: personas, maps, journeys, and what belongs to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Asset, Notice, SavedView
from cxm.customers.models import Contract
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from feedback.models import (
    AnswerFile,
    DelightedImport,
    Invitation,
    PolicyTrial,
    Response,
    SurveyTheme,
    SurveyTrial,
)
from feedback.rules.distribution.list_rows import read_people
from feedback.rules.senders import SenderKind
from feedback.services.delighted_projects import make_project
from feedback.services.distribution.lists import keep_list
from feedback.services.distribution.running import ask
from feedback.services.webhook_sources import add_secret, create_webhook
from journeys.models import AccessGrant, JourneyMap, JourneyTag
from journeys.rules.promises import Direction
from journeys.services.bindings import bind_metric
from journeys.services.map_templates import save_template
from journeys.services.score_models import copy_model
from journeys.services.snapshots import name_snapshot
from journeys.services.targets import Promised, set_target
from personas.models import Persona
from personas.services.matrices import NAMES, create_matrix, place_persona
from tests import make
from tests.analytics import aiming, alerting, annotating, boarding, churning, contracting, reporting
from tests.collaboration import commenting
from tests.feedback import outreach
from tests.feedback.drafting import asked_survey, survey_of
from tests.feedback.text import topics
from tests.integrations import hooking
from tests.journeys import charting, scoring, shelving
from tests.personas import citing, editing, mapping, shares

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

PLANTED = "PLANTED"


def plant_documents(member: Membership) -> dict[str, Any]:
    """Plant a persona that stands in a matrix, a map and a journey; give their ids by argument."""
    persona_id = editing.persona(member, f"{PLANTED} persona")
    with tenant_bound(member.tenant_id):
        names = {name: f"{PLANTED} {name}" for name in NAMES}
        matrix = create_matrix(tenant=member.tenant, names=names, by=member, now=make.NOW)
        persona = Persona.objects.for_tenant(member.tenant).get(pk=persona_id)
        place_persona(matrix=matrix, persona=persona, x=0.5, y=0.5)
    ids: dict[str, Any] = {"persona_id": persona_id, "document_id": persona_id}
    ids["matrix_id"] = matrix.pk
    ids |= _plant_thread(member, persona_id)
    ids["section_id"] = editing.section(member, persona_id, "image", f"{PLANTED} pictures")
    ids |= _plant_evidence(member, persona_id)
    shares.link_to(member, persona_id, label=f"{PLANTED} link")
    ids["share_link_id"] = shares.the_link(member).pk
    ids |= _plant_journey(member)
    ids |= _plant_webhook(member)
    ids |= _plant_sender(member)
    ids["topic_id"] = topics.topic(member, f"{PLANTED} topic", PLANTED).pk
    ids |= _plant_distribution(member)
    churn = churning.definition(of=member.tenant, title=f"{PLANTED} churn")
    ids["churn_definition_id"], ids["churn_key"] = churn.pk, churn.key
    ids |= _plant_alert(member)
    ids |= _plant_dashboard(member)
    ids["annotation_id"] = annotating.annotation(member, title=f"{PLANTED} annotation").pk
    ids["metric_goal_id"] = aiming.goal(member, title=f"{PLANTED} goal").pk
    ids |= _plant_contract(member)
    ids |= _plant_report(member)
    return ids | _plant_map(member) | _plant_asset(member) | _plant_survey(member)


def _plant_alert(member: Membership) -> dict[str, UUID]:
    """Plant a rule of an alert, and an alert that it raised."""
    rule = alerting.rule(of=member.tenant, kind="answer", target=2, title=f"{PLANTED} rule")
    alerting.answers([0], of=member.tenant, survey="planted-alert")
    alerting.watch(member.tenant)
    return {"alert_rule_id": rule.pk, "alert_id": alerting.alerts(member.tenant)[0].pk}


def _plant_report(member: Membership) -> dict[str, Any]:
    """Plant a report that was sent, with its file."""
    made = reporting.report(
        member, of=member.tenant, title=f"{PLANTED} report", has_pdf=False, has_xlsx=True
    )
    reporting.send(member.tenant)
    run = reporting.runs(member.tenant)[0]
    return {"report_id": made.pk, "report_run_id": run.pk, "ending": "xlsx"}


def _plant_dashboard(member: Membership) -> dict[str, UUID]:
    """Plant a dashboard that everybody there sees, with a tile."""
    board = boarding.board(member, f"{PLANTED} dashboard", sharing="everybody")
    note = boarding.tile(board, member, "note", text=f"{PLANTED} note")
    return {"dashboard_id": board.pk, "tile_id": note.pk}


def _plant_contract(member: Membership) -> dict[str, UUID]:
    """Plant a contract of a company."""
    row = contracting.row("", "2026-01-01", company=PLANTED, plan=f"{PLANTED} plan")
    contracting.take_in(row, of=member.tenant)
    with tenant_bound(member.tenant_id):
        return {"contract_id": Contract.objects.for_tenant(member.tenant).get().pk}


def _plant_webhook(member: Membership) -> dict[str, UUID]:
    """Plant a webhook with an event on its way."""
    webhook, _ = hooking.webhook(
        member, f"https://planted.example/{PLANTED}", title=f"{PLANTED} webhook"
    )
    hooking.happens(member.tenant, content=lambda: {"texts": [f"{PLANTED} words"]})
    return {"webhook_id": webhook.pk, "delivery_id": hooking.deliveries(member.tenant)[0].pk}


def _plant_sender(member: Membership) -> dict[str, Any]:
    """Plant a source of another tool's webhooks, with what that tool signs with."""
    with tenant_bound(member.tenant_id):
        source = create_webhook(
            tenant=member.tenant,
            title=f"{PLANTED} sender",
            kind=SenderKind.TYPEFORM,
            by=member,
            now=make.NOW,
        )
        secret = add_secret(source=source, secret=PLANTED, by=member, now=make.NOW)
    return {"sender_secret_id": secret.pk, "address": source.address}


def _plant_distribution(member: Membership) -> dict[str, Any]:
    """Plant a survey that was sent to somebody, and a rule of the contact policy."""
    with tenant_bound(member.tenant_id):
        held = outreach.rule("quiet_period", of=member.tenant, days=30)
        survey = asked_survey(member)
        row = outreach.distribution(survey, by=member, title=f"{PLANTED} sending")
        outreach.delivered(member.tenant, "planted-asked@planted.example", order=PLANTED)
        ask(tenant_id=member.tenant_id, now=make.NOW)
        invitation = Invitation.objects.for_tenant(member.tenant).get()
        project, _ = make_project(survey=survey, by=member, now=make.NOW)
        source = create_webhook(
            tenant=member.tenant,
            title=f"{PLANTED} account",
            kind=SenderKind.DELIGHTED,
            by=member,
            now=make.NOW,
        )
        account = DelightedImport.objects.create(
            tenant=member.tenant, event_source=source, created_at=make.NOW
        )
        listing = outreach.distribution(survey, by=member, title="List", audience="list")
        people = read_people([["email", "order"], ["planted-listed@planted.example", PLANTED]])
        listed = keep_list(
            distribution=listing, title=f"{PLANTED} list", people=people, by=member, now=make.NOW
        )
        answered = Response.objects.for_tenant(member.tenant).order_by("pk").first()
        file = AnswerFile.objects.create(
            tenant=member.tenant,
            survey=survey,
            token_hash="x",
            question_key="show",
            response=answered,
            name=f"{PLANTED}.txt",
            mime="text/plain",
            size=1,
            content=PLANTED.encode(),
            created_at=make.NOW,
        )
        tried = PolicyTrial.objects.create(
            tenant=member.tenant, days=30, distribution=row, created_at=make.NOW
        )
    return {
        "policy_trial_id": tried.pk,
        "ask_list_id": listed.pk,
        "answer_file_id": file.pk,
        "delighted_import_id": account.pk,
        "project_id": project.pk,
        "distribution_id": row.pk,
        "survey_invitation_id": invitation.pk,
        "contact_rule_id": held.pk,
    }


def _plant_survey(member: Membership) -> dict[str, UUID]:
    """Plant a survey of one's own that somebody tried out."""
    with tenant_bound(member.tenant_id):
        survey = survey_of(member, f"{PLANTED} own survey")
        trial = SurveyTrial.objects.create(
            tenant=member.tenant,
            survey=survey,
            answers={"why": f"{PLANTED} answer"},
            language="en",
            state="partial",
            at=make.NOW,
            by=member,
        )
        theme = SurveyTheme.objects.create(
            tenant=member.tenant, title=f"{PLANTED} theme", created_at=make.NOW
        )
    return {"trial_id": trial.pk, "theme_id": theme.pk}


def _plant_journey(member: Membership) -> dict[str, Any]:
    """Plant a journey with a map that says something."""
    journey_id = charting.journey(member, f"{PLANTED} journey")
    drawn = charting.blank_map(member, journey_id)
    _, step_id = charting.stage(member, drawn, f"{PLANTED} stage")
    lane_id = charting.lane(member, drawn, "experience", f"{PLANTED} lane")
    files = charting.lane(member, drawn, "file", f"{PLANTED} files")
    card_id = charting.card(member, drawn, files, step_id)
    ids = {"journey_id": journey_id, "journey_map_id": drawn, "lane_id": lane_id}
    ids["card_id"] = card_id
    insight = shelving.made(member, title=f"{PLANTED} insight")
    words = {"source_label": f"{PLANTED} paper", "excerpt": f"{PLANTED} words"}
    cited = shelving.cite(member, insight, citing.evidence(member, **words))
    ids |= {"item_id": insight.pk, "citation_id": cited.pk}
    ids |= _plant_template(member, drawn)
    ids["score_model_id"] = _plant_model(member)
    ids["snapshot_id"] = _plant_version(member, drawn)
    ids |= _plant_tag_and_view(member, journey_id)
    ids["grant_id"] = _plant_grant(member, journey_id)
    return ids | _plant_promise(member, drawn, step_id)


def _plant_grant(member: Membership, journey_id: UUID) -> UUID:
    """Plant somebody who was let into a journey."""
    with tenant_bound(member.tenant_id):
        found: UUID = AccessGrant.objects.create(
            tenant=member.tenant,
            journey_id=journey_id,
            member=member,
            role="viewer",
            created_at=make.NOW,
        ).pk
    return found


def _plant_tag_and_view(member: Membership, journey_id: UUID) -> dict[str, UUID]:
    """Plant a word of a journey, and a way of looking at the list that somebody keeps."""
    with tenant_bound(member.tenant_id):
        tag = JourneyTag.objects.create(
            tenant=member.tenant, journey_id=journey_id, name=f"{PLANTED} tag"
        )
        view = SavedView.objects.create(
            tenant=member.tenant,
            scope="journeys",
            owner=member,
            is_shared=True,
            name=f"{PLANTED} view",
            query="q=planted",
            created_at=make.NOW,
        )
    return {"tag_id": tag.pk, "view_id": view.pk}


def _plant_version(member: Membership, drawn: UUID) -> UUID:
    """Plant a version of a map that somebody named."""
    state = charting.state_of(member, drawn)
    with tenant_bound(member.tenant_id):
        row = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant").get(pk=drawn)
        label = f"{PLANTED} version"
        return name_snapshot(of=row, state=state, label=label, by=member, now=make.NOW).pk


def _plant_model(member: Membership) -> UUID:
    """Plant a model of scores."""
    model = scoring.model(member)
    with tenant_bound(member.tenant_id):
        return copy_model(of=model, title=f"{PLANTED} model", by=member, now=make.NOW).pk


def _plant_template(member: Membership, drawn: UUID) -> dict[str, Any]:
    """Plant a template made of a map."""
    with tenant_bound(member.tenant_id):
        row = JourneyMap.objects.for_tenant(member.tenant).get(pk=drawn)
        title = f"{PLANTED} template"
        kept = save_template(of=row, title=title, by=member, now=make.NOW)
    return {"template_id": kept.pk, "template_key": kept.key}


def _plant_promise(member: Membership, drawn: UUID, step_id: UUID) -> dict[str, UUID]:
    """Plant a figure of a step, and a promise about it on a map of the future."""
    with tenant_bound(member.tenant_id):
        maps = JourneyMap.objects.for_tenant(member.tenant).filter(pk=drawn)
        maps.update(state="future")
        row = maps.select_related("tenant", "journey__tenant").get()
        binding = bind_metric(
            journey=row.journey,
            step=step_id,
            metric=Metric.objects.for_tenant(member.tenant).get(key="csat_5"),
            touchpoint=None,
            window_days=28,
            min_n=30,
            by=member,
            now=make.NOW,
        )
        promised = Promised(Direction.UP, 82.0, make.NOW.date() + timedelta(days=365))
        target = set_target(of=row, binding=binding, promised=promised, by=member, now=make.NOW)
    return {
        "step_id": step_id,
        "lineage": step_id,
        "binding_id": binding.pk,
        "target_id": target.pk,
    }


def _plant_evidence(member: Membership, persona_id: UUID) -> dict[str, UUID]:
    """Plant a statement that cites evidence."""
    within = editing.section(member, persona_id, title=f"{PLANTED} needs")
    statement = editing.fact(member, persona_id, within, f"{PLANTED} statement")
    words = {"source_label": f"{PLANTED} source", "excerpt": f"{PLANTED} excerpt"}
    citing.cited(member, persona_id, statement, **words)
    return {"statement_id": statement, "evidence_id": citing.evidence(member, **words).pk}


def _plant_thread(member: Membership, persona_id: UUID) -> dict[str, UUID]:
    """Plant a thread about a persona, and what its writer was told of it."""
    subject = commenting.of_persona(member, persona_id)
    thread = commenting.begun(member, subject, f"{PLANTED} comment")
    [comment] = commenting.comments_of(thread)
    with tenant_bound(member.tenant_id):
        notice = Notice.objects.create(
            tenant=member.tenant,
            member=member,
            kind="reply",
            comment=comment,
            thread=thread,
            created_at=make.NOW,
        )
    return {"thread_id": thread.pk, "comment_id": comment.pk, "notice_id": notice.pk}


def _plant_asset(member: Membership) -> dict[str, Any]:
    """Plant a stored file; its bytes are nobody's business here."""
    with tenant_bound(member.tenant_id):
        asset = Asset.objects.create(
            tenant=member.tenant,
            name=f"{PLANTED}.txt",
            path="planted",
            sha256="0" * 64,
            mime="text/plain",
            bytes=1,
            alt=f"{PLANTED} words",
            created_at=make.NOW,
        )
    return {"asset_id": asset.pk, "file_name": "name.txt"}


def _plant_map(member: Membership) -> dict[str, UUID]:
    """Plant a stakeholder map with two stakeholders and what passes between them."""
    drawn = mapping.map_of(member, f"{PLANTED} map")
    courier = mapping.placed(member, drawn, f"{PLANTED} courier")
    other = mapping.placed(member, drawn, f"{PLANTED} warehouse")
    mapping.related(member, drawn, courier, other, title=f"{PLANTED} relation")
    everywhere = mapping.related_everywhere(
        member, courier.stakeholder, other.stakeholder, title=f"{PLANTED} relation"
    )
    ids = {"map_id": drawn.pk, "stakeholder_id": courier.stakeholder_id}
    return ids | {"relation_id": everywhere.pk}
