"""The helpers are tested with a stand-in, so that they can be relied on when the product fails."""

import sys
from collections.abc import Sequence

import pytest


@pytest.fixture
def server_command() -> Sequence[str]:
    """The stand-in in place of the product."""
    return (sys.executable, "-m", "tests.harness.stand_in")
