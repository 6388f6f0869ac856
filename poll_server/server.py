"""Running the application with uvicorn, set up for many quiet connections."""

import logging
import resource
import socket

import structlog
import uvicorn
from structlog.tracebacks import ExceptionDictTransformer

from poll_server.app import build
from poll_server.live.protocol import FanoutProtocol
from poll_server.settings import Settings

MESSAGE_BYTES = 16 * 1024
"""A longer message from a client closes its connection with 1009."""
BACKLOG = 4096


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; sockets are closed with 1012, waiting votes are counted first."""
    configure_logs(settings)
    raise_file_limit()
    uvicorn.Server(config(settings)).run()


def config(settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration: its access log is off, since it would name addresses."""
    return uvicorn.Config(
        build(settings),
        host=settings.host,
        port=settings.port,
        ws=FanoutProtocol,
        loop="uvloop",
        http="httptools",
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_config=None,
        backlog=BACKLOG,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def configure_logs(settings: Settings) -> None:
    """Write structured lines without personal data.

    Libraries stay out below a warning: uvicorn's lines carry addresses, those of the database's driver whole ballots.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=max(level, logging.WARNING), format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Local variables hold cookies and answers.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
    )


def raise_file_limit() -> None:
    """Allow as many open connections as the system lets this process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port(host: str) -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
