"""A visitor without a browser."""

from collections.abc import Mapping

import httpx2


def visitor(url: str = "", headers: Mapping[str, str] | None = None, timeout: float = 20) -> httpx2.AsyncClient:
    """Somebody who sends requests to this address, each on a connection of its own.

    A connection that is kept is closed by the server after five idle seconds. A browser sends once more what meets it
    in that moment; this client would raise an error.
    """
    return httpx2.AsyncClient(
        base_url=url,
        headers=headers,
        timeout=timeout,
        limits=httpx2.Limits(max_keepalive_connections=0),
        trust_env=False,
        verify=False,
    )
