"""One simulated participant, without a network and with a clock of the test's own."""

import json
from collections.abc import Mapping
from itertools import pairwise
from math import inf
from typing import Any

from poll_server.simulate.frames import Key, read
from poll_server.simulate.habits import Habits
from poll_server.simulate.person import Person
from poll_server.simulate.report import Ledger
from tests.simulate.liar import form, partial, receipt, stage

KEY = Key("1", "1")
PATIENCE_SECONDS = 10.0


class Steady(Habits):
    """Somebody who always answers after one second, and whose network always holds."""

    def __init__(self, *, changes: bool = False) -> None:
        super().__init__(seed=1, number=1, pace=1)
        self._changes = changes

    def answers(self) -> bool:
        """Always."""
        return True

    def thinking(self) -> float:
        """One second."""
        return 1.0

    def changes(self) -> bool:
        """As the test says."""
        return self._changes

    def adds(self) -> int:
        """Two."""
        return 2

    def leaves_on_news(self) -> float | None:
        """Never."""
        return None

    def leaves_after_sending(self) -> bool:
        """Never."""
        return False


class Scene:
    """A person at a question that is open, connected since second 0."""

    def __init__(
        self, *, kind: str = "radio", changes: bool = False, rehearsal: bool = False, secret: bool = False
    ) -> None:
        self.ledger = Ledger()
        habits = Steady(changes=changes)
        self.person = Person(1, habits, self.ledger, patience=PATIENCE_SECONDS, alone=True, rehearsal=rehearsal)
        self.person.connect(0)
        asked = form(kind=kind)
        self.hear(stage(asked.replace("data-vote", "data-vote data-secret") if secret else asked), 0)

    def hear(self, frame: str, now: float) -> None:
        """Let the person hear a frame."""
        self.person.hear(read(frame.encode()), now)

    def act(self, now: float) -> list[Mapping[str, Any]]:
        """Give what the person sends at this time."""
        return [json.loads(message) for message in self.person.act(now)[0]]

    def found(self) -> tuple[int, int]:
        """How many votes are lost and doubled."""
        report = self.ledger.report(1, 1)
        return report.lost, report.doubled


def test_vote_has_the_fields_of_the_form() -> None:
    """The vote is sent when the thinking is over: the form's fields, one of the options, an id of its own."""
    scene = Scene()
    assert (scene.person.due, scene.act(0.9)) == (1.0, [])
    (vote,) = scene.act(1.0)
    assert {**vote, "submission": "", "answer": ""} == {
        "question": "1",
        "wave": "1",
        "number": "1",
        "submission": "",
        "answer": "",
    }
    assert (vote["answer"] in {"o1", "o2", "o3"}, len(vote["submission"])) == (True, 36)


def test_vote_of_a_rehearsal_is_made_in_a_rehearsal_only() -> None:
    """Who is there for a rehearsal answers a question that is marked as one, and none in earnest."""
    earnest, rehearsing = Scene(rehearsal=True), Scene(rehearsal=True)
    rehearsing.hear(stage("<section data-rehearsal></section>" + form()), 0)
    assert (len(earnest.act(1)), len(rehearsing.act(1))) == (0, 1)


def test_group_is_chosen_once_and_told() -> None:
    """Before the first vote one of the groups goes out, again after coming back, and no more once it is told."""
    scene = Scene()
    scene.person.arrive(("g1", "g2"))
    scene.person.connect(0.5)
    (chosen,) = scene.act(0.5)
    assert (set(chosen), chosen["group"] in {"g1", "g2", ""}) == ({"group"}, True)
    scene.person.connect(0.7)
    assert scene.act(0.7) == [chosen]
    scene.hear(partial("group", ""), 0.8)
    scene.person.connect(0.9)
    assert (scene.act(0.9), len(scene.act(1.0))) == ([], 1)


