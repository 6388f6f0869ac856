"""How people fill in a form that they see, whatever it asks: by its controls alone."""

from collections.abc import Collection, Sequence
from itertools import groupby

from poll_server.simulate.frames import Control, Form
from poll_server.simulate.habits import Habits

Field = tuple[str, str]
"""Name and value."""

ABSTAIN: Field = ("abstain", "yes")
DIGITS = range(1, 7)
WORDS = (
    *("Wohnraum", "Bus und Bahn", "Schnelles Internet", "Ärztin", "Schule", "Kita", "Radwege", "Arbeit", "Ehrenamt"),
    *("Kultur", "Spielplatz", "Marktplatz", "Grün", "Ruhe", "Jugend", "Zusammenhalt", "Energie", "Klima", "Geld"),
    *("Personal", "Mut", "Ideen", "Zeit", "Pflege", "Sport", "Bibliothek", "Vereine", "Läden", "Ortskern", "Heimat"),
)
SENTENCES = (
    "Der Bus fährt am Abend zu selten.",
    "Wir brauchen mehr bezahlbare Wohnungen.",
    "Die Verwaltung hat zu wenig Personal.",
    "Ohne das Ehrenamt ginge bei uns gar nichts.",
    "Junge Leute ziehen weg, weil Arbeit fehlt.",
    "Der Ortskern soll wieder lebendig werden.",
    "Förderprogramme sind zu kompliziert.",
    "Es fehlt eine Ärztin im Ort.",
    "Mehr Radwege, bitte!",
    "Wir arbeiten gut mit den Nachbarstädten zusammen.",
    "Das Internet ist immer noch zu langsam.",
    "Die Schule muss bleiben.",
    "Beteiligung sollte früher anfangen.",
    "Mir gefällt, wie viel sich bei uns bewegt.",
)
"""What the crowd says, by a taste of its own for each question."""
PLACES = ("Das Freibad", "Die Bücherei", "Das Rathaus", "Der Bürgersaal", "Der Jugendclub", "Die Turnhalle", "Das Kino")
WISHES = (
    "soll am Abend länger offen sein.",
    "braucht einen Zugang ohne Stufen.",
    "muss uns erhalten bleiben, auch wenn das Geld knapp ist.",
    "ist ohne Auto kaum zu erreichen.",
    "sollte für Vereine nichts kosten.",
    "gehört allen, also sollten alle darüber entscheiden.",
)
"""Behind a place, a statement of somebody's own."""
OPINIONS = ("a", "d", "s")
"""What can be said to a part: agree, disagree, skip."""
PARTS_ANSWERED = 8
"""So many parts are answered at a time at most."""
SHORT = tuple(word for word in WORDS if len(word) <= 5)


def sizes(form: Form, refused: Collection[int]) -> list[int]:
    """What is left to try: how many to tick, how many digits to write.

    0 is a text that may prove to be too long or to have to be a number; after it short words or digits are tried.
    """
    tried: Collection[int] = (1,)
    for control in form.controls:
        if control.type == "checkbox":
            tried = range(1, len(control.values) + 1)
        elif control.type == "number" and control.most is None and not form.total:
            tried = DIGITS
    if _is_one_word(form):
        tried = DIGITS if 0 in refused else (0,)
    elif any(control.type == "text" for control in form.controls):
        tried = (1,) if 0 in refused else (0,)
    return [size for size in tried if size not in refused]


def learns(form: Form) -> bool:
    """Whether a refusal can be about what ``sizes`` gives."""
    return sizes(form, ()) != [1]


def _is_one_word(form: Form) -> bool:
    return [(control.type, control.lines) for control in form.controls] == [("text", False)]


def fill(form: Form, size: int, habits: Habits) -> tuple[Field, ...]:
    """Return what somebody enters, none for a form without a control; the same people have the same taste."""
    if form.may_abstain and habits.abstains():
        return (ABSTAIN,)
    if form.parts:
        keys = habits.some([f"o{n}" for n in range(1, form.parts + 1)], PARTS_ANSWERED)
        said = [(f"answer.{key}", habits.answer(f"{form.key.question} {key}", OPINIONS, [1])) for key in keys]
        return tuple((name, value) for name, values in said for value in values)
    fields: list[Field] = []
    for _, group in groupby(form.controls, lambda control: (control.type, control.values, control.lines)):
        fields += _fill_group(form, list(group), size, habits)
    return tuple(fields)


def _fill_group(form: Form, controls: Sequence[Control], size: int, habits: Habits) -> list[Field]:
    first, question = controls[0], form.key.question
    names = [control.name for control in controls]
    if first.type == "select" and len(controls) > 1:
        return list(zip(habits.order(question, names), first.values, strict=False))
    if first.type in ("radio", "checkbox", "select"):
        many = [size] if first.type == "checkbox" else [1]
        taken = [(one.name, habits.answer(f"{question} {one.name}", one.values, many)) for one in controls]
        return [(name, value) for name, values in taken for value in values]
    if first.type == "number" or (size > 0 and _is_one_word(form)):
        return _numbers(form, controls, size, habits)
    known = SHORT if size else SENTENCES if first.lines else WORDS
    said = habits.answer(question, known, range(1, len(names) + 1))
    return [(one.name, text[: one.longest or None]) for one, text in zip(controls, said, strict=False)]


def _numbers(form: Form, controls: Sequence[Control], size: int, habits: Habits) -> list[Field]:
    if form.total:
        shares = habits.split(form.key.question, [control.name for control in controls], form.total)
        return [(name, str(n)) for name, n in shares.items()]
    return [
        (control.name, str(habits.whole(control.least or 0, 10**size - 1 if control.most is None else control.most)))
        for control in controls
    ]


def statement(habits: Habits, longest: int) -> str:
    """Return something that somebody wants all others to be asked about; ``longest`` 0 is no limit."""
    return f"{habits.some(PLACES, 1)[0]} {habits.some(WISHES, 1)[0]}"[: longest or None]
