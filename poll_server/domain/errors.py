"""Everything that can be refused, as one short tree.

PollError
├── Malformed     a message that is not one of ours
├── Unknown       a code, question or page that does not exist
├── Refused       a vote that cannot be counted, told at the form
├── Conflict      a command whose sender saw an older state
├── Forbidden     a step that the state, or the role, does not allow
└── Unavailable   the database does not answer; nothing is lost, it is tried again

Each error has a stable ``code`` for programs and a sentence for people. The sentence is an English message id of the
catalogue with ``%(name)s`` places; ``values`` fills them.
"""

from typing import ClassVar


class PollError(Exception):
    """Base of the tree; ``code`` is stable, ``sentence`` a catalogue key."""

    sentences: ClassVar[dict[str, str]] = {}

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    @property
    def sentence(self) -> str:
        """The catalogue key of this error's sentence."""
        return self.sentences[self.code]


class Malformed(PollError):
    """A message or form that cannot be understood."""

    sentences: ClassVar[dict[str, str]] = {
        "malformed": "This message could not be read. Please reload the page and try again.",
        "link_name": "Please give the link a name of at most %(maximum)s characters.",
        "link_unseen": "This name has characters that nobody can see. Please type it anew instead of pasting it.",
        "link_expires": "Please write a time that is still to come.",
        "too_large": "The file is too large. Please choose one of at most %(kilobytes)s kB.",
        "too_slow": "What you sent did not arrive in time. Please check your network and send it again.",
        "no_text": "This file is no text. Please choose one of text (.txt), CSV (.csv) or YAML (.yaml).",
        "unknown_message": "This message is not known here. Please reload the page and try again.",
    }


class Unknown(PollError):
    """Something that does not exist, or not here."""

    sentences: ClassVar[dict[str, str]] = {
        "unknown_code": "This code does not exist. Please check it on the screen.",
        "unknown_event": "There is no such event among yours. Please look it up in your list.",
        "unknown_organiser": "Nobody with this name has an account here. Please check the name.",
        "password_link": "This link has been used or is older than a day. Please ask for a new one.",
        "unknown_question": "This question does not exist in this event.",
        "unknown_round": "This round does not exist in this event.",
        "unknown_slot": "This item is not in the programme any more. You see the present state.",
        "unknown_series": "There is no series at this address. Please check it.",
        "unknown_link": "There is no such link in this event.",
        "unknown_page": "There is no page at this address.",
        "unknown_entry": "This entry is not there any more. You see the present state.",
        "unknown_session": "There is no question time of this number in this event.",
        "unknown_contribution": "This question is not there any more. You see the present state.",
    }


