"""Running the application with uvicorn, set up for many quiet connections."""

import logging
import resource
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import structlog
import uvicorn
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from poll_server.app import SelfRunning, build
from poll_server.live.protocol import FanoutProtocol
from poll_server.settings import Settings
from poll_server.web.deadline import HeadDeadline

MESSAGE_BYTES = 16 * 1024
"""A longer message from a client closes its connection with 1009."""
BACKLOG = 4096


class _Server(uvicorn.Server):
    """uvicorn's, which tells when it has begun."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as the base does, then tell."""
        await super().startup(sockets)
        self._begun()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address of this machine; port 0 takes a free one. Raises OSError.

    ``::`` listens for IPv4 too, where the system can.
    """
    return socket.create_server(
        (host, port),
        family=socket.AF_INET6 if ":" in host else socket.AF_INET,
        backlog=BACKLOG,
        dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
    )


def run(
    settings: Settings, listener: socket.socket, begun: Callable[[], None], self_running: SelfRunning | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; sockets are closed with 1012, waiting votes are counted first.

    ``begun`` is called when the server answers. Returns after SIGINT; SIGTERM ends the process.
    """
    configure_logs(settings)
    raise_file_limit()
    with suppress(KeyboardInterrupt):
        _Server(config(settings, self_running), begun).run(sockets=[listener])


def config(settings: Settings, self_running: SelfRunning | None = None) -> uvicorn.Config:
    """Return uvicorn's configuration: its access log is off, since it would name addresses."""
    return uvicorn.Config(
        build(settings, self_running),
        ws=FanoutProtocol,
        loop="uvloop",
        http=HeadDeadline,
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
    """Write structured lines without personal data to the standard error, those of libraries as well as ours.

    Libraries stay out below a warning: uvicorn's lines carry addresses, those of the database's driver whole ballots.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    stamped: list[Processor] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")]
    as_json = structlog.processors.JSONRenderer()
    handler = logging.StreamHandler()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*stamped, structlog.processors.format_exc_info],
            processors=[ProcessorFormatter.remove_processors_meta, as_json],
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])
    structlog.configure(
        # Local variables hold cookies and answers.
        processors=[
            *stamped,
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def raise_file_limit() -> None:
    """Allow as many open connections as the system lets this process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
