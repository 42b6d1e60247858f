"""Pure: whether a webhook was signed with one of our secrets.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

_PREFIX = "sha256="


def is_signed(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """`signature` (`sha256=<hex>`) is the HMAC-SHA256 of the raw body under one of the secrets.

    Every secret is tried, and each comparison takes the same time whatever it finds.
    """
    given = signature.encode("utf-8", "replace")
    matches = [hmac.compare_digest(_sign(body, secret), given) for secret in secrets]
    return any(matches)


def _sign(body: bytes, secret: str) -> bytes:
    return f"{_PREFIX}{hmac.digest(secret.encode(), body, 'sha256').hex()}".encode()