class Refused(PollError):
    """A vote that cannot be counted, with the reason in words for the form."""

    sentences: ClassVar[dict[str, str]] = {
        "closed": "This question is closed. Your answer could not be counted.",
        "closed_at": "This question closed at %(time)s. Your answer could not be counted.",
        "not_open": "This question is not open. Your answer could not be counted.",
        "old_wave": "This question has been asked again. Please answer the new form.",
        "stale": "You have sent a newer answer. The newer one counts.",
        "unknown_question": "This question does not exist in this event.",
        "unknown_group": "This group does not exist in this event. Please reload the page and choose again.",
        "unknown_option": "This answer does not belong to the question. Please reload the page and choose again.",
        "empty": "Please choose an answer first.",
        "one_only": "Please choose only one answer.",
        "unrated": "Please rate this, too: “%(item)s”.",
        "none_chosen": "Please choose at least %(minimum)s answers.",
        "too_few": "You have chosen %(chosen)s. Please choose at least %(minimum)s.",
        "too_many": "You have chosen %(chosen)s. Please choose at most %(maximum)s and remove %(excess)s.",
        "no_points": "Please give away your points first.",
        "points_left": "You have given %(given)s of %(points)s points. Still to give: %(left)s.",
        "points_over": "You have given %(given)s of %(points)s points. Please take %(excess)s back.",
        "points_twice": "An answer got points twice. Please reload the page and give your points again.",
        "not_points": "Please write points as whole numbers from 0 to %(points)s.",
        "no_number": "Please write a number first.",
        "not_number": "Please write one number in digits, such as 12.",
        "two_numbers": "This can be read as two different numbers. Please write %(whole)s or %(fraction)s.",
        "too_precise": "This number has too many decimals. Please round it, for example to %(example)s.",
        "out_of_range": "Please write a number from %(minimum)s to %(maximum)s.",
        "no_places": "Please put the answers in your order first.",
        "no_such_place": "There are the places 1 to %(last)s. Please choose one of them.",
        "place_twice": "You have given place %(place)s more than once. Please give each place once.",
        "place_missing": "Place %(place)s is missing. Please give it too.",
        "option_twice": "An answer has two places. Please give each answer one place.",
        "too_few_places": "You have given %(given)s of %(last)s places. Please give all of them.",
        "too_many_places": "You have given %(given)s places, but there are %(last)s. Please take some away.",
        "unwritten": "Please write an answer first.",
        "answered_pieces": "You have answered some of it already, and that counts. You can skip the rest.",
        "too_long": "Please shorten “%(start)s …” to at most %(maximum)s characters.",
        "too_many_words": "You have written %(written)s different words. Please remove %(excess)s.",
        "no_cookie": (
            "Your browser did not keep the cookie of this page. "
            "Please allow cookies for this page, reload it and vote again."
        ),
        "no_extension": "There is no more time to be had for this question.",
        "extended_enough": "You have taken more time %(times)s times already. More is not possible.",
        "no_addition": "Nothing can be added to this question now. Your text has not been saved.",
        "added_enough": "You have added %(maximum)s statements already. More is not possible.",
        "added_already": "This statement is there already.",
        "many_wait": "Many statements are waiting for the moderators. Please try again in a few minutes.",
        "session_ready": "The question time has not begun yet. Please send your question later.",
        "session_over": "The question time is over. Your text has not been sent.",
        "unasked": "Please write your question first.",
        "wordless": "Please ask your question in words.",
        "unknown_addressee": "Nobody of this name is on the panel. Please choose again whom you ask.",
        "asked_enough": "You have sent %(maximum)s questions already. More are not possible.",
        "sent_before": (
            "Another question has come from this form already, and it is saved. "
            "This text has not been sent. Please send it again as a new question."
        ),
        "asked_same": "You have sent this question already.",
        "too_fast": "That was very fast. Please wait ten seconds and send it again.",
        "not_backable": "This question cannot be supported now.",
        "own": "This is your own question. Others can support it.",
        "reason": "Please choose one of the reasons, so that the author learns it.",
        "labels": "A question has at most %(maximum)s labels. Please take one away first.",
        "sign_in": "Name or password is not right. Please check both.",
        "sign_in_wait": "That was not right several times. Please wait %(seconds)s seconds, then try again.",
        "sign_in_crowded": "Very many are signing in just now. Please try again in a few seconds.",
        "password_wrong": "Your present password is not right. Nothing has changed.",
        "password_short": "Please choose a password of at least %(minimum)s characters. Several words are a good one.",
        "password_long": "Please choose a password of at most %(maximum)s characters.",
        "password_plain": "This password is one of the first that anybody would try. Please choose another.",
        "password_twice": "The two passwords are not the same. Please type the new one again.",
        "untitled": "The programme has no title. Please give one.",
        "unknown_zone": "This time zone is not known. Please choose one of the list.",
        "unstorable": "This answer could not be stored. Please choose again.",
    }


