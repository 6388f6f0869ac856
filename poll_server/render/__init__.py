"""Pages and frames, made of the same partials. Everything here turns values into text; nothing is sent or stored."""

from poll_server.render.counted import Counted, Pass
from poll_server.render.floor import (
    answer_page,
    own_questions,
    questions_figures,
    questions_frame,
    questions_list,
    questions_number,
    questions_page,
    questions_rest,
    questions_told,
)
from poll_server.render.frames import entry_list, error_frame, frame, heartbeat, rows, tick
from poll_server.render.moderation import (
    desk_floor,
    moderation_frame,
    moderation_log,
    moderation_page,
    questions_moved,
)
from poll_server.render.pages import Site, page, qr_code
from poll_server.render.private import Receipt, Told, own_additions, own_group, own_time, private_frame, say, told
from poll_server.render.templates import environment
from poll_server.render.views import View, view

__all__ = [
    "Counted",
    "Pass",
    "Receipt",
    "Site",
    "Told",
    "View",
    "answer_page",
    "desk_floor",
    "entry_list",
    "environment",
    "error_frame",
    "frame",
    "heartbeat",
    "moderation_frame",
    "moderation_log",
    "moderation_page",
    "own_additions",
    "own_group",
    "own_questions",
    "own_time",
    "page",
    "private_frame",
    "qr_code",
    "questions_figures",
    "questions_frame",
    "questions_list",
    "questions_moved",
    "questions_number",
    "questions_page",
    "questions_rest",
    "questions_told",
    "rows",
    "say",
    "tick",
    "told",
    "view",
]
