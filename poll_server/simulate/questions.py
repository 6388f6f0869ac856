"""What the crowd asks the panel: questions as people send them in, some of them twice in other words."""

from typing import NamedTuple

RESEARCHER = "Stadtforscherin (Forschungsinstitut)"
HESSE = "Bürgermeisterin einer Stadt in Nordhessen"
SAXONY = "Bürgermeister einer Stadt im Osterzgebirge"
PLANNER = "Stadtplaner (Begleitagentur)"
BOARD = "Vorsitzende des Beirats"
SECRETARY = "Staatssekretär (Bundesministerium)"


class Asked(NamedTuple):
    """A question, whom it is for as the programme names them (empty for everybody), and the name given with it."""

    text: str
    to: str = ""
    name: str = ""


QUESTIONS = (
    Asked("Wer betreibt den Rufbus, wenn die Modellförderung nach drei Jahren ausläuft?"),
    Asked("Wer bezahlt den Rufbus, wenn die Förderung ausläuft?"),
    Asked("Wie kommen kleine Rathäuser ohne eigene Förderabteilung an Mittel für den Ortskern?", SECRETARY),
    Asked("Wie können kleine Rathäuser ohne Förderabteilung Mittel für ihren Ortskern bekommen?"),
    Asked("Welche der vorgestellten Ideen funktionieren auch in einem Ort mit 6.000 Einwohnerinnen und Einwohnern?"),
    Asked("Gibt es eine Liste aller Programme, die kleine Städte ohne Eigenanteil nutzen können?", SECRETARY),
    Asked("Wie beteiligen Sie Jugendliche, bevor der Beschluss gefasst ist?", HESSE, "Jugendbeirat"),
    Asked("Werden die Vorträge nach der Tagung veröffentlicht?"),
    Asked("Werden die Vorträge später veröffentlicht?"),
    Asked("Was tun Sie gegen den Leerstand im Ortskern?", SAXONY),
    Asked("was tun sie gegen leerstaende im ortskern"),
    Asked("Wie haben Sie die Eigentümer leerer Häuser zum Mitmachen bewegt?", SAXONY),
    Asked("Was würden Sie heute anders machen?", HESSE),
    Asked("Können Sie ein Vorhaben nennen, das gescheitert ist, und warum?", PLANNER),
    Asked("Wie finden wir eine Nachfolge für unseren Hausarzt?", name="Dr. M. Weber"),
    Asked("Trägt sich ein medizinisches Versorgungszentrum in kommunaler Hand?"),
    Asked("Wie bleibt die Grundschule im Ort, wenn es nur noch eine Klasse pro Jahrgang gibt?"),
    Asked("Warum dürfen wir Tempo 30 auf der Durchgangsstraße nicht selbst anordnen?"),
    Asked("Warum dürfen kleine Städte nicht selbst Tempo 30 anordnen?"),
    Asked("Wie gewinnen Sie Personal für die Verwaltung, wenn die Kreisstadt besser bezahlt?", HESSE),
    Asked("Lohnt sich eine gemeinsame Verwaltung mit den Nachbargemeinden?"),
    Asked("Wie arbeiten Sie mit Nachbargemeinden zusammen, ohne dass eine zu kurz kommt?"),
    Asked("Was halten junge Leute selbst für den wichtigsten Grund zu bleiben?", RESEARCHER),
    Asked("Ziehen nach der Ausbildung wirklich mehr Menschen zurück als früher?", RESEARCHER),
    Asked("Ab wie vielen Einwohnern ist eine Stadt für Sie keine Kleinstadt mehr?", RESEARCHER),
    Asked("Welche Zahlen fehlen der Forschung über kleine Städte am meisten?", RESEARCHER),
    Asked("Wie messen Sie den Erfolg der Modellvorhaben?", PLANNER),
    Asked("Woran wird der Erfolg der Modellvorhaben gemessen?"),
    Asked("Wie geht es mit den Modellvorhaben weiter, wenn die Förderung endet?", SECRETARY),
    Asked("Kommt das neue Programm auch Orten unter 5.000 Einwohnern zugute?", SECRETARY),
    Asked("Werden die Förderanträge endlich einfacher?", SECRETARY),
    Asked("Können die Förderanträge einfacher werden?", name="Kämmerei"),
    Asked("Warum liegen die Fristen für Anträge so oft in den Sommerferien?"),
    Asked("Kann das Netzwerk der Kleinstädte dauerhaft finanziert werden?", BOARD),
    Asked("Wie kann unsere Stadt dem Netzwerk beitreten?", BOARD),
    Asked("Welcher der fünf Wünsche ist am schwersten zu erfüllen?", BOARD),
    Asked("Wie oft trifft sich der Beirat, und darf man zuhören?", BOARD),
    Asked("Was kostet eine gute Bürgerbeteiligung eine Stadt unserer Größe?"),
    Asked("Wie erreichen Sie Menschen, die nie zu einer Versammlung kommen?", HESSE),
    Asked("Was passiert mit Vorschlägen, die der Rat ablehnt?"),
    Asked("Wie sichern Sie, dass Beteiligung nicht nur für Ältere mit viel Zeit ist?"),
    Asked("Haben Sie Erfahrungen mit einem Bürgerhaushalt?", SAXONY),
    Asked("Wie viele Ehrenamtliche braucht Ihr Treffpunkt, damit er jeden Tag öffnen kann?", HESSE),
    Asked("Wie lässt sich das Ehrenamt stärken, ohne es mit Aufgaben der Stadt zu überfordern?", name="Heimatverein"),
    Asked("Wann fährt bei uns abends wieder ein Bus?"),
    Asked("Wird die stillgelegte Bahnstrecke wieder in Betrieb genommen?", SAXONY),
    Asked("Ist ein Stundentakt auf dem Land überhaupt zu bezahlen?"),
    Asked("Wie kommen Menschen ohne Auto zum Arzt?"),
    Asked("Sollen auf dem Marktplatz weiter Autos parken dürfen?", PLANNER),
    Asked("Was sagen die Händlerinnen und Händler zu einem Marktplatz ohne Autos?"),
    Asked("Wie bekommen wir Schatten auf einen denkmalgeschützten Platz?", PLANNER),
    Asked("Gibt es Zuschüsse für Solaranlagen auf denkmalgeschützten Häusern?"),
    Asked("Wie bereiten sich kleine Städte auf Hitze und Starkregen vor?"),
    Asked("Welche Rolle spielen Windräder für Ihren Haushalt?", SAXONY),
    Asked("Wie schaffen wir bezahlbaren Wohnraum, ohne neue Flächen zu bebauen?"),
    Asked("Bauen Sie auch barrierefreie Wohnungen im Ortskern?", SAXONY),
    Asked("Ist der Bahnhof in Ihrer Stadt barrierefrei?", HESSE),
    Asked("Wann sind alle Ortsteile ans Glasfasernetz angeschlossen?"),
    Asked("Wie nutzen Ältere ohne Smartphone die digitalen Angebote der Stadt?"),
    Asked("Wie lebt es sich mit Homeoffice in der Kleinstadt: Bringt das wirklich neue Familien?", RESEARCHER),
    Asked("Wer vermietet den Co-Working-Platz, und trägt er sich?", PLANNER),
    Asked("Wie bezieht Ihre Stadt Geflüchtete in die Planung ein?", HESSE),
    Asked("Wie bleibt Kultur in der Fläche bezahlbar?"),
    Asked("Was können große Städte von kleinen lernen?", RESEARCHER),
    Asked(
        "Ich komme aus einer Stadt mit 8.000 Einwohnern. Bei uns schließt im Frühjahr das letzte Kaufhaus, und niemand "
        "will das Gebäude haben. Womit würden Sie anfangen?",
        PLANNER,
    ),
    Asked("Was nehmen Sie selbst von heute mit nach Hause?"),
)
UNFIT = (
    Asked("Unser Büro erstellt Ihr Leitbild zum Festpreis. Wann dürfen wir Ihnen ein Angebot schicken?"),
    Asked("Stimmt es, dass Ihr Kämmerer nur wegen seiner Scheidung so schlecht gelaunt ist?", HESSE),
)
"""What a moderator declines: an advertisement, and a question about somebody's private life."""
