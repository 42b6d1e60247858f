"""Settings: every way in which an operator gives them, and one clear sentence for each mistake."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bot.settings import Settings, SettingsError


@pytest.fixture
def environment(private_key: str) -> dict[str, str]:
    return {
        "DRIFTLINE_APP_ID": "1234",
        "DRIFTLINE_PRIVATE_KEY": private_key,
        "DRIFTLINE_WEBHOOK_SECRET": "sesame",
        "REDIS_URL": "redis://localhost:6379/0",
    }


def test_what_is_not_said_has_a_default(environment: dict[str, str]) -> None:
    settings = Settings.from_environment(environment)
    assert settings.github_url == "https://api.github.com"
    assert settings.web_url == "https://github.com"
    assert settings.graphql_url == "https://api.github.com/graphql"
    assert settings.git_url("octo/hello") == "https://github.com/octo/hello.git"
    assert settings.webhook_secrets == ("sesame",)
    assert settings.max_payload_bytes == 25 * 1024 * 1024


def test_no_secret_shows_in_a_repr(environment: dict[str, str]) -> None:
    environment["REDIS_URL"] = "redis://:hunter2@localhost"
    text = repr(Settings.from_environment(environment))
    assert "sesame" not in text
    assert "hunter2" not in text
    assert "PRIVATE KEY" not in text


@pytest.mark.parametrize(
    "mangle",
    [
        pytest.param(lambda pem, folder: pem, id="as it is"),
        pytest.param(lambda pem, folder: pem.replace("\n", "\\n"), id="literal backslash n"),
        pytest.param(lambda pem, folder: pem.replace("\n", "\\r\\n"), id="literal CRLF"),
        pytest.param(lambda pem, folder: pem.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda pem, folder: pem.replace("\n", " "), id="spaces for line breaks"),
        pytest.param(lambda pem, folder: pem.replace("\n", ""), id="no line breaks"),
        pytest.param(lambda pem, folder: f'"{pem}"', id="quoted"),
        pytest.param(lambda pem, folder: f"  '{pem}'\n", id="quoted with spaces around"),
        pytest.param(lambda pem, folder: base64.b64encode(pem.encode()).decode(), id="base64"),
        pytest.param(
            lambda pem, folder: base64.encodebytes(pem.encode()).decode(), id="wrapped base64"
        ),
        pytest.param(lambda pem, folder: str(_write(folder / "key.pem", pem)), id="a path"),
        pytest.param(
            lambda pem, folder: str(_write(folder / "key.pem", pem.replace("\n", "\r\n"))),
            id="a path to CRLF",
        ),
    ],
)
def test_the_private_key_is_read_as_operators_have_it(
    environment: dict[str, str], private_key: str, tmp_path: Path, mangle: object
) -> None:
    assert callable(mangle)
    environment["DRIFTLINE_PRIVATE_KEY"] = mangle(private_key, tmp_path)
    read = Settings.from_environment(environment).private_key
    assert read == private_key


def test_a_pkcs8_key_is_read_too(environment: dict[str, str], private_key: str) -> None:
    key = load_pem_private_key(private_key.encode(), password=None)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    environment["DRIFTLINE_PRIVATE_KEY"] = pem
    assert Settings.from_environment(environment).private_key == pem


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("new\nold\n", ("new", "old")),
        ("new,old", ("new", "old", "new,old")),
        (" new , ,old ", ("new", "old", "new , ,old")),
        ("one, with a comma", ("one", "with a comma", "one, with a comma")),
    ],
)
def test_several_secrets_are_taken_for_rotation(
    environment: dict[str, str], text: str, secrets: tuple[str, ...]
) -> None:
    environment["DRIFTLINE_WEBHOOK_SECRET"] = text
    assert Settings.from_environment(environment).webhook_secrets == secrets


@pytest.mark.parametrize(
    ("url", "api", "web", "graphql"),
    [
        (
            "https://ghe.example.com/api/v3/",
            "https://ghe.example.com/api/v3",
            "https://ghe.example.com",
            "https://ghe.example.com/api/graphql",
        ),
        (
            "http://127.0.0.1:8123/api/v3",
            "http://127.0.0.1:8123/api/v3",
            "http://127.0.0.1:8123",
            "http://127.0.0.1:8123/api/graphql",
        ),
        (
            "https://api.octocorp.ghe.com",
            "https://api.octocorp.ghe.com",
            "https://octocorp.ghe.com",
            "https://api.octocorp.ghe.com/graphql",
        ),
        (
            "https://octocorp.ghe.com",
            "https://api.octocorp.ghe.com",
            "https://octocorp.ghe.com",
            "https://api.octocorp.ghe.com/graphql",
        ),
        (
            "https://github.com",
            "https://api.github.com",
            "https://github.com",
            "https://api.github.com/graphql",
        ),
    ],
)
def test_the_addresses_follow_from_the_api(
    environment: dict[str, str], url: str, api: str, web: str, graphql: str
) -> None:
    environment["DRIFTLINE_GITHUB_URL"] = url
    settings = Settings.from_environment(environment)
    assert settings.github_url == api
    assert settings.web_url == web
    assert settings.graphql_url == graphql
    assert settings.git_url("octo/hello") == f"{web}/octo/hello.git"


@pytest.mark.parametrize(
    "name",
    ["DRIFTLINE_APP_ID", "DRIFTLINE_PRIVATE_KEY", "DRIFTLINE_WEBHOOK_SECRET", "REDIS_URL"],
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_variable_is_named(
    environment: dict[str, str], name: str, value: str | None
) -> None:
    environment.pop(name)
    if value is not None:
        environment[name] = value
    with pytest.raises(SettingsError, match=rf"^{name} is not set: give it .+\.$"):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DRIFTLINE_APP_ID", "my app", "neither an App id nor a client id"),
        ("DRIFTLINE_WEBHOOK_SECRET", ",,", "holds no secret"),
        ("REDIS_URL", "localhost:6379", "must begin with redis://"),
        ("DRIFTLINE_GITHUB_URL", "github.example.com", "must be the address of a REST API"),
        ("DRIFTLINE_GITHUB_URL", "https://me:pw@ghe.example.com/api/v3", "no user name"),
        ("PORT", "http", "a whole number from 0 to 65535"),
        ("PORT", "70000", "a whole number from 0 to 65535"),
        ("DRIFTLINE_MAX_PAYLOAD_BYTES", "-1", "a whole number"),
        ("DRIFTLINE_INSTALLATION_CONCURRENCY", "0", "a whole number"),
        ("DRIFTLINE_PRIVATE_KEY", "/nowhere/key.pem", "no file that can be read"),
        ("DRIFTLINE_PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\nnonsense", "no readable"),
        ("DRIFTLINE_PRIVATE_KEY", "x" * 5000, "no file that can be read"),
        ("DRIFTLINE_PRIVATE_KEY", "a\0b", "no file that can be read"),
    ],
)
def test_a_wrong_variable_is_named_with_its_remedy(
    environment: dict[str, str], name: str, value: str, sentence: str
) -> None:
    environment[name] = value
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environment)
    assert name in str(caught.value)
    assert sentence in str(caught.value)
    assert "nonsense" not in str(caught.value)


def test_a_key_that_is_not_rsa_is_refused(environment: dict[str, str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    environment["DRIFTLINE_PRIVATE_KEY"] = pem
    with pytest.raises(SettingsError, match="no RSA key"):
        Settings.from_environment(environment)


def _write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_a_key_of_which_a_digit_was_lost_is_refused(
    environment: dict[str, str], private_key: str
) -> None:
    lines = private_key.splitlines()
    for number in (4, 9, 14, 16, 18, 20, 22, 24):
        broken = list(lines)
        first = "A" if lines[number][10] != "A" else "B"
        broken[number] = lines[number][:10] + first + lines[number][11:]
        environment["DRIFTLINE_PRIVATE_KEY"] = "\n".join(broken)
        with pytest.raises(SettingsError, match="no readable private key"):
            Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("github", "docs", "page"),
    [
        ("", "", "https://github.com/apps/driftline"),
        ("https://ghe.example.com/api/v3", "", "https://ghe.example.com/github-apps/driftline"),
        ("", "https://wiki.example.com/d", "https://wiki.example.com/d"),
    ],
)
def test_people_are_sent_to_a_page_that_exists(
    environment: dict[str, str], github: str, docs: str, page: str
) -> None:
    environment |= {"DRIFTLINE_GITHUB_URL": github, "DRIFTLINE_DOCS_URL": docs}
    assert Settings.from_environment(environment).documentation("driftline[bot]") == page


def test_a_page_that_is_none_is_refused(environment: dict[str, str]) -> None:
    environment["DRIFTLINE_DOCS_URL"] = "wiki"
    with pytest.raises(SettingsError, match="DRIFTLINE_DOCS_URL"):
        Settings.from_environment(environment)
