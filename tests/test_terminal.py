"""What the demo says at a terminal."""

import re

import pytest
import segno

from poll_server.terminal import gettext, welcome

COLOUR = re.compile(r"\033\[[0-9;]*m")
LEVELS = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}


def found(base: str) -> dict[str, str]:
    """The links of the demo at an address."""
    event, key = f"{base}/e/demo", "0123456789abcdef" * 2
    desk, screen = (f"{event}/{page}/link/{key}" for page in ("desk", "screen"))
    return {"code": "demo", "base": base, "audience": event, "desk": desk, "screen": screen}


def lines(base: str, *, local: bool) -> list[str]:
    """The text without its colours."""
    return COLOUR.sub("", welcome(found(base), local=local)).splitlines()


def code_in(text: list[str]) -> list[list[int]]:
    """The QR code that was drawn, in dark (1) and light (0) modules, without its border of two."""
    drawn = [line for line in text if line[:2] in ("██", "▀▀")]
    size = len(drawn[0])
    modules = [[LEVELS[block][half] for block in line[:size]] for line in drawn for half in (0, 1)]
    return [row[2:-2] for row in modules[2 : size - 2]]


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "en_GB.UTF-8"])
def test_welcome_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """In both languages the text is no wider than 80 columns, even with the longest address of a network."""
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.delenv("POLL_LANGUAGE", raising=False)
    text = lines("http://192.168.100.200:8000", local=False)
    assert [line for line in text if len(line) > 80] == []


def test_welcome_has_the_code_of_the_audience() -> None:
    """The QR code in the terminal is that of the audience's link, and all three links are there whole."""
    links = found("http://192.168.100.200:8000")
    text = lines(links["base"], local=False)
    expected = segno.make(links["audience"], error="L", boost_error=False).matrix
    assert code_in(text) == [list(row) for row in expected]
    assert [line.split()[-1] for line in text if "/e/demo" in line] == [
        links[n] for n in ("audience", "desk", "screen")
    ]


def test_welcome_without_network_has_no_code() -> None:
    """Where no phone gets to, there is no QR code but the command that lets it."""
    text = lines("http://localhost:8000", local=True)
    assert set("".join(text)) & set("▀▄█") == set()
    assert text[-2] == gettext("For phones in the same network: make demo HOST=0.0.0.0")
