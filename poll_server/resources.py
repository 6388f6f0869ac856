"""Where templates, static files and catalogues lie: inside an installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """Return the folder ``templates``, ``static`` or ``locale``."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
