"""How people behave: everything random comes from here, and from one seed. Times are in seconds as in life."""

import math
from collections.abc import Collection, Sequence
from itertools import pairwise
from random import Random

ARRIVAL_SECONDS = 8.0
NEVER_ANSWERS = 0.04
ANSWERS_LATE = 0.1
ABSTAINS = 0.05
NO_GROUP = 0.12
CHANGES = 0.15
ASKS = 0.12
BACKS = 0.6
ADDS = 0.2
LOSES_NETWORK_ON_NEWS = 0.06
LOSES_NETWORK_AFTER_SENDING = 0.06


class Habits:
    """One person's: the same seed and number give the same person. At ``pace`` 10 they are ten times as fast."""

    def __init__(self, seed: int, number: int, pace: float) -> None:
        self._seed = seed
        self._number = number
        self._pace = pace
        self._group = ""
        self._rng = Random(f"{seed} person {number}")  # noqa: S311 - behaviour, no secrets

    def arrival(self) -> float:
        """How long after the beginning they come."""
        return self._rng.triangular(0, ARRIVAL_SECONDS, ARRIVAL_SECONDS / 3) / self._pace

    def group(self, groups: Sequence[str]) -> str:
        """Which group they come from, empty if they would rather not say; from then on they share its taste, too."""
        if self._rng.random() >= NO_GROUP:
            self._group = self._rng.choices(groups, [1 / rank for rank in range(2, len(groups) + 2)])[0]
        return self._group

    def answers(self) -> bool:
        """Whether they answer this question at all."""
        return self._rng.random() >= NEVER_ANSWERS

    def abstains(self) -> bool:
        """Whether they abstain where that is offered."""
        return self._rng.random() < ABSTAINS

    def adds(self) -> int:
        """How many statements of their own they have where they may add some: always the same people."""
        rng = Random(f"{self._seed} additions {self._number}")  # noqa: S311 - behaviour, no secrets
        return rng.choice((1, 1, 2)) if rng.random() < ADDS else 0

    def thinking(self) -> float:
        """How long they think: mostly 3 to 8 s, some much longer."""
        late = 4 if self._rng.random() < ANSWERS_LATE else 1
        return late * self._rng.lognormvariate(math.log(5), 0.5) / self._pace

    def changes(self) -> bool:
        """Whether they change the answer that was just counted."""
        return self._rng.random() < CHANGES

    def leaves_on_news(self) -> float | None:
        """How long after something new on the stage their network fails; None when it holds."""
        return self._rng.uniform(0, 12) / self._pace if self._rng.random() < LOSES_NETWORK_ON_NEWS else None

    def leaves_after_sending(self) -> bool:
        """Whether the network fails directly after a vote is sent, before it is acknowledged."""
        return self._rng.random() < LOSES_NETWORK_AFTER_SENDING

    def asks(self) -> bool:
        """Whether they ask the panel something now that they look at the page for it."""
        return self._rng.random() < ASKS

    def backs(self) -> bool:
        """Whether they back a question that somebody else has asked."""
        return self._rng.random() < BACKS

    def looks_again(self) -> float:
        """How long after a look at the questions they look again."""
        return self._rng.uniform(8, 30) / self._pace

    def away(self) -> float:
        """How long they are without network."""
        return self._rng.uniform(1, 8) / self._pace

    def between(self, least: float, most: float) -> float:
        """Seconds of a pause that the protocol asks for: those do not hurry with the pace."""
        return self._rng.uniform(least, most)

    def answer(self, question: str, options: Sequence[str], sizes: Collection[int]) -> tuple[str, ...]:
        """As many options as one of ``sizes``, in the ballot's order, by the taste that the whole crowd shares."""
        liked = self.order(question, options)[: self.size(sizes)]
        return tuple(one for one in options if one in liked)

    def some(self, options: Sequence[str], most: int) -> list[str]:
        """So many of them at most, each as likely as any other."""
        return self._rng.sample(options, min(most, len(options)))

    def size(self, sizes: Collection[int]) -> int:
        """One of them, those near two more often."""
        return self._rng.choices(list(sizes), [1 / (1 + abs(size - 2)) for size in sizes])[0]

    def order(self, question: str, options: Sequence[str]) -> list[str]:
        """The options from the most to the least liked, by the taste that the whole crowd shares, and their group."""
        taste = _taste(self._seed, question, options)
        if self._group:
            own = _taste(self._seed, f"{question} {self._group}", options)
            taste = {one: taste[one] * own[one] ** 0.5 for one in options}
        return sorted(options, key=lambda one: self._rng.random() ** (1 / taste[one]), reverse=True)

    def split(self, question: str, options: Sequence[str], total: int) -> dict[str, int]:
        """Whole numbers from 0 that add up to the total, the more for an option the more it is liked."""
        cuts = sorted(self._rng.randint(0, total) for _ in options[1:])
        parts = sorted((last - first for first, last in pairwise([0, *cuts, total])), reverse=True)
        return dict(zip(self.order(question, options), parts, strict=True))

    def whole(self, least: int, most: int) -> int:
        """A whole number within these limits, those in their middle more often."""
        return round(self._rng.triangular(least, most))


def _taste(seed: int, question: str, options: Sequence[str]) -> dict[str, float]:
    """How much the crowd likes each option: a favourite, a second one, and a tail."""
    rng = Random(f"{seed} question {question}")  # noqa: S311 - behaviour, no secrets
    ranked = rng.sample(list(options), len(options))
    return {option: rng.uniform(0.8, 1.2) / rank for rank, option in enumerate(ranked, 1)}
