"""Style sheets as they are put together of the files in static/."""

from pathlib import Path

from poll_server.render.styles import style


def test_style_sheet_has_addresses_that_are_right_above(tmp_path: Path) -> None:
    """A bundle lies above its sources; icons within it stay, and the comments of others do, too."""
    text = '/* Whose it is */\n@font-face{src:url("fonts/a.woff2")}\ni{mask:url("data:image/svg+xml,x")}\n'
    for above in ("vendor", "css"):
        (tmp_path / above).mkdir()
        (tmp_path / above / "a.css").write_text(text, encoding="utf-8")
    moved = text.replace("fonts/", "vendor/fonts/")
    assert style(tmp_path, "vendor/a.css") == moved
    assert style(tmp_path, "css/a.css") == text.replace("fonts/", "css/fonts/").partition("\n")[2]
