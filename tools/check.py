"""What no ready-made tool checks: `make check` runs this.

All templates compile in every language; the migrations make just the tables that the models describe; a wheel carries
every template, static file and catalogue. Prints a line for each check, and exits with 1 when something is wrong.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from jinja2 import TemplateSyntaxError
from sqlalchemy import create_engine

from poll_server.i18n import LANGUAGES
from poll_server.render import environment
from poll_server.storage.database import migrate
from poll_server.storage.tables import metadata

PROJECT = Path(__file__).parents[1]
CARRIED = ("templates", "static", "locale")


def template_faults() -> list[str]:
    """A line for each template that does not compile."""
    faults: set[str] = set()
    for language in LANGUAGES:
        jinja = environment(language)
        for name in jinja.list_templates():
            try:
                jinja.get_template(name)
            except TemplateSyntaxError as error:
                faults.add(f"templates/{error.name}:{error.lineno}: {error.message}")
    return sorted(faults)


def migration_faults() -> list[str]:
    """A line for each difference between the models and a database that was brought to the newest form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "poll.sqlite3"
        migrate(f"sqlite+aiosqlite:///{path}")
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True}
            differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        engine.dispose()
    return [f"migrations differ from the models: {difference}" for difference in differences]


def wheel_faults() -> list[str]:
    """A line for each file that an installed package would lack."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, str(PROJECT)]
        built = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        if built.returncode != 0:
            return [f"no wheel can be built: {built.stdout}{built.stderr}"]
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            inside = set(wheel.namelist())
    return [f"not in the wheel: {name}" for name in sorted(_needed() - inside)]


def _needed() -> set[str]:
    carried = (path for top in CARRIED for path in (PROJECT / top).rglob("*"))
    package = (path for path in (PROJECT / "poll_server").rglob("*") if "__pycache__" not in path.parts)
    outside = {f"poll_server/{path.relative_to(PROJECT)}" for path in carried if path.is_file()}
    return outside | {str(path.relative_to(PROJECT)) for path in package if path.is_file()}


CHECKS: dict[str, Callable[[], list[str]]] = {
    "templates compile": template_faults,
    "migrations match the models": migration_faults,
    "the wheel is complete": wheel_faults,
}


def main() -> int:
    """Run all checks and give the exit code."""
    failed = False
    for name, check in CHECKS.items():
        faults = check()
        failed = failed or bool(faults)
        print(f"{name}: {'no' if faults else 'yes'}", *faults, sep="\n  ")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
