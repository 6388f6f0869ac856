"""What is known of each asking of an event's questions: how it was answered, and what comes of it.

An asking is a question in one wave, named by their numbers.
"""

from collections import Counter

from poll_server.domain import additions
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import Mark
from poll_server.domain.decisions import UNDECIDED, Decision, Entry
from poll_server.domain.rounds import FINAL, Event, Question
from poll_server.questions import kind_of
from poll_server.questions.split import Split
from poll_server.render import Counted


class Askings:
    """The askings of one event in memory."""

    def __init__(self) -> None:
        self.tallies: dict[tuple[int, int], Counter[str]] = {}
        self.finals: dict[tuple[int, int], Counter[str]] = {}
        """What stands beside the tally of each asking that is closed, see `Kind.final`."""
        self.splits: dict[tuple[int, int], Split] = {}
        """What may be shown by group and as movements of each asking that is closed."""
        self.decisions: dict[tuple[int, int], dict[str, Decision]] = {}
        """What moderators have decided about the entries of each asking."""
        # What participants have added, by question and id; nobody but the desks sees it before it is accepted.
        self.additions: dict[int, dict[int, Addition]] = {}
        self._counted: dict[tuple[int, int, str], Counted] = {}

    def forget_results(self) -> None:
        """Drop what came of all this, to make it anew from what stands now."""
        self._counted.clear()

    def forget_endings(self, event: Event) -> None:
        """Drop what was computed for askings that were closed and are not any more."""
        for question in event.questions:
            if question.state not in FINAL:
                self.finals.pop((question.id, question.wave), None)
                self.splits.pop((question.id, question.wave), None)

    def add(self, changes: dict[Mark, int]) -> None:
        """Add what a committed batch has changed."""
        for mark, n in changes.items():
            self.tallies.setdefault((mark.question_id, mark.wave), Counter())[mark.key] += n
        self._counted.clear()

    def keep_addition(self, addition: Addition) -> None:
        """Take an addition that is new or was decided about."""
        self.additions.setdefault(addition.question_id, {})[addition.id] = addition
        self._counted.clear()

    def additions_of(self, participant: str, question: Question) -> list[Addition]:
        """Return what a participant has added to a question, oldest first."""
        return [one for one in self.additions.get(question.id, {}).values() if one.participant == participant]

    def counted(self, question: Question, wave: int) -> Counted:
        """Return the sum of marks of one asking, after closing with what stands beside it, and what comes of it.

        All views in the question's language share it until something changes.
        """
        asking, key = (question.id, wave), (question.id, wave, question.definition.language)
        if key not in self._counted:
            tally = self.tallies[asking] = kind_of(question.definition).kept(self.tallies.get(asking, Counter()))
            whole = tally + final if (final := self.finals.get(asking)) else tally
            decided = self.decisions.get(asking, UNDECIDED)
            if (added := self.additions.get(question.id)) and wave == question.wave:
                whole = whole + additions.entered(added.values())
                decided = {**decided, **additions.decided(added.values())}
            self._counted[key] = Counted(question.definition, whole, decided)
        return self._counted[key]

    def present(self, question: Question) -> Counted:
        """Return what is counted in a question's present wave."""
        return self.counted(question, question.wave)

    def entries(self, question: Question) -> tuple[Entry, ...]:
        """Return what moderators decide about in the result of a question's present wave."""
        return self.present(question).entries

    def split(self, question: Question) -> Split | None:
        """Return what may be shown of a question's present wave by group and as movements, once that is known."""
        return self.splits.get((question.id, question.wave))
