"""Cookies and secret links: who somebody is, without knowing who they are.

A participant is a random id in a signed cookie. A desk or a screen is opened by a secret link whose key is exchanged
for a cookie of that role, limited to its path.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from itsdangerous import BadSignature, Signer, TimestampSigner
from starlette.requests import HTTPConnection
from starlette.responses import Response

from poll_server.domain.access import Role

PARTICIPANT_SECONDS = 180 * 24 * 3600
LINK_SECONDS = 30 * 24 * 3600
RECEIPT_SECONDS = 600
KNOWN_MAXIMUM = 4096
"""Cookies whose signature is not checked again: those who have no socket ask every three seconds."""


class Sessions:
    """Signs and reads the cookies of one installation."""

    def __init__(self, secret: bytes, *, https: bool) -> None:
        self._secret = secret
        self._https = https
        self._participants = Signer(secret, salt="participant", digest_method=sha256)
        self._roles = TimestampSigner(secret, salt="role", digest_method=sha256)
        self._receipts = TimestampSigner(secret, salt="receipt", digest_method=sha256)
        self._known = lru_cache(KNOWN_MAXIMUM)(self._unsigned)

    def participant(self, connection: HTTPConnection) -> str | None:
        """Return the participant's id from a valid cookie."""
        return self._known(connection.cookies.get(self._participant_cookie, ""))

    def _unsigned(self, cookie: str) -> str | None:
        try:
            return self._participants.unsign(cookie).decode()
        except BadSignature:
            return None

    def new_participant(self) -> str:
        """Return an id that nobody has."""
        return secrets.token_hex(16)

    def keep_participant(self, response: Response, participant: str) -> None:
        """Give the browser the cookie that makes it this participant."""
        value = self._participants.sign(participant).decode()
        response.set_cookie(
            self._participant_cookie,
            value,
            PARTICIPANT_SECONDS,
            path="/",
            secure=self._https,
            httponly=True,
            samesite="lax",
        )

    @property
    def _participant_cookie(self) -> str:
        return "__Host-participant" if self._https else "participant"

    def language(self, connection: HTTPConnection) -> str:
        """Return the language that somebody has chosen, as the browser sends it: nothing else hangs on it."""
        return connection.cookies.get(self._language_cookie, "")

    def keep_language(self, response: Response, language: str) -> None:
        """Let the browser remember a language, for all events."""
        response.set_cookie(
            self._language_cookie,
            language,
            PARTICIPANT_SECONDS,
            path="/",
            secure=self._https,
            httponly=True,
            samesite="lax",
        )

    @property
    def _language_cookie(self) -> str:
        return "__Host-language" if self._https else "language"

    def key(self, role: Role, code: str) -> str:
        """Return the key of a link that the installation signs, one for each role of an event."""
        return self._key(role, code, "")

    def name_signed(self, role: Role, code: str, key: str) -> str | None:
        """Return the name in a link's key that this installation has signed, empty for none; None for another key.

        Links with a name are of an earlier version.
        """
        name = key.rpartition("-")[0]
        return name if hmac.compare_digest(self._key(role, code, name).encode(), key.encode()) else None

    def _key(self, role: Role, code: str, name: str) -> str:
        digest = hmac.new(self._secret, ":".join(("link", role, code, *filter(None, [name]))).encode(), sha256)
        return f"{name}-{digest.hexdigest()[:32]}" if name else digest.hexdigest()[:32]

    def keep_role(self, response: Response, role: Role, badge: str, path: str, link_id: int) -> None:
        """Give the browser the cookie of a role in the event with this badge, by a link."""
        value = self._roles.sign(f"{role}:{badge}:#{link_id}").decode()
        response.set_cookie(
            self._role_cookie(role), value, LINK_SECONDS, path=path, secure=self._https, httponly=True, samesite="lax"
        )

    def link_id(self, connection: HTTPConnection, role: Role, badge: str) -> int | None:
        """Return the link by which a request has a role in this event; None if it has not, or by an earlier version."""
        try:
            value, signed = self._roles.unsign(
                connection.cookies.get(self._role_cookie(role), ""), return_timestamp=True
            )
        except BadSignature:
            return None
        # A clock that was put back makes a cookie of the future, which is as good as one of today.
        is_fresh = datetime.now(UTC) - signed <= timedelta(seconds=LINK_SECONDS)
        begun, number = value.decode().rpartition("#")[::2]
        return int(number) if is_fresh and begun == f"{role}:{badge}:" else None

    def _role_cookie(self, role: Role) -> str:
        return f"__Secure-{role}" if self._https else str(role)

    def sign_receipt(self, clock: str) -> str:
        """Return a token that lets the page after a vote say when it was counted; the time itself is stored nowhere."""
        return self._receipts.sign(clock).decode()

    def read_receipt(self, token: str) -> str:
        """Return the time in a fresh receipt token, empty if there is none."""
        try:
            return self._receipts.unsign(token, max_age=RECEIPT_SECONDS).decode()
        except BadSignature:
            return ""
