"""What a browser sends of a form as it stands on the page."""

from dataclasses import dataclass
from html.parser import HTMLParser

from poll_server.messages.fields import Fields


@dataclass
class _Option:
    """An entry of a list: without a value of its own its text is sent."""

    value: str | None
    selected: bool
    text: str = ""


class _Form(HTMLParser):
    """Goes through a form once and keeps the successful controls in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._name = ""
        self._options: list[_Option] = []
        self._text: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a control, or the beginning of one."""
        found = dict(attrs)
        ticked = found.get("type") not in ("radio", "checkbox") or "checked" in found
        if (tag == "input" and ticked) or (tag == "button" and found.get("aria-pressed") == "true"):
            self._add(found.get("name") or "", found.get("value") or "")
        elif tag == "select":
            self._name, self._options = found.get("name") or "", []
        elif tag == "option":
            self._options.append(_Option(found.get("value"), "selected" in found))
        elif tag == "textarea":
            self._name, self._text = found.get("name") or "", ""

    def handle_endtag(self, tag: str) -> None:
        """Note what a list or a text of several lines holds."""
        if tag == "select" and self._options:
            chosen = ([one for one in self._options if one.selected] or self._options)[0]
            self._add(self._name, " ".join(chosen.text.split()) if chosen.value is None else chosen.value)
            self._options = []
        elif tag == "textarea":
            self._add(self._name, (self._text or "").removeprefix("\n"))
            self._text = None

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if self._text is not None:
            self._text += data
        elif self._options:
            self._options[-1].text += data

    def _add(self, name: str, value: str) -> None:
        if name:
            self.fields.setdefault(name, []).append(value)


def filled(form: str) -> Fields:
    """Return the fields that a browser without JavaScript sends when nothing is changed.

    The button has no name, or it is the one that shows as pressed.
    """
    return _Form(form).fields
