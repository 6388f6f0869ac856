"""What most tests of the commands begin with."""

from pathlib import Path

import pytest

from poll_server.documents.event_file import example_text
from tests.cli.commands import written


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example event as a file of an organiser's."""
    return written(tmp_path / "event.yaml", example_text())
