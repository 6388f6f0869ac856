"""A choice goes into the database and comes out of it the same."""

import json

from poll_server.documents.report import Choice, Part, chosen


def test_choice_survives_storage() -> None:
    """As JSON it keeps everything; without anything stored it is the choice of nobody."""
    choice = Choice((Part.METHOD, Part.RESULTS), frozenset({7, 2}), {3: "Ja."}, "Hallo", "en", True, True, "CC BY 4.0")
    assert chosen(json.loads(json.dumps(choice.fields()))) == choice
    assert chosen({}) == Choice()
