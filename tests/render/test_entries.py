"""The rows of a desk's list of entries."""

from poll_server.domain.decisions import Entry, Verdict
from poll_server.render.entries import entry_rows

ENTRIES = (
    Entry("a", "<b>{name}</b> %(x)s {{ 1 }} {", 1200, None),
    Entry("b", "“{tag}” & Rad", 2, Verdict.JOINED, "a"),
    Entry("c", "Zug", 1, None),
)


def test_text_of_an_entry_is_text() -> None:
    """What people write is never markup, nor a place for something of the row; each verdict is rendered once."""
    asked = list[Verdict | None]()

    def row(verdict: Verdict | None, waits: bool) -> str:
        asked.append(verdict)
        return "<li>{text}|{count}|{into}|{tag}</li>" if waits else ""

    rows = entry_rows(ENTRIES, row, waits=True, names={"a": "<Bus>{count}"}, language="de")
    tags = [entry.name[:12] for entry in ENTRIES]
    assert rows == (
        f"<li>&lt;b&gt;{{name}}&lt;/b&gt; %(x)s {{{{ 1 }}}} {{|1.200||{tags[0]}</li>"
        f"<li>“{{tag}}” &amp; Rad|2|&lt;Bus&gt;{{count}}|{tags[1]}</li>"
        f"<li>Zug|1||{tags[2]}</li>"
    )
    assert asked == [None, Verdict.JOINED]
