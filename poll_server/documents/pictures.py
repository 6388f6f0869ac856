"""Pictures of an event file: read beside it, known by their content, named by a hash of it."""

from hashlib import sha256
from pathlib import Path

from poll_server.i18n import N_, Sentence

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
"""The media type of each sort of picture, by the end of its stored name."""


class PictureFault(Exception):
    """A picture cannot be taken; ``sentence`` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Album:
    """The pictures of one event file, whose paths are relative to ``folder``; without one none can be taken.

    ``pictures`` are those that were taken, by the name under which they are stored.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.pictures: dict[str, bytes] = {}

    def take(self, path: str, maximum: int) -> str:
        """Read a picture of at most so many bytes and return its stored name; raises PictureFault."""
        if self._folder is None:
            raise PictureFault(N_("A picture can only be given in an event file that lies beside it."))
        file = self._folder / path
        try:
            if not file.resolve().is_relative_to(self._folder.resolve()):
                raise PictureFault(N_("The picture %(file)s lies outside the folder of the event file.", file=path))
            if not file.is_file():
                raise PictureFault(N_("There is no picture %(file)s.", file=path))
            with file.open("rb") as opened:
                content = opened.read(maximum + 1)
        except ValueError as error:  # a null character
            raise PictureFault(N_("There is no picture %(file)s.", file=path)) from error
        except OSError as error:
            unread = N_("The picture %(file)s cannot be read: %(reason)s.", file=path, reason=error.strerror)
            raise PictureFault(unread) from error
        name = picture_name(path, content, maximum)
        self.pictures[name] = content
        return name


def picture_name(path: str, content: bytes, maximum: int) -> str:
    """Return the name under which a picture of at most so many bytes is stored; raises PictureFault.

    ``path`` is what its owner calls it.
    """
    if len(content) > maximum:
        size = maximum // 1000
        raise PictureFault(
            N_("The picture %(file)s has more than %(size)s KB. Please make it smaller.", file=path, size=size)
        )
    suffix = _sort(content)
    if not suffix:
        raise PictureFault(N_("The file %(file)s is not a picture of the sort PNG, JPEG or WebP.", file=path))
    return f"{sha256(content).hexdigest()[:32]}.{suffix}"


def _sort(content: bytes) -> str:
    """Return what the content is, as the end of a name; empty for anything else, SVG too, which can carry scripts."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""
