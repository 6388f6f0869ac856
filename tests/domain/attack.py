"""Somebody who has everything that is shown, and tries to compute what is not.

What is shown are equations over whole numbers from 0 on. A number is found if the least and the most that it can be
under them are the same: HiGHS, a solver of integer programmes, computes both.
"""

from collections.abc import Mapping
from typing import Any

from highspy import Highs

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