def test_vote_is_sent_again_until_it_is_acknowledged() -> None:
    """After five seconds, and at once after coming back, the very same vote goes out; after the word none does."""
    scene = Scene()
    (vote,) = scene.act(1)
    assert (scene.act(5.9), scene.act(6)) == ([], [vote])
    scene.person.disconnect()
    scene.person.connect(7)
    assert scene.act(7) == [vote]
    scene.hear(receipt(vote["submission"], vote["answer"]), 7.5)
    assert (scene.act(20), scene.person.due, list(scene.ledger.latencies)) == ([], inf, [0.5])
    assert scene.found() == (0, 0)


def test_vote_without_a_word_is_lost_until_the_word_comes() -> None:
    """After ten seconds of one connection it is lost; a late acknowledgement makes it good."""
    scene = Scene()
    (vote,) = scene.act(1)
    scene.act(6)
    assert scene.found() == (0, 0)
    scene.act(11)
    assert (scene.found(), scene.person.is_waiting) == ((1, 0), False)
    scene.hear(receipt(vote["submission"], vote["answer"]), 12)
    assert scene.found() == (0, 0)


def test_time_without_network_is_no_lost_vote() -> None:
    """Patience begins anew with each connection."""
    scene = Scene()
    scene.act(1)
    scene.person.disconnect()
    scene.person.connect(100)
    scene.act(100)
    assert scene.found() == (0, 0)


def test_waiting_vote_is_sent_again_after_a_pause() -> None:
    """A vote that the server cannot store yet is kept and not lost."""
    scene = Scene()
    (vote,) = scene.act(1)
    scene.hear(receipt(vote["submission"], "", 0, "waiting"), 9)
    due = scene.person.due
    assert (9.5 <= due <= 10, scene.act(due), scene.act(due + 6)) == (True, [vote], [vote])
    assert scene.found() == (0, 0)
    scene.act(due + 11)
    assert scene.found() == (1, 0)


def test_change_takes_the_next_number() -> None:
    """A changed answer is another one, with the number of the form that came with the acknowledgement."""
    scene = Scene(changes=True)
    (first,) = scene.act(1)
    scene.hear(receipt(first["submission"], first["answer"]), 1)
    sent = [vote for now in range(2, 30) for vote in _counted(scene, now)]
    answers = [vote["answer"] for vote in (first, *sent)]
    assert [vote["number"] for vote in sent] == [str(number) for number in range(2, len(sent) + 2)]
    assert [one for one, other in pairwise(answers) if one == other] == []
    assert scene.ledger.report(1, 1).believed == {"1-1": {answers[-1]: 1, "people": 1}}
    assert scene.ledger.changes == len(sent) > 0


def _counted(scene: Scene, now: float) -> list[Mapping[str, str]]:
    sent = scene.act(now)
    for vote in sent:
        scene.hear(receipt(vote["submission"], vote["answer"], int(vote["number"])), now)
    return sent


def test_refusal_teaches_the_crowd_how_many_to_choose() -> None:
    """A refused number of options is not tried again, by nobody."""
    scene = Scene(kind="checkbox")
    sizes = []
    for now in range(1, 10):
        for vote in scene.act(now):
            sizes.append(len(vote["answer"]))
            scene.hear(receipt(vote["submission"], "", 0, "refused", "checkbox"), now)
    assert (sorted(sizes), scene.ledger.refused_sizes, scene.found()) == ([1, 2, 3], {KEY: {1, 2, 3}}, (0, 0))


HIDDEN = "".join(f'<input type="hidden" name="{name}" value="1">' for name in ("question", "wave", "number"))
PLACES = "".join(f'<select name="answer.o{at}"><option value="">–<option>1<option>2</select>' for at in (1, 2))
WORDS = '<input name="answer"><input name="answer">'
ABSTAIN = '<button name="abstain" value="yes">Enthalten</button>'


def asking(html: str) -> Scene:
    """A person who is asked by a form with these controls."""
    scene = Scene()
    scene.hear(stage(f"<form data-vote>{HIDDEN}{html}</form>"), 0)
    return scene


