"""The documentation as one HTML file, of the same pieces as the public page: it opens without a server."""

from base64 import b64encode
from hashlib import sha256

from markupsafe import Markup

from poll_server.documents.report.model import Report
from poll_server.render import environment
from poll_server.render.styles import style_sheet
from poll_server.resources import resource


def to_html(report: Report) -> bytes:
    """Return the documentation as HTML with its style inside; the same report gives the same bytes.

    It forbids itself everything else: scripts, requests and other styles.
    """
    style = style_sheet(resource("static"), "documentation")
    template = environment(report.language).get_template("documentation_file.html")
    return template.render(
        report=report,
        style=Markup(style),  # noqa: S704 - files of static/, nothing that anybody wrote
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    ).encode()
