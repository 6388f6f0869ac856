"""Somebody who has everything that is shown, and tries to compute what is not.

What is shown are equations over whole numbers from 0 on. A number is found if the least and the most that it can be
under them are the same: HiGHS, a solver of integer programmes, computes both.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import product
from random import Random
from typing import Any

from highspy import Highs, HighsModelStatus

Unknown = Any


class Attack:
    """What is known of ``truth``: sums of unknowns."""

    def __init__(self, truth: Mapping[Unknown, int]) -> None:
        self._truth = truth
        self._equations: list[tuple[list[Unknown], int]] = []

    def learn(self, unknowns: list[Unknown]) -> None:
        """Take in that the sum of these is shown."""
        self._equations.append((unknowns, self._sum(unknowns)))

    def finds(self, unknowns: list[Unknown]) -> bool:
        """Tell whether the sum of these can be nothing but what it is."""
        return self._extreme(unknowns, -1) == self._sum(unknowns) == self._extreme(unknowns, 1)

    def is_fooled(self, unknowns: list[Unknown], looks_alike: Callable[[Counter[Unknown]], bool], tries: int) -> bool:
        """Tell whether the sum of these is another one in some world that looks alike to somebody who knows the rules.

        Worlds near the truth are tried, each at the least distance by other weights.
        """
        chance, truth = Random(1), self._sum(unknowns)
        least, most = (self._extreme(unknowns, direction) for direction in (-1, 1))
        sums = sorted({*range(least, most + 1)} - {truth}, key=lambda value: abs(value - truth))[:8]
        for at, value in product(range(tries), sums):
            weights = {one: 1.0 if at == 0 else chance.uniform(0.05, 1) ** 3 for one in self._truth}
            world = self._nearest(unknowns, value, weights)
            if world and looks_alike(world):
                return True
        return False

    def _nearest(
        self, unknowns: list[Unknown], total: int, weights: Mapping[Unknown, float]
    ) -> Counter[Unknown] | None:
        """Return the world nearest to the truth in which these have another sum, None if there is none."""
        solver = Highs()  # type: ignore[no-untyped-call]  # the package has no types for it
        solver.silent()
        people = {one: solver.addIntegral(lb=0, ub=sum(self._truth.values())) for one in self._truth}
        far = {one: solver.addVariable(lb=0) for one in self._truth}
        for one, n in self._truth.items():
            solver.addConstr(far[one] >= people[one] - n)
            solver.addConstr(far[one] >= n - people[one])
        for added, known in [*self._equations, (unknowns, total)]:
            solver.addConstr(solver.qsum(people[one] for one in added) == known)
        solver.minimize(solver.qsum(weights[one] * far[one] for one in self._truth))
        if solver.getModelStatus() != HighsModelStatus.kOptimal:
            return None
        return Counter({one: round(solver.variableValue(found)) for one, found in people.items()})

    def _sum(self, unknowns: list[Unknown]) -> int:
        return sum(self._truth[one] for one in unknowns)

    def _extreme(self, unknowns: list[Unknown], direction: int) -> int:
        """Return the most that the sum of these can be, with ``direction`` -1 the least."""
        solver = Highs()  # type: ignore[no-untyped-call]  # the package has no types for it
        solver.silent()
        people = {one: solver.addIntegral(lb=0, ub=sum(self._truth.values())) for one in self._truth}
        for added, total in self._equations:
            solver.addConstr(solver.qsum(people[one] for one in added) == total)
        solver.maximize(direction * solver.qsum(people[one] for one in unknowns))
        return direction * round(solver.getObjectiveValue())
