"""Who may write: the token, the cookie that stands for it, and the proof that a form is ours.

The cookie is signed with a key made from the token: it holds no secret, outlives a restart, and is void as soon as
the token changes.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

COOKIE = "panxi_session"
LASTS = 12 * 3600
"""Seconds until one has to sign in again."""


def new_session(token: str, now: float) -> str:
    """A cookie for who has shown the token; ``now`` in seconds since 1970."""
    body = f"{int(now) + LASTS}.{secrets.token_hex(16)}"
    return f"{body}.{_sign(token, 'session', body)}"


def is_session(token: str, cookie: str, now: float) -> bool:
    """Whether the cookie was made with this token and has not run out."""
    body, _, signature = cookie.rpartition(".")
    if not _same(signature, _sign(token, "session", body)):
        return False
    return int(body.partition(".")[0]) > now


def form_proof(token: str, cookie: str) -> str:
    """What a form must carry: only a page of ours, shown to the holder of this cookie, can know it."""
    return _sign(token, "form", cookie)


def is_form_proof(token: str, cookie: str, proof: str) -> bool:
    """Whether the form was ours and shown to the holder of this cookie."""
    return _same(proof, form_proof(token, cookie))


def is_token(token: str, shown: str) -> bool:
    """Whether the token shown is the token, in constant time."""
    return _same(shown, token)


def _sign(token: str, purpose: str, text: str) -> str:
    return hmac.new(token.encode(), f"{purpose}:{text}".encode("utf-8", "replace"), sha256).hexdigest()


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))
