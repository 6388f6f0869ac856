"""Kinds of question: the registry. One kind is one module here and one template of the same name."""

from poll_server.domain.programme import Definition
from poll_server.questions import multiple_choice, single_choice
from poll_server.questions.contract import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        single_choice.SingleChoice(),
        multiple_choice.MultipleChoice(),
    )
}


def kind_of(definition: Definition) -> Kind:
    """Return the kind that a stored question has; a KeyError means that its module is missing."""
    return KINDS[definition.kind]
