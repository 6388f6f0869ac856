"""What every test may use; the fixtures themselves are in `tests/harness/`, described in `docs/testing.md`."""

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
