"""The programme of an event file: its items, with their people, questions and question sessions."""

import re
from datetime import time
from zoneinfo import ZoneInfo

from poll_server.documents.event_questions import read_question
from poll_server.documents.event_times import Days, Slot, moment, read_slots
from poll_server.documents.fields import KEYS, Fields, text_of
from poll_server.documents.pictures import Album
from poll_server.documents.yaml_tree import Complain, Node, Text
from poll_server.domain.contributions import OWN_MAXIMUM
from poll_server.domain.programme import ItemDraft, ItemKind, Person, SessionDraft
from poll_server.domain.text import one_line
from poll_server.i18n import N_

OWN = range(1, 101)


def read_items(fields: Fields, days: Days, language: str, album: Album) -> tuple[ItemDraft, ...]:
    """Read the programme of an event, in the order of the file."""
    parts = [Fields(node, "item", fields.complain) for node in fields.entries("programme")]
    timed = zip(parts, read_slots(fields, parts, days), strict=True)
    return tuple(_item(part, slot, days.zone, language, album) for part, slot in timed)


def _item(fields: Fields, slot: Slot, zone: ZoneInfo, language: str, album: Album) -> ItemDraft:
    if fields.has("questions") and fields.line("kind") in {"", *ItemKind} - {ItemKind.ROUND}:
        fields.complain(fields.place("questions"), N_("Only an item of the kind round has questions."))
    return ItemDraft(
        starts=slot.starts or moment(slot.day, time(), zone),
        title=fields.line("title"),
        ends=slot.ends,
        about=slot.about,
        kind=slot.kind,
        description=fields.paragraphs("description"),
        people=tuple(_person(node, fields.complain) for node in fields.entries("people")),
        questions=tuple(read_question(node, fields.complain, language, album) for node in fields.entries("questions")),
        session=_session(fields),
    )


def _session(fields: Fields) -> SessionDraft:
    elsewhere = fields.line("kind") in {"", *ItemKind} - {ItemKind.QUESTION_SESSION}
    for name in ("moderated", "maximum", "list_on_screen"):
        if elsewhere and fields.has(name):
            stray = N_("The key “%(key)s” belongs to an item of the kind question_session.", key=name)
            fields.complain(fields.place(name), stray)
    return SessionDraft(
        moderated=fields.one_of("moderated", ("yes", "no"), "yes") == "yes",
        maximum=_maximum(fields),
        listed=fields.one_of("list_on_screen", ("yes", "no"), "no") == "yes",
    )


def _maximum(fields: Fields) -> int:
    written = fields.line("maximum")
    if re.fullmatch("[0-9]{1,3}", written) and int(written) in OWN:
        return int(written)
    if written:
        takes = N_("The key “%(key)s” takes a whole number from 1 to %(last)s.", key="maximum", last=OWN[-1])
        fields.wrong("maximum", takes)
    return OWN_MAXIMUM


def _person(node: Node, complain: Complain) -> Person:
    """Read "Name (role)", or a mapping where a name has brackets of its own."""
    if not isinstance(node, Text):
        fields = Fields(node, "person", complain)
        return Person(fields.line("name"), fields.line("role"))
    name, bracket, rest = one_line(node.text).partition("(")
    name, role = (name.rstrip(), rest[:-1].strip()) if rest.endswith(")") else (name + bracket + rest, "")
    if not name:
        complain(node.place, N_("The name is missing."))
    for key, value in (("name", name), ("role", role)):
        text_of(Text(node.place, value), key, KEYS["person"][key].maximum, complain)
    return Person(name, role)
