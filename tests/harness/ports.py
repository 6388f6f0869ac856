"""Ports on the loopback address for servers that must keep theirs across a restart."""

import random
import socket

# Below the range that outgoing connections take theirs from: while a server is down, a client that knocks at a port of
# that range can be given the very same one, and then it talks to itself or keeps the server from coming back.
LOWEST, HIGHEST = 20_000, 31_999


def free_port() -> int:
    """Give a TCP port of 127.0.0.1 that nobody listens at now; raises OSError when 100 random ones are taken."""
    for _ in range(100):
        port = random.randint(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("no free port on 127.0.0.1")
