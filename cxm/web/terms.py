"""The words of the product and what they mean, for the page that explains them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word, its meaning in a sentence or two, and what other tools call it."""

    key: str
    name: str
    meaning: str
    elsewhere: str = ""


@dataclass(frozen=True)
class Chapter:
    """Terms that belong together."""

    title: str
    terms: tuple[Term, ...]


CHAPTERS = (
    Chapter(
        "People",
        (
            Term(
                "customer",
                "Customer",
                "Somebody you serve. A visitor whom nobody has recognised yet is one too, but is "
                "never counted among your customers.",
                "contact, person, profile",
            ),
            Term(
                "identity",
                "Identity",
                "One way to recognise a customer: an e-mail address, a phone number, an account "
                "number of your shop. A customer may have many.",
                "alias, distinct id",
            ),
            Term(
                "root",
                "Root",
                "When several records turn out to be one person they are grouped, and the group "
                "is shown as one of them: its root. Grouping can be taken back.",
                "golden record",
            ),
            Term(
                "company",
                "Company",
                "An organisation that customers belong to.",
                "account, group",
            ),
            Term(
                "contract",
                "Contract",
                "Something a customer or company pays for over time, from a first day to, "
                "perhaps, a last one.",
                "subscription",
            ),
            Term(
                "segment",
                "Segment",
                "A saved rule that picks customers. Who matched, and from when to when, is kept, "
                "so that old numbers stay explicable.",
                "audience",
            ),
            Term(
                "cohort",
                "Cohort",
                "Customers who began in the same stretch of time.",
                "vintage",
            ),
        ),
    ),
    Chapter(
        "Where you meet",
        (
            Term(
                "touchpoint",
                "Touchpoint",
                "A registered occasion on which a customer and you meet: checkout, delivery, "
                "a call to support. Journeys, surveys and events all point to the same list.",
            ),
            Term(
                "channel",
                "Channel",
                "The medium of a touchpoint: web, app, e-mail, phone, store.",
            ),
            Term(
                "interaction",
                "Interaction",
                "Anything that happened between a customer and you, as one line of their story.",
                "event, activity, touch",
            ),
        ),
    ),
    Chapter(
        "Asking and answering",
        (
            Term(
                "survey",
                "Survey",
                "Questions asked for one purpose. Its wording is frozen as a version each time it "
                "is published, so that answers always belong to the words people saw.",
                "form, revision",
            ),
            Term(
                "distribution",
                "Distribution",
                "One way of asking: an e-mail, a link, a code on a receipt.",
                "campaign, collector",
            ),
            Term(
                "invitation",
                "Invitation",
                "One customer, asked once. If it was not sent, it says why.",
                "send, request",
            ),
            Term(
                "response",
                "Response",
                "One person's way through a survey, complete or not.",
                "submission",
            ),
            Term("answer", "Answer", "What a response says to one question.", "field"),
            Term(
                "rating",
                "Rating",
                "An answer that is a score, about one touchpoint. All experience numbers are "
                "made of ratings.",
                "score",
            ),
            Term(
                "quarantined",
                "Counted, quarantined",
                "A counted rating is part of the numbers. A quarantined one is kept and can be "
                "seen, with the reason, but is in no number.",
                "valid, filtered",
            ),
            Term(
                "verbatim",
                "Verbatim, topic, quote",
                "A verbatim is text in a customer's own words; a topic says what it is about; "
                "a quote is a piece that has been cleared for showing around.",
                "comment; theme, tag; citation",
            ),
            Term(
                "contact-policy",
                "Contact policy",
                "The rules on whom you may ask, when and how often, over all surveys together.",
                "throttling",
            ),
            Term(
                "suppression-list",
                "Suppression list",
                "Addresses that are never written to again; only fingerprints of them are kept.",
                "block list",
            ),
        ),
    ),
    Chapter(
        "Bringing data in",
        (
            Term(
                "inbox-row",
                "Inbox row",
                "What another system sent, byte for byte, stored before anything is made of it.",
                "raw event",
            ),
            Term(
                "adapter",
                "Adapter",
                "The part of the product that reads one format.",
                "mapper",
            ),
            Term(
                "batch",
                "Batch",
                "Everything that one import or one delivery created or changed. It can be undone "
                "as a whole.",
            ),
        ),
    ),
    Chapter(
        "Numbers",
        (
            Term(
                "metric",
                "Metric",
                "A named measure with a scale, a direction and a definition. A changed definition "
                "is a new version, and the past is read again with it.",
                "KPI",
            ),
            Term(
                "nps",
                "NPS",
                "How likely people say they are to recommend you, 0 to 10: the share of 9 and 10 "
                "less the share of 0 to 6. It runs from −100 to 100 and is not a percentage.",
                "Net Promoter Score",
            ),
            Term(
                "csat",
                "CSAT",
                "The share of people who chose one of the satisfied answers.",
                "customer satisfaction",
            ),
            Term(
                "ces",
                "CES",
                "How easy people found it, as a mean on the scale that was asked.",
                "customer effort score",
            ),
            Term(
                "interval",
                "Interval",
                "The range in which the true value lies, in 95 of 100 such cases. Few answers give "
                "a wide one.",
                "margin of error, confidence interval",
            ),
            Term(
                "rollup",
                "Rollup",
                "Daily sums from which pages are drawn quickly; always equal to counting afresh.",
                "aggregate",
            ),
            Term(
                "small-cell",
                "Small cell",
                "A number about so few people that it could give one of them away. It is hidden.",
            ),
            Term(
                "churn",
                "Churn definition",
                "The rule, with a name, that says when a customer has gone.",
            ),
            Term(
                "probability-alive",
                "Still a customer",
                "How likely somebody without a contract still buys, from how often and how lately "
                "they bought: P(alive) of the BG/NBD model.",
            ),
            Term(
                "mix-and-rate",
                "Mix effect, rate effect",
                "Two reasons why a number moves: because other people answered, or because the "
                "same kind of people answered differently.",
                "composition, within",
            ),
        ),
    ),
    Chapter(
        "Working on it",
        (
            Term(
                "case",
                "Case",
                "Something you owe a customer because of what they said or met.",
                "ticket, alert",
            ),
            Term(
                "conversation",
                "Conversation, message",
                "An exchange about one matter, whichever channels it wanders through, and one "
                "piece of it.",
                "thread",
            ),
            Term(
                "workspace",
                "Workspace",
                "One organisation's own, closed part of Wayfare: its people, data and settings.",
                "tenant, account",
            ),
        ),
    ),
)
