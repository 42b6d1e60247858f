"""What the tests of the bot share: a private Valkey, an emptied client, settings with a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from redis import Redis

from bot.settings import Settings
from tests.support.valkey import running_valkey


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    with running_valkey() as url:
        yield url


@pytest.fixture
def redis(valkey_server: str) -> Iterator[Redis]:
    """An empty database and a client on it."""
    client = Redis.from_url(valkey_server)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture(scope="session")
def private_key() -> str:
    """An RSA key as GitHub hands it out: PKCS#1 in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return pem.decode()


@pytest.fixture
def settings(private_key: str, valkey_server: str) -> Settings:
    return Settings(
        app_id="1234",
        private_key=private_key,
        webhook_secrets=("new secret", "old secret"),
        redis_url=valkey_server,
    )
