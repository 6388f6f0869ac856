"""A real programme, as an organiser would paste it, made an event file by rule. Its texts stay where they are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

PROGRAMME = Path(__file__).parents[2].parent / "shared" / "data" / "programmes" / "bundestagung-2022.txt"
REASON = "the real programme lies in ../shared, which is not here"
ROUND_TITLE = "Sie sind gefragt!"

_ARTICLES = ("Der", "Die", "Das")
_PERSON = re.compile(r"((?:Dr\. )?[A-ZÄÖÜ][\w-]+ [A-ZÄÖÜ][\w-]+) \(([^()]+)\)")
_HEAD = ["title: Kleinstädte in Deutschland", "date: 21.1.2022", "code: echt", "programme:"]
_QUESTIONS = """\
    kind: round
    questions:
      - kind: single_choice
        text: Woher kommen Sie?
        options: [Norden, Osten, Süden, Westen]
      - kind: multiple_choice
        text: Welche Themen sind Ihnen wichtig?
        maximum: 3
        options: [Wohnen, Ortskern, Mobilität, Digitales, Gesundheit]
      - kind: single_choice
        text: Kommen Sie wieder?
        result: live
        options: [Ja, Nein]"""


def programme_lines(text: str) -> list[tuple[str, str]]:
    """Return the (time, text) pairs of the programme: the lines with a time before a tab."""
    pairs = (line.split("\t") for line in text.splitlines() if "Uhr\t" in line)
    return [(time, words.strip()) for time, words in pairs]


def programme_yaml(text: str) -> str:
    """Return the pasted programme as an event file: times as written, the rest of each line as title and description.

    Title and description together are the line. Who stands there as two capitalised words with a role in brackets
    becomes a person; both rounds get three questions.
    """
    return "\n".join([*_HEAD, *(line for time, words in programme_lines(text) for line in _item(time, words))]) + "\n"


def _item(time: str, words: str) -> Iterator[str]:
    title, description = _split(words)
    yield f"  - time: {time}"
    yield f"    title: {_in_quotes(title)}"
    if description:
        yield f"    description: {_in_quotes(description)}"
    people = [f"{name} ({role})" for name, role in _PERSON.findall(words)]
    if people:
        yield "    people:"
        yield from (f"      - {_in_quotes(person)}" for person in people)
    if title.startswith(ROUND_TITLE):
        yield _QUESTIONS
    elif title == "Pause":
        yield "    kind: break"
    elif title.startswith("Ende"):
        yield "    kind: end"


def _split(words: str) -> tuple[str, str]:
    """Cut after a title in quotes or a round's number, or between two capitalised words, the first no article."""
    fixed = re.match(rf"„[^“]+“|{ROUND_TITLE} I+", words)
    if fixed:
        return fixed[0], words[fixed.end() :].strip()
    parts = words.split()
    for number in range(1, len(parts)):
        before, after = parts[number - 1], parts[number]
        if before[0].isupper() and after[0].isupper() and before not in _ARTICLES and not before.endswith(":"):
            return " ".join(parts[:number]), " ".join(parts[number:])
    return words, ""


def _in_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