def test_vote_has_the_names_of_the_controls() -> None:
    """Parts of a question go out under their own names, several controls of one name as a list, boxes always as one."""
    (vote,) = asking(PLACES).act(1)
    assert sorted((vote["answer.o1"], vote["answer.o2"])) == ["1", "2"]
    (vote,) = asking('<input type="checkbox" name="answer" value="a">').act(1)
    assert vote["answer"] == ["a"]
    votes = [vote["answer"] for vote in (asking(WORDS).act(1)[0] for _ in range(3))]
    assert [isinstance(answer, str) or len(answer) == 2 for answer in votes] == [True] * 3


def test_answer_that_the_server_tidies_up_is_believed_as_it_is_first_told() -> None:
    """What was written may be told in another form; told differently later it is somebody else's."""
    scene = asking(WORDS)
    (vote,) = scene.act(1)
    for told, doubled in (("bus bahn", 0), ("bahn bus", 0), ("rad", 1)):
        scene.hear(receipt(vote["submission"], told), 2)
        assert (told, scene.found()) == (told, (0, doubled))
    assert scene.ledger.report(1, 1).believed == {"1-1": {"people": 1}}


def test_places_are_believed_as_they_were_chosen() -> None:
    """What was chosen for a part of the question is in the tally of what was told, under its name."""
    scene = asking(PLACES)
    (vote,) = scene.act(1)
    scene.hear(receipt(vote["submission"], "o2 o1"), 2)
    chosen = {f"o{at}={vote[f'answer.o{at}']}": 1 for at in (1, 2)}
    assert scene.ledger.report(1, 1).believed == {"1-1": {**chosen, "people": 1}}


class Undecided(Steady):
    """Somebody who always abstains."""

    def abstains(self) -> bool:
        """Always."""
        return True


def test_abstention_is_no_answer() -> None:
    """Who abstains is counted as nobody who answered; another answer told for it is somebody else's."""
    scene = Scene()
    scene.person.habits = Undecided()
    scene.hear(stage(f"<form data-vote>{HIDDEN}{WORDS}{ABSTAIN}</form>"), 0)
    (vote,) = scene.act(1)
    scene.hear(receipt(vote["submission"], "-"), 2)
    assert (vote["abstain"], scene.ledger.report(1, 1).believed, scene.found()) == ("yes", {"1-1": {"-": 1}}, (0, 0))
    scene.hear(receipt(vote["submission"], "bus"), 3)
    assert scene.found() == (0, 1)


def test_question_that_closed_is_not_answered() -> None:
    """Who thinks for too long does not vote, unless the question opens again."""
    scene = Scene()
    scene.hear(stage("", "closing"), 0.5)
    assert (scene.act(2), scene.person.due) == ([], inf)
    scene.hear(stage(form()), 3)
    assert len(scene.act(4)) == 1


def test_earlier_answer_that_stands_again_is_a_lost_vote() -> None:
    """A server that goes back to an answer which was replaced has lost the newer one."""
    scene = Scene(changes=True)
    (first,) = _counted(scene, 1)
    (second,) = [vote for now in range(2, 9) for vote in _counted(scene, now)][:1]
    assert scene.found() == (0, 0)
    scene.hear(receipt(first["submission"], first["answer"], int(first["number"])), 30)
    assert (second["number"], scene.found()) == ("2", (1, 0))


def test_answer_that_was_never_sent_is_a_doubled_vote() -> None:
    """A standing answer under an id, a number or with options that this person never sent is somebody else's."""
    for submission, answer, number in (("other", "o1", 1), ("own", "o1", 7), ("own", "o1 o2", 1)):
        scene = Scene()
        (vote,) = scene.act(1)
        scene.hear(receipt(vote["submission"] if submission == "own" else submission, answer, number), 2)
        assert (submission, answer, number, scene.found()[1]) == (submission, answer, number, 1)


