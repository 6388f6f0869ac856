"""What one participant alone gets: the own answer, group, time and additions. No word of what others do."""

from datetime import datetime

from poll_server import render
from poll_server.domain.access import Sight
from poll_server.domain.ballots import CAST_IN_SECRET
from poll_server.domain.errors import PollError
from poll_server.domain.rounds import State
from poll_server.live.room import Room
from poll_server.questions import kind_of
from poll_server.questions.split import NO_GROUP
from poll_server.render import Receipt


def frames(room: Room, participant: str, language: str = "") -> bytes:
    """Return what is private to somebody who comes back: group, answer that counts, more time; maybe nothing."""
    found = []
    if group := room.groups.get(participant):
        found.append(chosen(room, group, language))
    if standing := receipt(room, participant):
        found.append(acknowledgement(room, participant, standing, language))
    stage, until = room.event.on_stage, more_time(room, participant)
    if stage and until:
        found.append(render.own_time(language or room.event.language, stage.id, stage.wave, until=until))
    if stage and room.askings.additions_of(participant, stage) and (told := additions(room, participant, language)):
        found.append(told)
    return b"\n".join(found)


def more_time(room: Room, participant: str) -> datetime | None:
    """Return until when somebody may answer who has taken more time for the question on the stage, else None."""
    stage, extension = room.event.on_stage, room.extensions.get(participant)
    return extension.until if stage and stage.closes and extension else None


def receipt(room: Room, participant: str) -> Receipt | None:
    """Return the greeting of somebody who has answered the question on the stage, else None."""
    stage, standing = room.event.on_stage, room.standing.get(participant)
    if stage is None or standing is None or stage.state is State.READY:
        return None
    rank, secret = standing.rank, standing is CAST_IN_SECRET
    submission = None if secret else rank.submission
    return Receipt("counted", stage.id, stage.wave, standing.answer, rank.number, submission, secret=secret)


def acknowledgement(room: Room, participant: str, told: Receipt, language: str = "") -> bytes:
    """Return the frame that tells one participant what became of a submission."""
    return render.private_frame(room.event_in(language), room.sights(participant), told, language)


def chosen(room: Room, group: str, language: str = "", *, fresh: bool = False) -> bytes:
    """Return the frame that says which group somebody comes from."""
    return render.own_group(room.event_in(language), group, language or room.event.language, fresh=fresh)


def additions(
    room: Room, participant: str, language: str = "", *, fresh: bool = False, error: PollError | None = None
) -> bytes:
    """Return the frame with somebody's additions to the question on the stage, nothing where there is no form."""
    stage = room.event.on_stage
    if stage is None or Sight.FORM not in room.sights(participant):
        return b""
    if not kind_of(stage.definition).extensible(stage.definition):
        return b""
    spoken = language or room.event.language
    mine = room.askings.additions_of(participant, stage)
    return render.own_additions(room.event_in(language), stage.id, mine, spoken, fresh=fresh, error=error)


def etag(room: Room, participant: str, language: str = "") -> str:
    """Return a tag of everything that a participant would see: a weak one, of state and not of bytes."""
    standing, extension = room.standing.get(participant), room.extensions.get(participant)
    numbers = room.frames.numbers if standing else 0
    group = room.groups.get(participant, NO_GROUP)
    own = f"{standing.rank.number if standing else 0}.{extension.times if extension else 0}.{group}"
    if (stage := room.event.on_stage) and (mine := room.askings.additions_of(participant, stage)):
        own += "." + "".join(str(one.verdict or "-")[0] for one in mine)
    return f'W/"{room.frames.version:x}.{room.frames.decisions:x}.{numbers:x}.{own}{language}"'
