"""What a room reads of its event's answers: when it is opened, and in the transaction of a step."""

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.ballots import Standing
from poll_server.domain.decisions import Decision
from poll_server.domain.rounds import Event
from poll_server.storage import ballots, decisions, slips

Tallies = dict[tuple[int, int], Counter[str]]
"""The tally of each asking."""


async def counted_so_far(
    connection: AsyncConnection, event: Event
) -> tuple[Tallies, dict[tuple[int, int], dict[str, Decision]], dict[str, Standing]]:
    """Read all tallies of an event, what was decided about them, and the ballots of the asking on its stage."""
    tallies = await ballots.tallies(connection, event.question_ids)
    decided = await decisions.decisions(connection, event.question_ids)
    return tallies, decided, await standing(connection, event) or {}


async def standing(connection: AsyncConnection, event: Event, known: Event | None = None) -> dict[str, Standing] | None:
    """Read the ballots of the asking on the stage; None if it is the same as in ``known``, which is in memory already.

    In the transaction that puts it there no ballot can come between, so what is read is complete.
    """
    stage, before = event.on_stage, known.on_stage if known else None
    if stage is None:
        return {}
    if before is not None and (before.id, before.wave) == (stage.id, stage.wave):
        return None
    if stage.definition.secret:
        return await slips.standing(connection, stage.id, stage.wave)
    return await ballots.standing_ballots(connection, stage.id, stage.wave)


async def secret_tallies(connection: AsyncConnection, event: Event) -> Tallies:
    """Read the tallies of secret questions: they are written when one closes, and not added up in memory."""
    asked = [question.id for question in event.questions if question.definition.secret]
    return await ballots.tallies(connection, asked) if asked else {}
