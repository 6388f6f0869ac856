"""What stands on whole pages."""

from poll_server import render


def test_qr_code_scales_and_is_not_read_aloud() -> None:
    """The code has no size of its own, no border, and is hidden from screen readers, who have the address beside it."""
    svg = str(render.qr_code("https://gefragt.example.de/e/k7d42p"))
    assert svg.startswith('<svg aria-hidden="true" focusable="false" viewBox=')
    assert " width=" not in svg.split(">", maxsplit=1)[0]