def test_wave_that_was_taken_back_is_no_lost_vote() -> None:
    """A refusal that says that nothing stands any more is believed: the question may have been taken back."""
    scene = Scene(changes=True)
    _counted(scene, 1)
    (change,) = [vote for now in range(2, 9) for vote in scene.act(now)][:1]
    scene.hear(receipt(change["submission"], "", 0, "refused"), 9)
    scene.hear(stage(form(wave=2)), 9)
    assert scene.found() == (0, 0)


def test_person_who_leaves_plans_nothing_new() -> None:
    """At the end only what has no word yet is waited for."""
    scene = Scene()
    scene.person.finish()
    scene.hear(stage(form(wave=2)), 1)
    assert (scene.person.due, scene.person.is_waiting) == (inf, False)


def told(submission: str, answer: str = "", number: int = 1) -> str:
    """What is said of a secret vote: nothing but that it was cast."""
    attributes = f'data-submission="{submission}" data-state="counted" data-answer="{answer}" data-number="{number}"'
    return partial("receipt-1-1", f"<p {attributes}></p>")


def test_secret_vote_is_cast_once_and_told_without_its_answer() -> None:
    """It is not changed, and a receipt or greeting without an answer is as it should be."""
    scene = Scene(changes=True, secret=True)
    (vote,) = scene.act(1.0)
    scene.hear(told(vote["submission"]), 2)
    scene.person.disconnect()
    scene.person.connect(3)
    scene.hear(told(""), 3)
    assert (scene.found(), scene.person.due, scene.ledger.acknowledged) == ((0, 0), inf, 1)


def test_secret_answer_that_is_told_is_doubled() -> None:
    """A server that tells the answer of a secret vote, or of one that nobody cast, is caught."""
    scene = Scene(secret=True)
    (vote,) = scene.act(1.0)
    scene.hear(told(vote["submission"], vote["answer"]), 2)
    other = Scene(secret=True)
    other.hear(told(""), 0.5)
    assert (scene.found(), other.found()) == ((0, 1), (0, 1))


ADDING = "".join(f'<input type="hidden" name="{name}" value="1">' for name in ("question", "wave"))
ADDING = f'<form data-add>{ADDING}<textarea name="statement" maxlength="20"></textarea></form>'


def test_person_adds_statements_of_their_own_one_after_the_other() -> None:
    """The next one is sent after a word about the last, one without a word again on coming back, and then no more."""
    scene = Scene()
    scene.act(1)
    scene.hear(stage(form() + ADDING), 2)
    (first,) = scene.act(3)
    assert ({**first, "statement": len(first["statement"])}, scene.act(4)) == (
        {"question": "1", "wave": "1", "statement": 20},
        [],
    )
    scene.person.disconnect()
    scene.person.connect(5)
    scene.act(5)
    scene.hear(stage(form() + ADDING), 5)
    assert scene.act(5.9) + scene.act(6.0) == [first]
    for now in (7, 9):
        scene.hear(partial("add-1-1", ADDING), now)
    (second,) = [one for one in scene.act(8.0) + scene.act(10.0) if "statement" in one]
    scene.hear(partial("add-1-1", ADDING), 11)
    assert ([one for one in scene.act(12) if "statement" in one], scene.ledger.added) == ([], 2)
    assert second["wave"] == "1"


def test_crowd_is_where_most_of_its_people_are() -> None:
    """Who hears of a step late does not bring the stage back that the others have left, nor its numbers."""
    ledger = Ledger()
    people = [Person(n, Steady(), ledger, patience=PATIENCE_SECONDS, alone=True) for n in range(3)]
    seen = []
    for who, state in [(0, "closed"), (1, "closed"), (0, "shown"), (1, "shown"), (2, "closed"), (2, "shown")]:
        number = f'<b data-figure="present">{state}</b>'
        people[who].hear(read(stage(number, state).encode()), 1)
        seen.append((ledger.stage.state, ledger.figures["present"]))
    assert seen == [(one, one) for one in ("closed", "closed", "closed", "shown", "shown", "shown")]
    for person in people:
        person.disconnect()
    assert (ledger.stage.state, +ledger.looks) == ("shown", {})
