"""Cookies and secret links: who somebody is, without knowing who they are.

A participant is a random id in a signed cookie. A desk or a screen is opened by a secret link whose key is exchanged
for a cookie of that role, limited to its path.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, unquote

from itsdangerous import BadSignature, Signer, TimestampSigner
from starlette.requests import HTTPConnection
from starlette.responses import Response

from poll_server.domain.access import Role

PARTICIPANT_SECONDS = 180 * 24 * 3600
LINK_SECONDS = 30 * 24 * 3600
RECEIPT_SECONDS = 600


class Sessions:
    """Signs and reads the cookies of one installation."""

    def __init__(self, secret: bytes, *, https: bool) -> None:
        self._secret = secret
        self._https = https
        self._participants = Signer(secret, salt="participant", digest_method=sha256)
        self._roles = TimestampSigner(secret, salt="role", digest_method=sha256)
        self._receipts = TimestampSigner(secret, salt="receipt", digest_method=sha256)

    def participant(self, connection: HTTPConnection) -> str | None:
        """Return the participant's id from a valid cookie."""
        try:
            return self._participants.unsign(connection.cookies.get(self._participant_cookie, "")).decode()
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

    def key(self, role: Role, code: str, name: str = "") -> str:
        """Return the key in a secret link of a role in an event; links of one role can be told apart by a name."""
        digest = hmac.new(self._secret, ":".join(("link", role, code, *filter(None, [name]))).encode(), sha256)
        return f"{name}-{digest.hexdigest()[:32]}" if name else digest.hexdigest()[:32]

    def key_fits(self, role: Role, code: str, key: str) -> bool:
        """Tell whether a link's key is the right one, in constant time."""
        return hmac.compare_digest(self.key(role, code, name_in(key)).encode(), key.encode())

    def keep_role(self, response: Response, role: Role, code: str, path: str, name: str = "") -> None:
        """Give the browser the cookie of a role in an event, with the name of the link that opened it."""
        value = self._roles.sign(":".join((role, code, *filter(None, [quote(name, safe="")])))).decode()
        response.set_cookie(
            self._role_cookie(role), value, LINK_SECONDS, path=path, secure=self._https, httponly=True, samesite="lax"
        )

    def has_role(self, connection: HTTPConnection, role: Role, code: str) -> bool:
        """Tell whether a request carries the cookie of a role in this event."""
        return self._role(connection, role)[:2] == [role, code]

    def link_name(self, connection: HTTPConnection, role: Role) -> str:
        """Return the name of the link that gave somebody a role, empty for the one without a name."""
        return unquote("".join(self._role(connection, role)[2:]))

    def _role(self, connection: HTTPConnection, role: Role) -> list[str]:
        """Return role, code and maybe a name in the cookie of a role; nothing in one that is not valid."""
        try:
            value, signed = self._roles.unsign(
                connection.cookies.get(self._role_cookie(role), ""), return_timestamp=True
            )
        except BadSignature:
            return []
        # A clock that was put back makes a cookie of the future, which is as good as one of today.
        is_fresh = datetime.now(UTC) - signed <= timedelta(seconds=LINK_SECONDS)
        return value.decode().split(":") if is_fresh else []

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


def name_in(key: str) -> str:
    """Return the name in a link's key, empty for a link without one."""
    return key.rpartition("-")[0]
