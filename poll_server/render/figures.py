"""The figures of a view: each number's text by its name, and the widths of its bars."""

from collections.abc import Mapping, Sequence
from typing import Any

from poll_server.domain import text
from poll_server.i18n import translations
from poll_server.questions import KINDS
from poll_server.questions.contract import ABSTAINED, ANSWERED, Results
from poll_server.render.counted import Pass
from poll_server.render.templates import environment


def count_figures(
    figures: dict[str, str],
    bars: dict[str, str],
    tally: Mapping[str, int],
    present: int,
    shares_from: int,
    language: str,
) -> None:
    """Add how many have answered of those who are there; who has abstained is counted beside them, not inside.

    Of fewer than ``shares_from`` people there is no share. ``replied`` is the verb, which follows the number.
    """
    answered, abstained = tally.get(ANSWERED, 0), tally.get(ABSTAINED, 0)
    there = max(answered + abstained, present)
    share = answered / there if there else 0.0
    figures |= {
        "answered": text.count(answered, language),
        "abstained": text.count(abstained, language),
        "there": text.count(there, language),
        "replied": translations(language).ngettext("has answered", "have answered", answered),
        "turnout": f" ({text.percent(share, language)})" if there >= max(1, shares_from) else "",
    }
    bars["turnout"] = text.width(share)


def result_figures(
    figures: dict[str, str],
    bars: dict[str, str],
    results: Results,
    passes: Sequence[Pass],
    kind: str,
    language: str,
) -> None:
    """Add what a result says: in words, in numbers, and beside those of earlier ``passes``, oldest first."""
    small = results.small
    macros: Any = environment(language).get_template(f"questions/{kind}.html").module
    gettext = translations(language).gettext
    figures["say"] = str(macros.say(results).unescape()).strip()
    few = gettext("Few answers: we show counts, not shares.")
    figures["base"] = few if small else str(macros.base().unescape()).strip()
    rows = () if KINDS[kind].grows else results.rows
    told = KINDS[kind].shares or bool(passes)
    figures["rounded"] = ", " + gettext("shares rounded") if told and not small else ""
    for name, value in results.statistics.items():
        figures[name] = _statistic(value, language)
    for row in rows:
        figures[f"n-{row.key}"] = text.count(row.count, language)
        figures[f"s-{row.key}"] = "\N{EN DASH}" if small else text.percent(row.share, language)
        bars[row.key] = text.width(row.share)
    if passes:
        _change_figures(figures, results, passes[-1], language)


def _statistic(value: float | None, language: str) -> str:
    """Return a count as it is, and a mean with one decimal, so that it keeps its width while it moves."""
    if value is None:
        return "\N{EN DASH}"
    return text.count(value, language) if isinstance(value, int) else text.decimal(value, language, places=1, least=1)


def _change_figures(figures: dict[str, str], results: Results, before: Pass, language: str) -> None:
    """Say what this pass gave, and how each share has moved since the one before; of few answers only counts."""
    few = results.small
    small = few or before.results.small
    for row in results.rows:
        figures[f"p-{row.key}"] = text.count(row.count, language) if few else text.percent(row.share, language)
        was = None if small else before.row(row.key)
        figures[f"c-{row.key}"] = text.change(row.share, was.share) if was else "\N{EN DASH}"
