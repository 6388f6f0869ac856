"""Simulated participants: a client that knows docs/protocol.md and nothing else of this program.

It imports nothing of poll_server, which ``make check`` holds: what it can do, a strange client can do.
"""

from poll_server.simulate.crowd import NotThereError, simulate
from poll_server.simulate.report import Report
from poll_server.simulate.view import show

__all__ = ["NotThereError", "Report", "show", "simulate"]
