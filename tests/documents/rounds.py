"""Questions that every form of a round can hold, and how a stored one looks in it."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from poll_server.documents.round_words import line
from poll_server.domain.programme import Definition, Option
from poll_server.questions import KINDS, kind_of
from poll_server.questions.contract import SECONDS, Rule
from tests.questions.sample import LETTERS, options
from tests.questions.sample_notice import PICTURED
from tests.questions.samples import SAMPLES

TEXTS = st.sampled_from(
    [
        "Was ist Ihnen wichtig?",
        "1. Mai oder 3. Oktober?",
        "- mit Strich?",
        "Ein Wort zum Tag (Wortwolke)",
        "Welches Wort (Word cloud)?",
        "Hinweis: zählt das?",
        "Unser Ziel: wohin?",
        "a) oder b)",
        "# Raute?",
        "=SUMME(A1)",
        "'=1+1",
        "12,5",
        "Frage 1: Was?",
        "---",
        '„Ja“; oder | "nein"?',
        "o\u00a0–",
    ]
) | st.text(LETTERS, min_size=1, max_size=30)


def in_a_file(definition: Definition) -> Definition:
    """The same question in one-line texts that every file can hold, its rules without what goes without saying."""
    labels = [line(option.label) for option in definition.options]
    rules = {
        name: "\n".join(map(line, value.split("\n"))) if isinstance(value, str) else value
        for name, value in definition.rules.items()
    }
    return replace(
        definition,
        text=line(definition.text),
        hint=line(definition.hint),
        options=options(labels),
        rules={name: value for name, value in rules.items() if value not in (None, False, (), "")},
    )


@st.composite
def questions(draw: DrawFn, language: str) -> Definition:
    """A question of any kind with any of its rules, that can be asked."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    sample = draw(SAMPLES[kind].definitions)
    rules = dict(sample.rules)
    for name, rule in KINDS[kind].rules.items():
        if name not in rules and draw(st.booleans()):
            rules[name] = draw(_values(name, rule, sample.options))
    text = draw(TEXTS.filter(line))
    made = in_a_file(replace(sample, text=text, hint=draw(st.just("") | TEXTS), rules=rules, language=language))
    return made if not kind_of(made).check(made) else in_a_file(replace(made, rules=sample.rules))


def _values(name: str, rule: Rule, offered: tuple[Option, ...]) -> st.SearchStrategy[object]:
    """Values of a rule that are likely to fit."""
    if rule.type is bool:
        return st.just(True)
    if rule.type is int:
        return st.integers(1, 10) | st.integers(SECONDS.start, SECONDS.stop - 1)
    if rule.type is bytes:
        return st.just(PICTURED["picture"])
    if rule.lines:
        return st.just("Kaffee: im Foyer.\n\n- Tee auch?")
    if rule.type is str:
        return TEXTS.map(lambda text: text[: min(rule.maximum, 12)])
    labels = [option.label for option in offered]
    return st.lists(st.sampled_from(labels), min_size=1, unique=True).map(tuple) if labels else st.just(())
