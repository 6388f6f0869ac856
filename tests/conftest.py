"""What every test may use; the fixtures themselves are in `tests/harness/`, described in `docs/testing.md`."""

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.harness.browser",
    "tests.harness.postgres",
    "tests.harness.proxy",
    "tests.harness.server",
]

# How long an example takes is the machine's affair; a failure prints what repeats it.
settings.register_profile("poll", deadline=None, print_blob=True)
settings.load_profile("poll")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often a server is killed amid a burst; the benchmark does it a hundred times."""
    parser.addoption("--kills", type=int, default=20, help="kills of a server amid a burst of votes")