class Conflict(PollError):
    """Somebody else was faster; nothing has been done. ``contribution`` is the id of the one concerned, 0 for none."""

    contribution: int = 0

    sentences: ClassVar[dict[str, str]] = {
        "conflict": "Somebody else was faster. You see the present state; your command was not carried out.",
        "contribution": "Somebody else was faster, so nothing has been done. It is about: “%(text)s”.",
        "link_taken": "There is a link of this name already. Please choose another name, or take that one back first.",
        "link_alike": (
            "This name looks just like that of another link, “%(name)s”, although it is written with other letters. "
            "Please choose another name, or take that one back first."
        ),
        "edited": (
            "Somebody else has changed this question meanwhile. Your text still stands here and is not saved. "
            "If you save it now, it takes the place of theirs."
        ),
        "event_edited": (
            "Somebody else has changed this event meanwhile. What you wrote still stands here and is not saved. "
            "Beside each field that differs you see what is stored now. If you save, yours takes its place."
        ),
        "programme_changed": "Somebody else has changed the programme meanwhile. You see the present state.",
        "programme_pasted": (
            "Somebody else has changed the programme meanwhile. Your text still stands here and is not saved. "
            "What you see now is how it goes with the present programme."
        ),
        "slot_changed": (
            "Somebody else has changed this item meanwhile. Your version still stands here and is not saved. "
            "If you save it now, it takes the place of theirs."
        ),
        "exporting": "Files of this event are being made already. Please wait for them, or stop them first.",
        "exports_wait": "Many exports are waiting on this server. Please try again in a few minutes.",
        "export_failed": "The files could not be made. Please try again, or ask those who run this server.",
        "exported": "The event has changed while its results were being written. Please start the export once more.",
        "opened": (
            "This question has been opened meanwhile, so it cannot be rewritten any more. "
            "What you wrote stands here as a new question and is not saved yet."
        ),
    }


class Forbidden(PollError):
    """A step or page that is not allowed here and now."""

    sentences: ClassVar[dict[str, str]] = {
        "step": "This step is not possible now. You see the present state.",
        "deed": "This is not possible with this question now. You see the present state.",
        "undo": "This cannot be taken back any more. You see the present state.",
        "archived": "This question time is archived. Nothing can be changed in it.",
        "on_stage": "Everybody still sees this question. Please go on to the next one first.",
        "archived_question": "This question is archived. Nothing can be changed in it. You can restore it.",
        "another_open": "Another question is still open. Please close it first.",
        "full": "The question has as many statements as it can have.",
        "last": "This was the last question.",
        "asked": "People have answered this question already. It cannot be deleted.",
        "slot_edge": "The item cannot be moved any further within its day.",
        "slot_session": "The question time of this item has been opened. It stays in the programme.",
        "not_now": "This item is too far from now to begin now. Please change its time instead.",
        "too_early": "The item would begin before the one before it. Nothing has changed.",
        "edge": "The question stands at the end of its round already.",
        "contributed_already": "Somebody has asked a question in the question time. A rehearsal would mix with it.",
        "asked_already": "A rehearsal is possible only before the first question. Please discard the answers first.",
        "secret": "A secret question cannot be opened again: its ballots have been shuffled. You can ask it once more.",
        "rehearsal": "A rehearsal is running. Please end it first.",
        "joining": "Please choose first the entry that stays; it may not be joined with another one itself.",
        "origin": "This form was not sent from our own page. Please open the page again and repeat it there.",
        "operator": "These figures are only for those who run this server.",
        "signed_out": "Please sign in first.",
        "owner": "Only the owner of an event can share or delete it.",
        "event_archived": "This event is archived. Its organisers can take it back out of the archive first.",
        "event_runs": "People are being asked just now, or can ask. Please close the question or question time first.",
        "code_fixed": "The code stays as it is once people have been asked.",
        "role": "This page is only for those who have its link. Please open the link that you were given.",
        "link_revoked": "This link has been taken back. Please ask the organisers for a new one.",
        "link_expired": "This link has expired. Please ask the organisers for a new one.",
    }


class Unavailable(PollError):
    """The database does not answer now. What was sent can be sent again."""

    sentences: ClassVar[dict[str, str]] = {
        "unavailable": "Your vote has not been counted yet. This page keeps it and tries again by itself.",
        "unreachable": "The stored data cannot be reached right now. Nothing is lost. Please try again in a moment.",
        "not_saved": "This could not be saved. Nothing has changed. Please try again.",
    }
