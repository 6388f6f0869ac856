"""Whole pages, and what they need to know of the installation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import segno
from markupsafe import Markup

from poll_server.render.templates import environment


@dataclass(frozen=True, slots=True)
class Site:
    """What pages need to know of the installation: addresses, and where static files lie.

    ``official`` is the text of the line for official websites, empty without one.
    """

    base_url: str
    official: str
    imprint: str
    privacy: str
    accessibility: str
    static: Callable[[str], str]

    @property
    def address(self) -> str:
        """The address as people type it."""
        return self.base_url.partition("://")[2]

    def join_url(self, code: str) -> str:
        """Return the address that the QR code of an event carries."""
        return f"{self.base_url}/e/{code}"


def page(name: str, language: str, site: Site, **context: Any) -> bytes:
    """Render a whole page."""
    return environment(language).get_template(name).render(site=site, **context).encode()


@cache
def qr_code(address: str) -> Markup:
    """Return an address as an SVG QR code, kept for the next one who asks."""
    return drawn_qr_code(address)


def drawn_qr_code(address: str) -> Markup:
    """Return an address as an SVG QR code, without a border of its own; what is secret in it is kept nowhere."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(border=0, omitsize=True, lineclass=None, svgclass="sg-qr", dark="#000", light=None)
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - made of modules only
