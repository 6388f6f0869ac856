"""Reading a question as it is being written, in all its languages."""

from collections.abc import Iterable

from poll_server.domain.errors import Malformed
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import Reveal
from poll_server.domain.text import one_line
from poll_server.messages.fields import Fields, text_of, whole_number
from poll_server.questions import KINDS
from poll_server.questions.drafts import Draft, Words

OPTIONS_MAXIMUM = 999


def draft_of(fields: Fields) -> Draft:
    """Return everything as it was typed; raises Malformed for what no form of ours sends."""
    kind, reveal = text_of(fields, "kind"), text_of(fields, "result")
    if kind not in KINDS or reveal not in set(Reveal):
        raise Malformed("malformed")
    options = _labels(fields, "option")
    rules = {name[5:]: "\n".join(values) for name, values in fields.items() if name.startswith("rule.")}
    correct = [options[at] for at in _places(fields.get("correct", ())) if at < len(options)]
    if correct:
        rules["correct"] = "\n".join(map(one_line, correct))
    found = {language: _words(fields, language) for language in NAMES}
    found = {language: words for language, words in found.items() if words.written}
    refused = {*fields.get("refused", ())} - {*fields.get("without", ())}
    return Draft(kind, text_of(fields, "text"), text_of(fields, "hint"), Reveal(reveal), options, rules, found, refused)


def _words(fields: Fields, language: str) -> Words:
    """Read what was written of a question in another language."""
    begin = f"{language}.rule."
    rules = {name.removeprefix(begin): "\n".join(values) for name, values in fields.items() if name.startswith(begin)}
    text, hint = ("\n".join(fields.get(f"{language}.{name}", ())) for name in ("text", "hint"))
    return Words(text, hint, _labels(fields, f"{language}.option"), rules)


def _labels(fields: Fields, name: str) -> tuple[str, ...]:
    labels = tuple(line for value in fields.get(name, ()) for line in value.splitlines() or [""])
    if len(labels) > OPTIONS_MAXIMUM:
        raise Malformed("malformed")
    return labels


def _places(values: Iterable[str]) -> list[int]:
    return [whole_number(value, OPTIONS_MAXIMUM) for value in values]
