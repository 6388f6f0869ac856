"""Contributions for tests of what is done with them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from poll_server.domain.contributions import Contribution, Fate

AT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


def contribution(id_: int = 1, fate: Fate = Fate.WAITING, **changed: Any) -> Contribution:
    """A contribution of anna's to session 1, unless something else is said."""
    one = Contribution(id_, 1, "anna", UUID(int=id_), f"Was kostet Haus {id_}?", AT, fate=fate)
    return replace(one, **changed)


def there(*found: Contribution) -> dict[int, Contribution]:
    """Contributions by id."""
    return {one.id: one for one in found}
