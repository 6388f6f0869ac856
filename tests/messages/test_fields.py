"""Fields are read alike whichever way they come, and nothing else gets through."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.errors import Malformed
from poll_server.messages.fields import fields_of, fields_of_form, whole_number


def test_fields_of_a_socket_message() -> None:
    """A flat object becomes fields with all their values; what htmx adds about the request is dropped."""
    message = '{"headers": {"HX-Request": "true"}, "question": "7", "answer": ["o1", "o3"], "none": []}'
    expected = {"question": ("7",), "answer": ("o1", "o3"), "none": ()}
    assert fields_of(message) == expected
    assert fields_of(message.encode()) == expected


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "null",
        "7",
        '"question"',
        "[]",
        '[{"question": "7"}]',
        '{"question": 7}',
        '{"question": null}',
        '{"question": true}',
        '{"question": {"id": "7"}}',
        '{"answer": [["o1"]]}',
        '{"answer": ["o1", 2]}',
        '{"question": "7"} {"question": "8"}',
        '{"text": "\\ud83c"}',
        b"\xff\xfe",
        b'{"text": "\xed\xa0\x80"}',
        "[" * 8000,
        '{"a":' * 3000,
    ],
)
def test_fields_of_anything_else(message: str | bytes) -> None:
    """No JSON, no object, other values than texts, and texts that are no Unicode: all are malformed."""
    with pytest.raises(Malformed) as refused:
        fields_of(message)
    assert refused.value.code == "malformed"


def test_fields_of_a_form_are_those_of_the_message() -> None:
    """A posted form and a socket message with the same fields are the same."""
    pairs = [("question", "7"), ("answer", "o1"), ("wave", "1"), ("answer", "o3")]
    assert fields_of_form(pairs) == fields_of('{"question": "7", "wave": "1", "answer": ["o1", "o3"]}')


def test_fields_of_a_form_with_a_file() -> None:
    """An uploaded file is malformed; line ends as browsers send them are not."""
    with pytest.raises(Malformed):
        fields_of_form([("answer", object())])
    assert fields_of_form([("options", "Ja\r\nNein")]) == {"options": ("Ja\r\nNein",)}


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x7f", "\r", "\u202e", "\u2066"])
def test_fields_lose_what_nobody_means_to_send(letter: str) -> None:
    """Control characters, and marks that turn the direction of text around them, are removed at either door."""
    expected = {"text": ("abc",), "answer": ("o1", "x")}
    assert fields_of(json.dumps({"text": f"a{letter}bc", "answer": [f"{letter}o1", f"x{letter}"]})) == expected
    assert fields_of_form([("text", f"a{letter}bc"), ("answer", f"{letter}o1"), ("answer", f"x{letter}")]) == expected


def test_fields_keep_what_people_write() -> None:
    """Line ends, emoji of several characters, and letters written from right to left arrive as they were sent."""
    text = "Zwei\r\nZeilen 👩🏽‍🦽 שלום"
    assert fields_of(json.dumps({"text": text})) == {"text": (text,)}


@given(st.integers(0, 10**20), st.integers(0, 10**20))
def test_whole_number_up_to_a_maximum(number: int, maximum: int) -> None:
    """A number is read as it is written, up to the maximum and including it."""
    if number <= maximum:
        assert whole_number(str(number), maximum) == number
    else:
        with pytest.raises(Malformed):
            whole_number(str(number), maximum)
