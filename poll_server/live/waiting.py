"""The frames that wait for a slow client: of each topic the newest, and every private one."""

from collections.abc import Collection


class Waiting:
    """Frames in the order in which they were pushed; ``private`` says how many of them are without topic."""

    __slots__ = ("_frames", "private")

    def __init__(self) -> None:
        self.private = 0
        # By topic, or by the number of a private frame.
        self._frames: dict[str | int, bytes] = {}

    def keep(self, frame: bytes, topic: str | None) -> bool:
        """Add a frame, in place of an older one of its topic; one without topic beside all others.

        Returns whether there was an older one.
        """
        if topic is None:
            self._frames[self.private] = frame
            self.private += 1
            return False
        # A dict leaves a replaced value in its old place.
        older = self._frames.pop(topic, None)
        self._frames[topic] = frame
        return older is not None

    @property
    def frames(self) -> Collection[bytes]:
        """The frames that are still worth sending."""
        return self._frames.values()
