"""``python -m poll_server`` is ``poll-server``."""

from poll_server.cli import app

app()
