"""A documentation in which everything that people write is as bad as it can be."""

from dataclasses import replace

from poll_server.documents.report import Choice, Report, make
from poll_server.domain.contributions import Fate
from poll_server.domain.programme import Definition, Option, Person, SeriesName
from poll_server.domain.rounds import State
from poll_server.questions.split import Movement, by_group
from tests.documents.exports import question
from tests.documents.report.materials import ITEMS, contribution, material

MARKUP = (
    '#import "x" #{ $x^2$ *b* _i_ @ref <label> // c /* d */ #read("/etc/passwd") = h `code` ~ \\u{41} - + / '
    "\\textbf{b} \\input{x} % d <b>x</b> <script>y</script> &amp; {{ 7*7 }} [[z]] \\"
)
GERMAN = "Verwaltungsmodernisierung, Grundstücksverkehrsgenehmigung und bezahlbarer Wohnraum in der Innenstadt "
SCRIPTS = (
    "Ærø Łódź Ελλάδα Россия مرحبا שלום 漢字かな नमस्ते 👩🏽‍💻🇩🇪👨‍👩‍👧 "
    "\u202eabc\u202c \x00\x1b\x9f\ue000\U000e0041 e\u0301 \ufdfd "
)
TEXTS = {
    "wide letters": "W" * 500,
    "words of wide letters": ("W" * 23 + " ") * 21,
    "compounds": GERMAN * 5,
    "no-break spaces": "wort\N{NO-BREAK SPACE}" * 100,
    "joiners": "a\u200db\u2060" * 125,
    "from the right": "ديمقراطية محلية וגם בעברית " * 19,
    "markup": MARKUP * 3,
    "all scripts": SCRIPTS * 5,
    "lines": "Zeile\n" * 83,
}


def wild(text: str) -> Report:
    """A documentation in which everything that somebody can write is this text, as long as it may be there."""
    line = " ".join(text.split())

    def options(n: int, length: int = 120) -> tuple[Option, ...]:
        return tuple(Option(f"o{at}", f"{at} {line}"[:length]) for at in range(1, n + 1))

    five = range(1, 6)
    ends = {"low": line[:40], "high": line[:40]}
    given: list[tuple[Definition, dict[str, int]]] = [
        (Definition("single_choice", line[:300], options(20), hint=line[:300]), {f"o{at}": at for at in range(1, 21)}),
        (
            Definition("rating", line[:300], options(10), ends | {"steps": 5}),
            {f"o{at}={step}": step for at in range(1, 11) for step in five},
        ),
        (Definition("rating", line[:300], (), ends | {"steps": 11}), {f"{at}": at for at in range(1, 12)}),
        (Definition("statements", line[:300], options(9, 280)), {"o1=a": 30}),
        (Definition("word_cloud", line[:300]), {f"w:x{at}|{line[at : at + 60]}": 31 - at for at in range(1, 20)}),
        (Definition("open_text", line[:300]), {f"t:{line[at : at + 500]}": 3 - at for at in range(2)}),
        (Definition("ranking", line[:300], options(5)), {f"o{at}@{at}": 30 for at in five}),
        (Definition("points", line[:300], options(5)), {"o1": 3000, "o1#": 30}),
        (Definition("numeric", line[:300], (), {"unit": line[:20]}), {"=5": 30}),
    ]
    asked = [(question(one, State.SHOWN, at), {"#": 30, **tally}) for at, (one, tally) in enumerate(given, 1)]
    written = replace(contribution(1, text, Fate.IN_WRITING), answer=text * 4, name=line[:80], addressee=line[:80])
    sent = [written, contribution(2, text[:60])]
    there = material({line[:200]: asked}, sent, {1: [{"#": 10_000, "o1": 10_000}] * 6})
    groups = tuple(Option(f"g{at}", f"{at}{line}"[:120]) for at in range(1, 9))
    first = given[0][0]
    split = by_group(first, groups, [{group.key: {"#": 10_000, "o1": 20, "o2": 30} for group in groups}])
    moved = {(before.key, after.key): 5 for before in first.options[:3] for after in first.options[:3]}
    people = tuple(Person(line[:200], line[:300]) for _ in range(8))
    event = replace(
        there.export.event,
        title=line[:300],
        subtitle=line[:300],
        organisers=line[:500],
        partners=line[:500],
        contact=text,
        groups=groups,
        series=SeriesName("reihe", line[:200]),
        items=tuple(replace(item, title=line[:200], description=text * 4, people=people) for item in ITEMS),
    )
    splits = {1: replace(split, movement=Movement(first.options[:3], 45, 30, moved, hidden=True))}
    choice = Choice(introduction=text * 9, remarks={1: text}, names=True, every_text=True, licence=line[:200])
    return make(replace(there, export=replace(there.export, event=event, splits=splits)), choice)
