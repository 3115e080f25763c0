"""What made-up customers write in German, by topic: praise first, then blame.

Braces are slots that `comments` fills.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cxm.web.demo.comments import Phrases

GERMAN: Final[Phrases] = {
    "brand": (
        "Schnelle Leitung, fairer Preis, nichts zu meckern.",
        "Seit {years} Jahren ohne Ausfall.",
        "Man merkt, dass sich jemand kümmert.",
        "Habe schon die halbe Familie zu euch geholt.",
        "Stabil, auch wenn abends alle streamen.",
    ),
    "brand-": (
        "Schon wieder teurer und keiner sagt warum.",
        "Neukunden bekommen {amount} Rabatt, treue Kunden nichts.",
        "{times} Mal wurde ein Rückruf versprochen, keiner kam.",
        "Abends bricht die Geschwindigkeit ein.",
        "Ihr meldet euch nur, wenn ihr etwas verkaufen wollt.",
        "Für das Gebotene zu teuer.",
        "Noch eine SMS mit einer Umfrage. Bitte erst die Leitung reparieren.",
    ),
    "call": (
        "{agent} hat alles in einem Gespräch gelöst.",
        "Kurze Wartezeit, nette Stimme, klare Antwort.",
        "Sehr geduldig erklärt, danke.",
        "Der Rückruf kam genau zur vereinbarten Zeit.",
    ),
    "call-": (
        "{minutes} Minuten in der Warteschleife, dann aufgelegt.",
        "{times} Mal weiterverbunden und jedes Mal alles neu erzählt.",
        "Freundlich, aber die Auskunft war falsch.",
        "Der Sprachcomputer versteht mich nicht.",
        "Zwei Mitarbeiter, zwei verschiedene Antworten.",
    ),
    "chat": (
        "Schnelle Antwort ohne Warten.",
        "{agent} hat sofort den richtigen Link geschickt.",
    ),
    "chat-": (
        "Der Chatbot hat {times} Mal dasselbe gefragt.",
        "Der Chat wurde beendet, während ich noch schrieb.",
        "Nur Textbausteine, keine Hilfe.",
    ),
    "writing": (
        "Antwort noch am selben Tag und vollständig.",
        "Verständlich geschrieben.",
    ),
    "writing-": (
        "{days} Tage auf eine Antwort gewartet.",
        "Die Antwort ging an meiner Frage vorbei.",
        "Immer derselbe Standardbrief.",
    ),
    "shop": (
        "Im Laden hat sich {agent} viel Zeit genommen.",
        "Ehrliche Beratung, am Ende der günstigere Tarif.",
    ),
    "shop-": (
        "Lange Schlange und nur eine Person da.",
        "Man wollte mir ein Handy verkaufen, das ich nicht brauche.",
    ),
    "any": (
        "Danke!",
        "Weiter so.",
        "Sehr zufrieden.",
        "Alles bestens.",
        "Gerne wieder.",
    ),
    "any-": (
        "Das muss besser werden.",
        "Sehr enttäuscht.",
        "Ich überlege zu kündigen.",
        "Keiner fühlt sich zuständig.",
        "Früher war das besser.",
    ),
    "between": ("Durchwachsen.", "Naja.", "War in Ordnung.", "Am Ende gut, aber:"),
}
