"""The server as shipped but for one thing: ballots stand in memory alone, so that a vote costs all but its storage.

    .venv/bin/python -m bench.unstored demo

What the database decides for each ballot is decided here by the same rules, so that all else has the same to do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from poll_server import cli
from poll_server.domain.ballots import Ballot, Key, Mark, Outcome, Standing, difference, verdict
from poll_server.live import urn
from poll_server.live.ballot_box import BallotBox
from poll_server.storage.ballots import Counted
from poll_server.storage.database import Database

_kept: dict[Key, tuple[Standing, Mapping[str, int]]] = {}


async def count(_: Database, batch: Sequence[Ballot]) -> Counted:
    """Count a batch as the database would."""
    outcomes: list[Outcome] = []
    changes: Counter[Mark] = Counter()
    standing: dict[Key, Standing] = {}
    for ballot in batch:
        before, marks = _kept.get(ballot.key, (None, {}))
        if before and before.rank >= ballot.rank:
            outcomes.append(verdict(ballot.rank, before.rank))
            continue
        outcomes.append(Outcome.COUNTED)
        standing[ballot.key] = Standing(ballot.rank, ballot.answer)
        _kept[ballot.key] = (standing[ballot.key], ballot.marks)
        for mark, n in difference(ballot, ballot.grp, marks).items():
            changes[mark] += n
    return Counted(outcomes, changes, standing)


if __name__ == "__main__":
    setattr(urn, "BallotBox", partial(BallotBox, count=count))  # noqa: B010
    cli.app()
