"""The tools that send us webhooks: what they are called, how they sign, where to paste what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cxm.kernel.signatures import Family


class SenderKind(StrEnum):
    """What sends: one of our own clients, or another tool's webhook."""

    CLIENT = "client"
    CHATWOOT = "chatwoot"
    DELIGHTED = "delighted"
    FORMBRICKS = "formbricks"
    INTERCOM = "intercom"
    MAIL = "mail"
    SURVEYMONKEY = "surveymonkey"
    TYPEFORM = "typeform"
    ZENDESK = "zendesk"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each."""
        return [(kind.value, kind.label) for kind in cls]

    @property
    def label(self) -> str:
        """Say it to people."""
        return _LABELS[self]


@dataclass(frozen=True, slots=True)
class Sender:
    """How one tool is connected.

    *signs_with* is what the tool calls its secret, and *signs_always* whether it
    ever comes unsigned. *steps* say what to do there, in order; *body* is text to paste there,
    *gives* what its webhooks bring, and *lacks* what they do not.
    """

    kind: SenderKind
    family: Family
    signs_with: str
    signs_always: bool
    steps: tuple[str, ...]
    gives: str
    lacks: str = ""
    body: str = ""


_LABELS = {
    SenderKind.CLIENT: "Your own website, app or server",
    SenderKind.CHATWOOT: "Chatwoot",
    SenderKind.DELIGHTED: "Delighted",
    SenderKind.FORMBRICKS: "Formbricks",
    SenderKind.INTERCOM: "Intercom",
    SenderKind.MAIL: "Mail service",
    SenderKind.SURVEYMONKEY: "SurveyMonkey",
    SenderKind.TYPEFORM: "Typeform",
    SenderKind.ZENDESK: "Zendesk",
}
ZENDESK_BODY = (
    '{"ticket_id":"{{ticket.id}}","score":"{{satisfaction.current_rating}}",'
    '"comment":"{{satisfaction.current_comment}}","requester":"{{ticket.requester.email}}",'
    '"assignee":"{{ticket.assignee.email}}"}'
)
SENDERS: dict[SenderKind, Sender] = {
    sender.kind: sender
    for sender in (
        Sender(
            SenderKind.CHATWOOT,
            Family.CHATWOOT,
            signs_with="webhook secret",
            signs_always=False,
            steps=(
                "In Chatwoot open Settings, Integrations, Webhooks and add a webhook.",
                "Paste the address above as its URL.",
                "Choose the event “Message updated”: a rating arrives with it.",
                "If Chatwoot shows a secret, add it below. Older versions do not sign.",
            ),
            gives="Satisfaction from 1 to 5 with its comment, and the agent of that moment.",
        ),
        Sender(
            SenderKind.DELIGHTED,
            Family.DELIGHTED,
            signs_with="API key",
            signs_always=True,
            steps=(
                "Use the webhook settings of your project and paste the address above.",
                "Add the project’s API key below: Delighted signs with it.",
            ),
            gives="Scores with comments and further answers; who unsubscribes is asked no more.",
            lacks="Scales other than NPS are not sent: choose their figure in Questions.",
        ),
        Sender(
            SenderKind.FORMBRICKS,
            Family.STANDARD,
            signs_with="signing secret (whsec_…)",
            signs_always=False,
            steps=(
                "In Formbricks open Configuration, Integrations, Webhooks and add a webhook.",
                "Paste the address above; choose your surveys, “Response finished” and “updated”.",
                "Add the secret that Formbricks shows below.",
            ),
            gives="Every answer under the id of its question.",
            lacks="What a question means is not sent: choose its figure in Questions.",
        ),
        Sender(
            SenderKind.INTERCOM,
            Family.INTERCOM,
            signs_with="client secret",
            signs_always=True,
            steps=(
                "In Intercom’s Developer Hub open your app, Webhooks, and paste the address above.",
                "Subscribe to the topic conversation.rating.added.",
                "Add the client secret of the app (Basic information) below.",
            ),
            gives="Conversation ratings from 1 to 5 with the remark, and the teammate rated.",
            lacks="Ratings of Intercom’s AI agent are left out.",
        ),
        Sender(
            SenderKind.MAIL,
            Family.STANDARD,
            signs_with="signing secret (whsec_…)",
            signs_always=True,
            steps=(
                "Make a secret: “whsec_” and at least 24 random bytes in base64. Add it below.",
                "Have what becomes of our mails posted to the address above.",
                "JSON or reports of mail servers, signed as docs/webhooks-in.md shows.",
            ),
            gives="Mails delivered, come back, complained about: who must not be asked is not.",
        ),
        Sender(
            SenderKind.SURVEYMONKEY,
            Family.SURVEYMONKEY,
            signs_with="client secret of your app",
            signs_always=True,
            steps=(
                "Make an app in SurveyMonkey’s developer pages.",
                "Create a webhook through its API with the address above as subscription_url.",
                "Add the client secret of the app below.",
            ),
            gives="That somebody completed a survey, on their timeline.",
            lacks="SurveyMonkey’s webhooks hold ids only. Import its CSV export for the answers.",
        ),
        Sender(
            SenderKind.TYPEFORM,
            Family.TYPEFORM,
            signs_with="webhook secret",
            signs_always=False,
            steps=(
                "In Typeform open your form, Connect, Webhooks, and add a webhook.",
                "Paste the address above as its endpoint.",
                "Edit the webhook, set a secret of your own, and add the same below.",
                "Switch it on and press “Send test request”.",
            ),
            gives="Every answer with the text of its question; NPS questions become scores.",
            lacks="Opinion scales become scores once you choose their figure in Questions.",
        ),
        Sender(
            SenderKind.ZENDESK,
            Family.ZENDESK,
            signs_with="signing secret",
            signs_always=True,
            steps=(
                "In Zendesk’s Admin Center open Apps and integrations, Webhooks, and create one.",
                "Give it the address above, the method POST and the format JSON.",
                "Reveal its signing secret and add it below.",
                "Make a trigger on “Satisfaction is changed” that sends it the body below.",
            ),
            gives="Good and bad, or 1 to 5, with the comment and the agent of that moment.",
            body=ZENDESK_BODY,
        ),
    )
}
