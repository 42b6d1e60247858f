"""The App's private key, as operators have it: PEM, base64 of PEM, a path; quoted, escaped, CRLF.

Hosting panels mangle multi-line values in each of these ways (probot/probot#122, #624, #1834).
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers


class UnreadableKey(ValueError):
    """The text is no private key; the message goes on after the variable's name."""


def read_private_key(value: str) -> str:
    """The key as PEM text that PyJWT takes; `UnreadableKey` where it is none."""
    text = _unquote(value)
    if not _is_pem(text):
        text = _from_base64(text) or _from_file(text)
    pem = _reflow(text)
    _prove(pem)
    return pem


def _unquote(value: str) -> str:
    text = value.strip().strip("'\"").strip()
    return text.replace("\\r", "").replace("\\n", "\n").replace("\r", "") if _is_pem(text) else text


def _is_pem(text: str) -> bool:
    return text.startswith("-----BEGIN ")


def _from_base64(text: str) -> str | None:
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    unquoted = _unquote(decoded)
    return unquoted if _is_pem(unquoted) else None


def _from_file(text: str) -> str:
    try:
        content = Path(text).expanduser().read_text("ascii")
    except (OSError, ValueError) as error:
        raise UnreadableKey(
            "is no PEM text, no base64 of one, and no file that can be read: give it the"
            " contents of the .pem file that GitHub let you download, or its path."
        ) from error
    unquoted = _unquote(content)
    if not _is_pem(unquoted):
        raise UnreadableKey(
            "names a file that holds no PEM text: give it the .pem file that GitHub let"
            " you download."
        )
    return unquoted


def _reflow(text: str) -> str:
    """PEM with its line breaks again, where something turned them into spaces or dropped them."""
    head, _, rest = text.removeprefix("-----BEGIN ").partition("-----")
    body = "".join(rest.partition("-----END ")[0].split())
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {head}-----", *lines, f"-----END {head}-----", ""])


def load_private_key(pem: str) -> RSAPrivateKey:
    """The key as an object, without the full validation: it takes 50 ms, and each job would pay.

    The key is the operator's own; that its numbers belong together was seen when it was read.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise UnreadableKey(
            "is no RSA key: GitHub Apps sign with RS256; use the .pem file that GitHub let you"
            " download."
        )
    return key


def _prove(pem: str) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm

    broken = UnreadableKey(
        "looks like PEM but holds no readable private key: copy the whole .pem file, or make a new"
        " key on the App's settings page."
    )
    try:
        numbers = load_private_key(pem).private_numbers()
    except UnreadableKey:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The cause is left out: its text may quote the key.
        raise broken from None
    if not _belong_together(numbers):
        raise broken


def _belong_together(key: RSAPrivateNumbers) -> bool:
    """The equations of RFC 8017, 3.2: a digit that was lost or changed breaks one of them."""
    n, e = key.public_numbers.n, key.public_numbers.e
    if min(key.p, key.q) < 3 or key.p * key.q != n:
        return False
    return (
        (e * key.dmp1 - 1) % (key.p - 1) == 0
        and (e * key.dmq1 - 1) % (key.q - 1) == 0
        and (key.d - key.dmp1) % (key.p - 1) == 0
        and (key.d - key.dmq1) % (key.q - 1) == 0
        and (key.q * key.iqmp - 1) % key.p == 0
    )
