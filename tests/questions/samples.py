"""The samples of all kinds, on which the laws are tested: a new kind adds one import and one entry."""

from poll_server.questions import KINDS
from poll_server.questions.contract import Kind
from tests.questions import (
    sample_multiple_choice,
    sample_notice,
    sample_numeric,
    sample_open_text,
    sample_points,
    sample_ranking,
    sample_rating,
    sample_single_choice,
    sample_statements,
    sample_word_cloud,
    sample_yes_no,
)
from tests.questions.sample import Sample

SAMPLES: dict[str, Sample] = {
    "single_choice": sample_single_choice.SAMPLE,
    "multiple_choice": sample_multiple_choice.SAMPLE,
    "yes_no": sample_yes_no.SAMPLE,
    "rating": sample_rating.SAMPLE,
    "points": sample_points.SAMPLE,
    "numeric": sample_numeric.SAMPLE,
    "ranking": sample_ranking.SAMPLE,
    "word_cloud": sample_word_cloud.SAMPLE,
    "open_text": sample_open_text.SAMPLE,
    "notice": sample_notice.SAMPLE,
    "statements": sample_statements.SAMPLE,
}

ANSWERED_KINDS: dict[str, Kind] = {name: kind for name, kind in KINDS.items() if kind.answerable}
"""The kinds that people answer."""
