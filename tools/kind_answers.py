"""What 200 people answer to the questions of tools/kinds.yaml, the same at every run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

PEOPLE = 200
EVENT_FILE = Path(__file__).with_name("kinds.yaml")

Fields = dict[str, str | list[str]]
"""What a form sends besides its hidden fields, by name; nothing from somebody who does not answer."""

ABSTAIN: Fields = {"abstain": "yes"}
STEPS = "12345"
WORDS = (
    *("gemütlich", "grün", "ruhig", "lebendig", "überschaubar", "familiär", "engagiert", "bunt", "Heimat", "im Wandel"),
    *("vernetzt", "alt", "schön", "unterschätzt", "bodenständig", "nah", "kreativ", "leer", "hilfsbereit", "offen"),
    *("gesellig", "charmant", "verschlafen", "mutig", "historisch", "kurze Wege", "ehrlich", "sportlich", "teuer"),
)
"""The first ones are said most."""
TEXTS = (
    "Geben Sie uns verlässliches Geld statt immer neuer Projekte.",
    "Bitte einfachere Anträge: Wir haben dafür zwei Leute, nicht zwanzig.",
    "Fragen Sie die jungen Leute, bevor geplant wird.",
    "Ein Bus am Abend ändert mehr als jede Broschüre.",
    "Hören Sie nicht auf, uns einzuladen.",
    "Leerstand ist auch eine Chance, wenn jemand sie bezahlt.",
    "Mehr Austausch unter den Städten, weniger Wettbewerb.",
    "Denken Sie an die Orte, die nicht Teil eines Modellvorhabens sind.",
    "Ohne Ehrenamt geht bei uns nichts. Entlasten Sie es.",
    "Wohnraum, Wohnraum, Wohnraum.",
    "Vergessen Sie die Ortsteile nicht.",
    "Danke für die offenen Worte!",
    "Wer plant, sollte einmal mit uns Bus fahren.",
    "Schatten! Der Marktplatz ist im Sommer nicht auszuhalten.",
    "Die Schule muss im Ort bleiben.",
    "Trauen Sie uns mehr zu.",
    "Zeigen Sie auch, was nicht gelungen ist.",
    "Barrierefreiheit von Anfang an mitdenken, nicht am Ende.",
    "Gute Beispiele kommen in Gesprächen besser an als in Leitfäden.",
    "Kleinstadt ist nicht gleich Kleinstadt.",
)


def _one(keys: Sequence[str], weights: Sequence[float]) -> Callable[[Random], Fields]:
    return lambda chance: {"answer": chance.choices(keys, weights)[0]}


def _some(chance: Random) -> Fields:
    wanted = {"o1": 0.62, "o2": 0.48, "o3": 0.3, "o4": 0.22, "o5": 0.41, "o6": 0.35}
    chosen = [key for key, likely in wanted.items() if chance.random() < likely][:3]
    return {"answer": chosen or ["o1"]}


def _yes_or_no(chance: Random) -> Fields:
    forms: list[Fields] = [{"answer": "yes"}, {"answer": "no"}, ABSTAIN]
    return chance.choices(forms, [72, 19, 9])[0]


def _steps(chance: Random) -> Fields:
    likely = {"o1": [4, 12, 22, 41, 21], "o2": [18, 33, 24, 18, 7], "o3": [11, 24, 31, 24, 10]}
    if chance.random() < 0.05:
        return ABSTAIN
    return {f"answer.{key}": chance.choices(STEPS, weights)[0] for key, weights in likely.items()}


def _order(chance: Random) -> Fields:
    pull = {"o1": 2.3, "o2": 1.6, "o3": 2.0, "o4": 0.7, "o5": 0.4}
    drawn = {key: weight + chance.gauss(0, 1) for key, weight in pull.items()}
    return {"answer": sorted(drawn, key=lambda key: -drawn[key])[:3]}


def _hundred(chance: Random) -> Fields:
    tens = chance.choices(["o1", "o2", "o3", "o4"], [chance.random() * pull for pull in (9, 5, 4, 6)], k=10)
    return {f"answer.{key}": str(10 * tens.count(key)) for key in sorted({*tens})}


def _words(chance: Random) -> Fields:
    weights = [1 / (rank + 2) for rank in range(len(WORDS))]
    return {"answer": sorted({*chance.choices(WORDS, weights, k=chance.randint(1, 3))})}


def _text(chance: Random) -> Fields:
    return {"answer": chance.choice(TEXTS)} if chance.random() < 0.12 else {}


def _distance(chance: Random) -> Fields:
    return {"answer": f"{min(chance.lognormvariate(1.9, 0.8), 40):.1f}".replace(".", ",")}


def _opinions(chance: Random) -> Fields:
    likely = [[80, 8, 12], [40, 48, 12], [52, 36, 12], [12, 76, 12], [72, 13, 15]]
    likely += [[55, 25, 20], [84, 7, 9], [6, 88, 6], [45, 43, 12], [78, 12, 10]]
    said = {f"answer.o{n}": chance.choices("ads", weights)[0] for n, weights in enumerate(likely, 1)}
    return {name: said[name] for name in sorted(chance.sample(sorted(said), chance.randint(5, 10)))}


ANSWERS: dict[str, Callable[[Random], Fields]] = {
    "single_choice": _one(["o1", "o2", "o3", "o4", "o5"], [31, 17, 26, 9, 17]),
    "multiple_choice": _some,
    "yes_no": _yes_or_no,
    "rating": _one(STEPS, [2, 8, 19, 44, 27]),
    "rating_items": _steps,
    "ranking": _order,
    "points": _hundred,
    "word_cloud": _words,
    "open_text": _text,
    "numeric": _distance,
    "statements": _opinions,
    "notice": lambda chance: {},
}
"""For each question, by the name of its pictures, how somebody answers it."""


def answers(name: str) -> list[Fields]:
    """Return what each of the PEOPLE answers to the question with this name."""
    chance = Random(name)
    return [ANSWERS[name](chance) for _ in range(PEOPLE)]
