"""What an organiser has chosen for the documentation of an event."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Part(StrEnum):
    """What a documentation is made of, beside its cover, its introduction and its last page."""

    PROGRAMME = "programme"
    RESULTS = "results"
    FLOOR = "floor"
    METHOD = "method"


@dataclass(frozen=True)
class Choice:
    """What goes into a documentation, and in which order.

    ``left_out`` are the ids of questions that are not in it; ``remarks`` stand below questions, by id. ``language`` is
    ``de`` or ``en``, empty for that of the event. ``names`` says that questions from the floor have the names that
    people gave with them; who speaks is named always. ``every_text`` gives all words and texts that people wrote,
    else those that moderators chose, or the first ones. ``licence`` says in a line how others may use it.
    """

    parts: tuple[Part, ...] = tuple(Part)
    left_out: frozenset[int] = frozenset()
    remarks: Mapping[int, str] = field(default_factory=dict)
    introduction: str = ""
    language: str = ""
    names: bool = False
    every_text: bool = False
    licence: str = ""

    def fields(self) -> dict[str, Any]:
        """Return it as values for JSON, from which `chosen` makes it again."""
        remarks = {str(question): words for question, words in sorted(self.remarks.items())}
        return asdict(self) | {"left_out": sorted(self.left_out), "remarks": remarks}


def chosen(fields: Mapping[str, Any]) -> Choice:
    """Return what was chosen, of values as `Choice.fields` gives them; what is not there is as without a choice."""
    found = {name: fields[name] for name in Choice.__dataclass_fields__ if name in fields}
    if "parts" in found:
        found["parts"] = tuple(Part(name) for name in found["parts"])
    if "left_out" in found:
        found["left_out"] = frozenset(found["left_out"])
    if "remarks" in found:
        found["remarks"] = {int(question): words for question, words in found["remarks"].items()}
    return Choice(**found)
