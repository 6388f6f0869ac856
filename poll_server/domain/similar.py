"""Which contributions ask the same: likeness of two texts by the lemmas of their words.

docs/contributions.md says how well it finds them. The word lists (simplemma) are read from the disk when a language is
first needed, which takes seconds: call this in a thread of its own, never on the loop.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from poll_server.domain.languages import main_language

THRESHOLD = 0.66
"""Texts that are as much alike as this are suggested; chosen with ``python -m tools.similarity``."""
MOST = 5
"""So many are suggested at most."""

_NOUN = 1.5  # what a noun weighs beside another word; German writes it with a capital
_COMPOUND = 0.8  # "Netzwerk" in "Kleinstadtnetzwerk"
_STEM = 0.64  # "finanzieren", "Finanzierung"
_PART = 4  # letters that a part of a compound has at least
_SLIP = 80  # of 100: rapidfuzz's ratio from which on a word may be another one misspelt
_SPELLING = 0.9  # a slip of the finger, times rapidfuzz's ratio
_OTHER_NOUN = 0.15  # off for each noun on either side that the other one lacks: another thing is asked about
_OTHER_QUESTION = 0.15  # off when one asks why and the other when
_NEGATION = 0.2  # off when only one of them has a "not"

_GERMAN = """
der die das ein eine einer eines den dem des und oder aber auch noch denn eigentlich endlich in im an am auf aus bei
beim zu zum zur von vom mit für nach vor bis über um dass damit ob es er sie wir ihr ich man sich uns unser euer mein
sein haben werden können sollen dürfen müssen wollen mögen sind ist hier so als wenn dann doch mal bitte geben gibt
dagegen jetzt schon etwas tun machen derzeit künftig zukunft bald heute viel viele vielen dank frage
"""
_ENGLISH = """
the a an and or but of in on at to for from by with about is are be was were do does did will would can could should
have has had it its there this that these those you your we our i my they their them going please finally many much
"""
_NEGATIONS = "nicht kein keine nie niemand ohne not no never none nobody without don't doesn't"
_STOP = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}
_NEGATING = frozenset(_NEGATIONS.split())
_ASKS = {
    **dict.fromkeys(["warum", "wieso", "weshalb", "wozu", "why"], "why"),
    **dict.fromkeys(["wann", "when"], "when"),
    **dict.fromkeys(["wer", "wem", "wen", "who", "whom"], "who"),
    **dict.fromkeys(["was", "wie", "wo", "woher", "wohin", "welcher", "welche", "what", "how", "where", "which"], ""),
}
_QUANTITY = frozenset(["viel", "viele", "vielen", "hoch", "lange", "teuer", "groß", "many", "much", "long"])
_WORD = re.compile(r"\w+(?:['’]t\b)?")
_Alike = Mapping[str, Mapping[str, float]]  # by each lemma of ours: the lemmas like it
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'"})


@dataclass(frozen=True, slots=True)
class _Text:
    """What is compared of a text: its lemmas with their weights, what it asks for, whether it has a "not"."""

    weights: Mapping[str, float]
    asks: str
    negated: bool


@lru_cache(maxsize=50_000)
def _lemma(word: str, language: str) -> str:
    from simplemma import lemmatize

    return lemmatize(word, lang=language, low_memory=True)


@lru_cache(maxsize=10_000)
def _read(text: str, language: str) -> _Text:
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    weights: dict[str, float] = {}
    asks: list[str] = []
    negated = False
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        lemma = _lemma(word, language)
        forms = {word.lower().replace("’", "'"), lemma.lower()}
        if forms & _NEGATING:
            negated = not negated
        elif found := forms & _ASKS.keys():
            much = forms & {"wie", "how"} and following.lower() in _QUANTITY
            asks.append("quantity" if much else _ASKS[min(found)])
        elif not forms & _STOP[language]:
            noun = language == "de" and lemma[:1].isupper()
            weights.setdefault(lemma.lower().translate(_FOLDED), _NOUN if noun else 1.0)
    return _Text(weights, next(iter(asks), ""), negated)


def _likeness(one: str, other: str) -> float:
    """Return how much two lemmas are alike, 0 to 1."""
    from rapidfuzz.fuzz import ratio

    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) >= _PART and (long.startswith(short) or long.endswith(short)):
        return _COMPOUND
    spelling = ratio(short, long, score_cutoff=_SLIP) / 100
    return max(_SPELLING * spelling, _STEM if len(short) > _PART and short[:5] == long[:5] else 0.0)


def _alike(lemma: str, known: Collection[str]) -> dict[str, float]:
    """Return those of the known lemmas that are anything like this one, with their likeness."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract

    found = {one for one in known if one[:_PART] == lemma[:_PART] or one.endswith(lemma) or lemma.endswith(one)}
    found.update(one for one, _, _ in extract(lemma, known, scorer=ratio, score_cutoff=_SLIP, limit=None))
    return {one: like for one in found if (like := _likeness(lemma, one))}


