"""Frames are read as docs/protocol.md writes them."""

from poll_server.simulate.frames import Control, Form, Frame, Key, Page, Receipt, Stage, figure, read, read_page
from tests.simulate.liar import answered, form, partial, receipt, stage


def test_page_tells_the_socket() -> None:
    """The address stands in the page; a page without one has none."""
    page = read_page('<main><div id="live" hx-ws:connect="/e/a/socket?x=1&amp;y=2"></div></main>')
    assert page == Page("/e/a/socket?x=1&y=2", ())
    assert read_page("<main></main>") == Page(None, ())


def test_page_tells_the_groups_to_choose_from() -> None:
    """All of them, without the choice to say none; the frame that tells a group is known."""
    groups = "".join(f'<input type="radio" name="group" value="{key}">' for key in ("g1", "g2", ""))
    assert read_page(f"<form data-group>{groups}</form>").groups == ("g1", "g2")
    told = f'<template hx type="partial" hx-target="#group"><form data-group>{groups}</form></template>'
    assert (read(told.encode()).group, read(stage(form()).encode()).group) == (True, False)


def test_question_frame_tells_stage_and_form() -> None:
    """A question comes with its state, its words, its wave, and the form to answer it."""
    frame = read(stage(form(number=3, kind="checkbox", wave=2)).encode())
    (found,) = frame.forms
    assert frame.stage == Stage(Key("1", "2"), "open", "Wie geht es?")
    assert (found.key, found.number) == (Key("1", "2"), 3)
    assert found.controls == (Control("answer", "checkbox", ("o1", "o2", "o3")),)
    assert found.fields == {"question": "1", "wave": "2", "number": "3", "submission": ""}
    assert found.labels == {"o1": "Nr. o1", "o2": "Nr. o2", "o3": "Nr. o3"}


def form_of(html: str) -> Form:
    """The form with these controls."""
    (found,) = read(f"<form data-vote><select name='other'><option>1</select>{html}</form>".encode()).forms
    return found


def test_form_tells_controls_of_every_sort() -> None:
    """What is chosen comes with its values, what is written with its limits, each under its name, with its label."""
    html = """
        <label for="a">Bus</label><input type="radio" name="answer.o1" id="a" value="1">
        <input type="radio" name="answer.o2" id="c" value="1"><input type="radio" name="answer.o1" id="b" value="2">
        <label for="s">Rad</label>
        <select name="answer.o3" id="s"><option value="">–<option>1<option value="b">2</select>
        <input type="number" name="answer.o4" min="0" max="10"><input inputmode="decimal" name="answer" data-max="5">
        <input name="answer" maxlength="30" value="x"><textarea name="answer">Text</textarea><input name="search">
    """
    found = form_of(html)
    assert found.controls == (
        Control("answer.o1", "radio", ("1", "2")),
        Control("answer.o2", "radio", ("1",)),
        Control("answer.o3", "select", ("1", "b")),
        Control("answer.o4", "number", least=0, most=10),
        Control("answer", "number", most=5),
        Control("answer", "text", longest=30),
        Control("answer", "text", lines=True),
    )
    assert (found.labels["o1=1"], found.labels["o3"]) == ("Bus", "Rad")
    assert (found.total, found.may_abstain) == (0, False)


def test_form_tells_how_many_parts_it_has() -> None:
    """A form that goes on says how many parts there are; a template within it does not end what is on the stage."""
    html = '<form data-vote><div data-parts="300"><template><p></p></template></div></form>'
    html += '<div data-question="1" data-state="open"></div>'
    frame = read(f'<template hx-target="#stage">{html}</template>'.encode())
    assert [form.parts for form in frame.forms] == [300]
    assert frame.stage is not None
    assert frame.stage.state == "open"


def test_form_tells_total_and_abstention() -> None:
    """A sum to be given away, and a button that abstains; the next form of the same frame has its own."""
    number, button = '<input inputmode="numeric" name="answer.o1">', '<button name="abstain" value="yes">E</button>'
    html = f'<form data-vote><div data-sum="1000">{number}</div>{button}</form>'
    html += "<form data-vote><button>Los</button></form>"
    first, second = read(html.encode()).forms
    assert (first.total, first.may_abstain, first.controls) == (1000, True, (Control("answer.o1", "number"),))
    assert (second.total, second.may_abstain, second.controls) == (0, False, ())


def test_form_to_add_a_statement_is_no_form_to_vote() -> None:
    """Its fields and how long a text may be are told; a frame into its place is a word on what somebody has added."""
    fields = '<input type="hidden" name="question" value="1"><input type="hidden" name="wave" value="2">'
    adding = f'<form data-add>{fields}<textarea name="statement" maxlength="280"></textarea></form>'
    frame, told = read(stage(form() + adding).encode()), read(partial("add-1-2", f"<ul></ul>{adding}").encode())
    assert ([one.key for one in frame.forms], frame.added, told.forms) == ([Key("1", "1")], (), ())
    assert (told.stage, told.added) == (None, (Key("1", "2"),))
    (invited,), text = frame.adding, Control("statement", "text", longest=280, lines=True)
    assert (invited.key, invited.controls, told.adding) == (Key("1", "2"), (text,), frame.adding)


def test_answered_frame_tells_wave_and_numbers() -> None:
    """Somebody who has answered gets no form, but the place of the receipt names the wave."""
    frame = read(answered(12).encode())
    assert (frame.stage, frame.forms, frame.figures) == (
        Stage(Key("1", "1"), "open", "Wie geht es?"),
        (),
        {"answered": "12"},
    )


def test_private_frame_tells_the_receipt() -> None:
    """An acknowledgement names the question and wave by its target, and leaves the stage alone."""
    frame = read(receipt("id", "o1 o3", 2).encode())
    assert (frame.stage, frame.receipts) == (None, (Receipt("id", "counted", ("o1", "o3"), 2, Key("1", "1")),))
    assert [found.number for found in frame.forms] == [3]


def test_stage_without_question_is_told() -> None:
    """Between the questions there is a stage without a question."""
    frame = read(b'<template hx-target="#stage"><h1>Pause</h1><h1>sp\xc3\xa4ter\x1b[2J</h1></template>')
    assert frame.stage == Stage(Key("", ""), "", "Pause")


def test_title_cannot_move_the_cursor() -> None:
    """What cannot be printed becomes a blank."""
    frame = read(b'<template hx-target="#stage"><h1> A\x1b[2J\n B </h1></template>')
    assert frame.stage == Stage(Key("", ""), "", "A [2J B")


def test_json_frames_tell_numbers_or_errors() -> None:
    """A tick has figures, an error its code, a heartbeat nothing."""
    tick = read('{"tick":{"text":{"present":"1.234","s-o1":"33\u202f%"},"bars":{},"lead":[]}}'.encode())
    assert tick == Frame(figures={"present": "1.234", "s-o1": "33\u202f%"})
    assert (figure(tick.figures, "present"), figure(tick.figures, "answered")) == (1234, None)
    assert read(b'{"error":{"code":"malformed","message":"x"}}') == Frame(error="malformed")
    assert read(b'{"beat":true}') == Frame()
