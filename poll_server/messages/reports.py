"""What an organiser chooses for the documentation of an event."""

from collections.abc import Mapping
from dataclasses import dataclass

from poll_server.domain.errors import Malformed, Refused
from poll_server.i18n import LANGUAGES
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, number_of, text_of, whole_number

INTRODUCTION_MAXIMUM = 5000
REMARK_MAXIMUM = 1000
LICENCE_MAXIMUM = 200
FIELDS_MAXIMUM = 1000
"""Of an event with some hundred questions."""
_REMARK = "remark."


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A form as it was sent.

    ``places`` has the place of each part, 0 for left out. ``listed`` are the questions that stood in the form, of which
    ``kept`` shall be in the documentation; ``remarks`` stand below them. ``make`` is the file that is wanted at once,
    ``pdf`` or ``html``, or empty.
    """

    places: Mapping[str, int]
    listed: frozenset[int]
    kept: frozenset[int]
    remarks: Mapping[int, str]
    introduction: str
    licence: str
    language: str
    names: bool
    every_text: bool
    public: bool
    make: str

    def check(self) -> None:
        """Raise Refused for a text that is too long."""
        texts = [(self.introduction, INTRODUCTION_MAXIMUM), (self.licence, LICENCE_MAXIMUM)]
        for text, maximum in (*texts, *((one, REMARK_MAXIMUM) for one in self.remarks.values())):
            if len(text) > maximum:
                raise Refused("too_long", start=text[:20].rstrip(), maximum=str(maximum))


def parse_report(fields: Fields, parts: tuple[str, ...]) -> ReportForm:
    """Read the form of a documentation that has these parts; raises Malformed."""
    language = text_of(fields, "language")
    make = text_of(fields, "make") if "make" in fields else ""
    if language not in LANGUAGES or make not in ("", "pdf", "html"):
        raise Malformed("malformed")
    remarks = {
        whole_number(name.removeprefix(_REMARK), ID_MAXIMUM): _lines(text_of(fields, name))
        for name in fields
        if name.startswith(_REMARK)
    }
    return ReportForm(
        places={part: number_of(fields, f"place.{part}", len(parts)) for part in parts},
        listed=frozenset(remarks),
        kept=frozenset(whole_number(one, ID_MAXIMUM) for one in fields.get("question", ())),
        remarks={question: words for question, words in remarks.items() if words},
        introduction=_lines(text_of(fields, "introduction")),
        licence=" ".join(text_of(fields, "licence").split()),
        language=language,
        names="names" in fields,
        every_text="every_text" in fields,
        public="public" in fields,
        make=make,
    )


def _lines(text: str) -> str:
    """Return what was written in several lines as it is kept; browsers send CRLF."""
    return text.replace("\r\n", "\n").strip()
