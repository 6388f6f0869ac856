"""The page on which a question is written: a new one, one that has not been asked, or the words of one that has."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server import render
from poll_server.documents.fields import shortened
from poll_server.documents.pictures import PictureFault, picture_name
from poll_server.documents.round_file import pictures_of
from poll_server.domain.errors import Conflict, PollError, Unknown
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event, Question, State
from poll_server.i18n import N_, Sentence, sentence, translations
from poll_server.live import editing
from poll_server.live.room import Room
from poll_server.messages import ID_MAXIMUM, Edit, Press, parse_edit
from poll_server.messages.fields import whole_number
from poll_server.questions import KINDS, mending
from poll_server.questions.contract import Problem
from poll_server.questions.drafts import Draft, seal
from poll_server.questions.mending import Change, Correction
from poll_server.storage import prepared
from poll_server.storage.journal import Line
from poll_server.web.doors import (
    STATUS,
    Upload,
    check_origin,
    hand_of,
    html,
    parts,
    question_in,
    room_of,
    upload_posted,
)
from poll_server.web.noting import about
from poll_server.web.preview import preview

UPLOAD_BYTES = 8_000_000
"""The whole form: a photo as phones take it comes in, so that its size is told at the field and the text stays."""
REFUSED = N_("The picture that you chose last was not taken. Please choose another one, or save without it.")
NEW = "new"
"""What stands in the address instead of the id of a question that does not exist yet."""


@dataclass(frozen=True)
class Page:
    """The page as it comes back: what was typed, and what is to be said about it.

    ``question`` is the one in the database, None for a new one, which will stand ``behind`` another one. ``changes``
    are corrections that wait for a second look, ``faults`` of pictures that could not be taken, by field. The preview
    speaks the language ``shown``, empty for the event's.
    """

    room: Room
    draft: Draft
    base: Definition
    question: Question | None
    stand_in: Question
    behind: int
    log: Sequence[Correction]
    problems: Sequence[Problem] = ()
    changes: Sequence[Change] = ()
    shown: str = ""
    faults: Mapping[str, Sentence] = field(default_factory=dict)
    notice: PollError | None = None

    @property
    def told(self) -> dict[str, list[str]]:
        """What is wrong, in words, by field."""
        gettext = translations(self.room.event.language).gettext
        found = {name: [fault.said(gettext, {})] for name, fault in self.faults.items()}
        for problem in self.problems:
            found.setdefault(problem.field, []).append(gettext(problem.sentence) % problem.values)
        return found

    @property
    def always_abstains(self) -> bool:
        """Whether people may abstain without a rule that says so."""
        return KINDS[self.draft.kind].abstains(replace(self.base, kind=self.draft.kind, rules={}))

    def response(self, status: int = 200) -> Response:
        """Render it."""
        event = self.room.event
        content = render.page(
            "editor.html",
            event.language,
            self.room.site,
            event=event,
            page=self,
            draft=self.draft,
            told=self.told,
            said=sentence(self.notice, event.language) if self.notice else "",
            seen=seal(self.base) if self.question else "",
            checked=seal(self.draft.definition(self.base)[0]) if self.changes else "",
            pages=preview(self.room, self.draft, self.base, self.stand_in, self.behind, self.shown),
        )
        return html(content, status)


async def page(request: Request) -> Response:
    """The form of a question, or an empty one."""
    room = await room_of(request)
    room.moderate()
    return (await _begin(request, room)).response()


async def post(request: Request) -> Response:
    """A button of the form. Whatever is wrong, the page comes back with what was typed."""
    check_origin(request)
    room = await room_of(request)
    room.moderate()
    fields, files = await upload_posted(request, UPLOAD_BYTES)
    edit = parse_edit(fields)
    found = _with_pictures(request, replace(await _begin(request, room), draft=edit.draft, shown=edit.shown), files)
    edit = replace(edit, draft=found.draft)
    match edit.press:
        case Press.SAVE:
            return await _save(request, found, edit)
        case Press.DELETE:
            return await _delete(request, found)
        case Press.COPY:
            return _as_copy(found).response()
        case Press.ADD:
            return replace(found, draft=edit.draft.added()).response()
        case Press.REMOVE:
            return replace(found, draft=edit.draft.removed(edit.at)).response()
        case Press.UP | Press.DOWN:
            by = -1 if edit.press is Press.UP else 1
            return replace(found, draft=edit.draft.moved(edit.at, by)).response()
        case Press.PREVIEW:
            return found.response()


async def _begin(request: Request, room: Room) -> Page:
    """Return the page as it is opened."""
    event, number = room.event, request.path_params["question"]
    if number == NEW:
        return _new(room, *_place(event, request.query_params))
    question = question_in(room, number)
    async with parts(request).database.read() as connection:
        log = (await prepared.corrections(connection, [question.id], ZoneInfo(event.time_zone))).get(question.id, [])
    return Page(room, Draft.of(question.definition), question.definition, question, question, 0, log)


def _place(event: Event, asked: Mapping[str, str]) -> tuple[int, int]:
    """Return in which round a new question will stand, behind which one; 0 for its end, or for a round to be made."""
    behind, round_id = (_id(asked.get(name, "")) for name in ("after", "round"))
    before = next((one for one in event.questions if one.id == behind), None)
    if before:
        return before.round_id, before.id
    known = [round_.id for round_ in event.rounds]
    return (round_id if round_id in known else known[-1] if known else 0), 0


def _id(text: str) -> int:
    return whole_number(text or "0", ID_MAXIMUM)


def _new(room: Room, round_id: int, behind: int) -> Page:
    base = Definition(next(iter(KINDS)), "", language=room.event.language)
    stand_in = Question(0, round_id, base, State.READY, 1)
    return Page(room, Draft.of(base), base, None, stand_in, behind, ())


def _as_copy(found: Page) -> Page:
    """Go on with a new question behind this one; it is stored when it is saved."""
    if found.question is None:
        return found
    fresh = _new(found.room, found.question.round_id, found.question.id)
    return replace(fresh, draft=found.draft, base=replace(found.base, rules={}))


def _with_pictures(request: Request, found: Page, files: Mapping[str, Upload]) -> Page:
    """Take the pictures that were chosen into the draft; one that cannot be taken leaves what was there.

    One that was refused before is told again until another is chosen.
    """
    rules, faults = dict(found.draft.rules), dict[str, Sentence]()
    for name, rule in KINDS[found.draft.kind].rules.items():
        file = files.get(f"file.{name}")
        if rule.type is not bytes:
            continue
        if file is None:
            faults |= {name: REFUSED} if name in found.draft.refused else {}
            continue
        try:
            rules[name] = picture_name(shortened(file.name), file.content, rule.maximum)
        except PictureFault as fault:
            faults[name] = fault.sentence
        else:
            parts(request).pictures.lay_by(found.room.event.id, rules[name], file.content)
    return replace(found, draft=replace(found.draft, rules=rules, refused=faults.keys()), faults=faults)


async def _pictures(request: Request, found: Page, definition: Definition) -> dict[str, bytes]:
    """Return the pictures that a question names, without those that are neither stored nor laid by."""
    pictures = {}
    for name in pictures_of([definition]):
        with suppress(Unknown):
            pictures[name] = await parts(request).pictures.get(found.room.event.id, name)
    return pictures


async def _save(request: Request, found: Page, edit: Edit) -> Response:
    definition, problems = found.draft.definition(found.base)
    pictures = await _pictures(request, found, definition)
    if missing := pictures_of([definition]) - pictures.keys():
        fields = [name for name, value in definition.rules.items() if value in missing]
        problems = [*problems, *(Problem(name, "This picture is not stored here.", {}) for name in fields)]
    question = found.question
    fixed = question is not None and question.fixed
    asked = question is not None and question.asked
    if (fixed and not mending.same_meaning(found.base, definition)) or (asked and definition.kind != found.base.kind):
        return replace(_as_copy(found), notice=Conflict("opened")).response(409)
    changes = mending.changes(found.base, definition) if fixed else []
    if question and fixed:
        log = [one for one in found.log if question.begun and one.at >= question.begun]
        problems = [*problems, *mending.problems(found.base, definition, log)]
    found = replace(found, problems=problems)
    if problems or found.faults:
        return found.response(422)
    if question and edit.seen != seal(found.base):
        return replace(found, notice=Conflict("edited")).response(409)
    if fixed and changes and edit.checked != seal(definition):
        return replace(found, changes=changes).response()
    rooms = parts(request).rooms
    try:
        if question is None:
            line = Line(await hand_of(request), "add", None, definition.text)
            place = found.stand_in.round_id, found.behind
            added = await editing.add(rooms, found.room, definition, pictures, *place, line)
            return _to_desk(found.room, added)
        if changes or not fixed:
            after = mending.reworded(found.base, mending.words(definition)) if fixed else definition
            line = about(found.room, question.id, await hand_of(request), "mend" if fixed else "rewrite")
            await editing.rewrite(rooms, found.room, question.id, edit.seen, after, pictures, changes, line)
        return _to_desk(found.room, question.id)
    except PollError as error:
        present = await _begin(request, found.room)
        return replace(present, draft=found.draft, notice=error).response(STATUS.get(type(error), 422))


async def _delete(request: Request, found: Page) -> Response:
    if found.question is None:
        return _to_desk(found.room, 0)
    try:
        line = about(found.room, found.question.id, await hand_of(request), "remove")
        await editing.remove(parts(request).rooms, found.room, found.question.id, line)
    except PollError as error:
        return replace(found, notice=error).response(STATUS.get(type(error), 422))
    return _to_desk(found.room, 0)


def _to_desk(room: Room, question_id: int) -> Response:
    looking = f"?question={question_id}" if question_id else ""
    return RedirectResponse(f"/e/{room.event.code}/desk{looking}", 303)
