"""Somebody who has everything that is shown, and tries to compute what is not.

What is shown are equations over whole numbers from 0 on. A number is found if they leave only one value for it: this
searches for another one, exactly, by narrowing bounds and trying values. It knows the true numbers only to try likely
ones first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Unknown = Any
Equation = tuple[list[Unknown], list[Unknown], int]
"""What is added, what is taken away, and what that makes."""
Bounds = dict[Unknown, tuple[int, int]]
STEPS_MAXIMUM = 20_000


@dataclass
class Attack:
    """What is known of ``truth``: sums of unknowns."""

    truth: Mapping[Unknown, int]
    equations: list[Equation] = field(default_factory=list)
    steps: int = 0

    def learn(self, unknowns: list[Any]) -> None:
        """Take in that the sum of these is shown."""
        self.equations.append((unknowns, [], sum(self.truth[one] for one in unknowns)))

    def finds(self, unknowns: list[Any]) -> bool:
        """Tell whether the sum of these can be nothing but what it is."""
        wanted, true = "wanted", sum(self.truth[one] for one in unknowns)
        limit = sum(self.truth.values())
        known = [*self.equations, (unknowns, [wanted], 0)]
        return not any(
            self._fits(known, dict.fromkeys(self.truth, (0, limit)) | {wanted: between})
            for between in ((0, true - 1), (true + 1, limit))
        )

    def _fits(self, known: list[Equation], bounds: Bounds) -> bool:
        self.steps += 1
        assert self.steps < STEPS_MAXIMUM, "searched too long"
        if not _narrow(known, bounds):
            return False
        loose = [one for one, (low, high) in bounds.items() if low < high]
        if not loose:
            return True
        one = min(loose, key=lambda unknown: bounds[unknown][1] - bounds[unknown][0])
        low, high = bounds[one]
        likely = self.truth.get(one, low)
        return any(
            self._fits(known, bounds | {one: (value, value)})
            for value in sorted(range(low, high + 1), key=lambda value: abs(value - likely))
        )


def _narrow(known: list[Equation], bounds: Bounds) -> bool:
    """Draw the bounds together as far as each equation alone tells; False if nothing fits."""
    moved = True
    while moved:
        moved = False
        for plus, minus, total in known:
            least = sum(bounds[one][0] for one in plus) - sum(bounds[one][1] for one in minus) - total
            most = sum(bounds[one][1] for one in plus) - sum(bounds[one][0] for one in minus) - total
            if least > 0 or most < 0:
                return False
            for one in plus:
                low, high = bounds[one]
                if high - low > min(-least, most):
                    bounds[one] = max(low, high - most), min(high, low - least)
                    moved = True
            for one in minus:
                low, high = bounds[one]
                if high - low > min(-least, most):
                    bounds[one] = max(low, high + least), min(high, low + most)
                    moved = True
    return all(low <= high for low, high in bounds.values())
