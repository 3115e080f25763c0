"""What the pages of a survey say of who can be known behind an answer, in their languages."""

from __future__ import annotations

_WORDS = {
    "en": {
        "named": "Your answers are kept together with your name and what we know of you.",
        "confidential": "Your answers are kept together with your name. Only people who may see "
        "names can see who answered.",
        "anonymous": "This survey is anonymous. We keep your answers and a day. We keep no name, "
        "no address, no time and no link to an invitation. Nobody sees answers before {least} "
        "people have answered. Please write nothing that tells who you are. Answers cannot be "
        "changed once they are sent.",
        "used": "This link was used: it takes one answer.",
        "close": "Close",
        "again": "That did not arrive. What you entered is still here: try again in a minute.",
    },
    "de": {
        "named": "Ihre Antworten werden zusammen mit Ihrem Namen und dem, was wir von Ihnen "
        "wissen, gespeichert.",
        "confidential": "Ihre Antworten werden zusammen mit Ihrem Namen gespeichert. Nur wer "
        "Namen sehen darf, sieht, wer geantwortet hat.",
        "anonymous": "Diese Umfrage ist anonym. Gespeichert werden Ihre Antworten und ein Tag, "
        "aber kein Name, keine Adresse, keine Uhrzeit und keine Verbindung zu einer Einladung. "
        "Niemand sieht Antworten, bevor {least} Menschen geantwortet haben. Schreiben Sie bitte "
        "nichts, was verrät, wer Sie sind. Abgeschickte Antworten lassen sich nicht ändern.",
        "used": "Dieser Link wurde benutzt: Er gilt für eine Antwort.",
        "close": "Schließen",
        "again": "Das ist nicht angekommen. Ihre Eingaben stehen noch da: Versuchen Sie es "
        "gleich noch einmal.",
    },
    "fr": {
        "named": "Vos réponses sont conservées avec votre nom et ce que nous savons de vous.",
        "confidential": "Vos réponses sont conservées avec votre nom. Seules les personnes "
        "autorisées à voir les noms voient qui a répondu.",
        "anonymous": "Cette enquête est anonyme. Nous conservons vos réponses et un jour, mais "
        "ni nom, ni adresse, ni heure, ni lien avec une invitation. Personne ne voit de réponse "
        "avant que {least} personnes aient répondu. N’écrivez rien qui dise qui vous êtes. Une "
        "fois envoyées, les réponses ne peuvent plus être modifiées.",
        "used": "Ce lien a déjà servi : il vaut pour une réponse.",
        "close": "Fermer",
        "again": "L’envoi n’a pas abouti. Vos réponses sont toujours là : réessayez dans un "
        "instant.",
    },
    "es": {
        "named": "Sus respuestas se guardan junto con su nombre y lo que sabemos de usted.",
        "confidential": "Sus respuestas se guardan junto con su nombre. Solo quien puede ver "
        "nombres ve quién ha respondido.",
        "anonymous": "Esta encuesta es anónima. Guardamos sus respuestas y un día, pero ningún "
        "nombre, dirección, hora ni relación con una invitación. Nadie ve respuestas antes de "
        "que hayan respondido {least} personas. No escriba nada que diga quién es. Una vez "
        "enviadas, las respuestas no se pueden cambiar.",
        "used": "Este enlace ya se usó: sirve para una respuesta.",
        "close": "Cerrar",
        "again": "No ha llegado. Lo que escribió sigue aquí: inténtelo de nuevo en un momento.",
    },
    "it": {
        "named": "Le sue risposte sono conservate con il suo nome e ciò che sappiamo di lei.",
        "confidential": "Le sue risposte sono conservate con il suo nome. Solo chi può vedere i "
        "nomi vede chi ha risposto.",
        "anonymous": "Questo sondaggio è anonimo. Conserviamo le sue risposte e un giorno, ma "
        "nessun nome, indirizzo, ora o legame con un invito. Nessuno vede risposte prima che "
        "abbiano risposto {least} persone. Non scriva nulla che dica chi è. Le risposte inviate "
        "non si possono cambiare.",
        "used": "Questo link è già stato usato: vale per una risposta.",
        "close": "Chiudi",
        "again": "L’invio non è riuscito. Le sue risposte sono ancora qui: riprovi tra un momento.",
    },
    "nl": {
        "named": "Uw antwoorden worden bewaard met uw naam en wat we van u weten.",
        "confidential": "Uw antwoorden worden bewaard met uw naam. Alleen wie namen mag zien, "
        "ziet wie heeft geantwoord.",
        "anonymous": "Deze enquête is anoniem. We bewaren uw antwoorden en een dag, maar geen "
        "naam, geen adres, geen tijd en geen verband met een uitnodiging. Niemand ziet antwoorden "
        "voordat {least} mensen hebben geantwoord. Schrijf niets waaruit blijkt wie u bent. "
        "Verzonden antwoorden kunnen niet worden gewijzigd.",
        "used": "Deze link is gebruikt: hij geldt voor één antwoord.",
        "close": "Sluiten",
        "again": "Dat is niet aangekomen. Wat u invulde staat er nog: probeer het zo nog eens.",
    },
    "pt": {
        "named": "As suas respostas são guardadas com o seu nome e o que sabemos de si.",
        "confidential": "As suas respostas são guardadas com o seu nome. Só quem pode ver nomes "
        "vê quem respondeu.",
        "anonymous": "Este inquérito é anónimo. Guardamos as suas respostas e um dia, mas nenhum "
        "nome, endereço, hora ou ligação a um convite. Ninguém vê respostas antes de {least} "
        "pessoas terem respondido. Não escreva nada que diga quem é. As respostas enviadas não "
        "podem ser alteradas.",
        "used": "Esta ligação já foi usada: serve para uma resposta.",
        "close": "Fechar",
        "again": "O envio falhou. O que escreveu continua aqui: tente de novo dentro de momentos.",
    },
    "ar": {
        "named": "تُحفظ إجاباتك مع اسمك وما نعرفه عنك.",
        "confidential": "تُحفظ إجاباتك مع اسمك. لا يرى من أجاب إلا من يحق له رؤية الأسماء.",
        "anonymous": "هذا الاستبيان مجهول الهوية. نحفظ إجاباتك ويومًا، ولا نحفظ اسمًا ولا عنوانًا "
        "ولا وقتًا ولا صلة بأي دعوة. لا يرى أحد الإجابات قبل أن يجيب {least} أشخاص. "
        "لا تكتب ما يدل على هويتك. لا يمكن تغيير الإجابات بعد إرسالها.",
        "used": "استُخدم هذا الرابط: فهو لإجابة واحدة.",
        "close": "إغلاق",
        "again": "لم يصل الإرسال. ما كتبته ما زال هنا: حاول مرة أخرى بعد قليل.",
    },
}
LANGUAGES = tuple(_WORDS)


def told(language: str, name: str, *, least: int = 0) -> str:
    """Give the words called *name* in *language*, or else in English."""
    words = _WORDS.get(language) or _WORDS.get(language.partition("-")[0]) or _WORDS["en"]
    return words[name].format(least=least)