class Similar:
    """The texts of one session in one language, by id. Not for two threads at once."""

    def __init__(self, language: str) -> None:
        main = main_language(language)
        self._language = main if main in _STOP else "de"
        self._texts: dict[int, _Text] = {}
        self._ids: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, id_: int, text: str) -> None:
        """Take a text, in place of the one with this id."""
        self.remove(id_)
        self._texts[id_] = read = _read(text, self._language)
        for lemma in read.weights:
            self._ids[lemma].add(id_)

    def remove(self, id_: int) -> None:
        """Forget a text, if there is one with this id."""
        if read := self._texts.pop(id_, None):
            for lemma in read.weights:
                self._ids[lemma].discard(id_)
                if not self._ids[lemma]:
                    del self._ids[lemma]

    def suggest(self, text: str, threshold: float = THRESHOLD) -> Sequence[tuple[int, float]]:
        """Return the ids of the texts that may ask the same, and their likeness, most alike first: ``MOST`` at most."""
        read = _read(text, self._language)
        alike = {lemma: _alike(lemma, list(self._ids)) for lemma in read.weights}
        scores = [(id_, _score(read, self._texts[id_], alike)) for id_ in self._within_reach(read, alike, threshold)]
        found = sorted((one for one in scores if one[1] >= threshold), key=lambda one: (-one[1], one[0]))
        return found[:MOST]

    def _within_reach(self, read: _Text, alike: _Alike, threshold: float) -> Iterator[int]:
        """Give the texts that would be alike enough if all their own lemmas were in ours: a score is a mean of both."""
        reached: defaultdict[int, float] = defaultdict(float)
        for lemma, weight in read.weights.items():
            best: dict[int, float] = {}
            for known, like in sorted(alike[lemma].items(), key=lambda one: one[1]):
                best.update(dict.fromkeys(self._ids[known], like))
            for id_, like in best.items():
                reached[id_] += weight * like
        least = (2 * threshold - 1 - 1e-9) * sum(read.weights.values())
        return (id_ for id_, covered in reached.items() if covered >= least)


def likeness(one: str, other: str, language: str) -> float:
    """Return how much two texts are alike, 0 to 1."""
    index = Similar(language)
    index.add(0, other)
    return next((like for _, like in index.suggest(one, 0.0)), 0.0)


def _score(one: _Text, other: _Text, alike: _Alike) -> float:
    ours = {lemma: max(found.get(known, 0.0) for known in other.weights) for lemma, found in alike.items()}
    theirs = {known: max(found.get(known, 0.0) for found in alike.values()) for known in other.weights}
    covered = (_covered(one, ours) + _covered(other, theirs)) / 2
    nouns = min(_missing_nouns(one, ours), _missing_nouns(other, theirs))
    off = _OTHER_NOUN * nouns + _OTHER_QUESTION * (one.asks != other.asks) + _NEGATION * (one.negated != other.negated)
    return max(0.0, covered - off)


def _covered(read: _Text, like: Mapping[str, float]) -> float:
    return sum(weight * like[lemma] for lemma, weight in read.weights.items()) / sum(read.weights.values())


def _missing_nouns(read: _Text, like: Mapping[str, float]) -> float:
    return sum(1 - like[lemma] for lemma, weight in read.weights.items() if weight == _NOUN)


def suggest(text: str, others: Mapping[int, str], language: str) -> Sequence[tuple[int, float]]:
    """Return what ``Similar.suggest`` does, for texts that are at hand; those seen before cost little."""
    index = Similar(language)
    for id_, other in others.items():
        index.add(id_, other)
    return index.suggest(text)
