"""What invitations say by themselves, in the languages they can say it in."""

from __future__ import annotations

_EN = {
    "subject": "{survey} – {tenant}",
    "text": "You were with us lately. Would you tell us how it was? It takes a minute.",
    "reminder": "Reminder: {subject}",
    "answer": "Answer now",
    "choose": "Your answer, with one click:",
    "stop": "No more surveys",
    "why": "You get this because you are a customer of {tenant}.",
    "stopped": "You get no more surveys from us at this address.",
    "stop_question": "Do you want no more surveys from {tenant}?",
    "stop_button": "Send me no more surveys",
    "back": "Ask me again after all",
    "again": "We may ask you again. Thank you.",
}
_DE = {
    "subject": "{survey} – {tenant}",
    "text": "Sie waren vor Kurzem bei uns. Sagen Sie uns, wie es war? Es dauert eine Minute.",
    "reminder": "Erinnerung: {subject}",
    "answer": "Jetzt antworten",
    "choose": "Ihre Antwort mit einem Klick:",
    "stop": "Keine Umfragen mehr",
    "why": "Sie erhalten diese Nachricht als Kundin oder Kunde von {tenant}.",
    "stopped": "Sie erhalten von uns keine Umfragen mehr an diese Adresse.",
    "stop_question": "Möchten Sie keine Umfragen mehr von {tenant}?",
    "stop_button": "Keine Umfragen mehr senden",
    "back": "Doch wieder fragen",
    "again": "Wir dürfen Sie wieder fragen. Danke.",
}
_FR = {
    "subject": "{survey} – {tenant}",
    "text": "Vous avez eu affaire à nous récemment. Dites-nous comment c'était, en une minute.",
    "reminder": "Rappel : {subject}",
    "answer": "Répondre",
    "choose": "Votre réponse en un clic :",
    "stop": "Plus d'enquêtes",
    "why": "Vous recevez ce message en tant que client de {tenant}.",
    "stopped": "Vous ne recevrez plus d'enquêtes de notre part à cette adresse.",
    "stop_question": "Ne plus recevoir d'enquêtes de {tenant} ?",
    "stop_button": "Ne plus m'envoyer d'enquêtes",
    "back": "Vous pouvez me redemander",
    "again": "Nous pourrons vous redemander votre avis. Merci.",
}
_ALL = {"en": _EN, "de": _DE, "fr": _FR}
LANGUAGES = tuple(_ALL)


def mail_words(language: str, name: str, **values: str) -> str:
    """Give the words called *name* in *language*, or in English, with *values* put in."""
    words = _ALL.get(language.split("-", maxsplit=1)[0], _EN)[name]
    return words.format(**values) if values else words
