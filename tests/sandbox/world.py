"""The sandbox's state as a whole, its clock, and the one way in which events leave it."""

from __future__ import annotations

import functools
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.sandbox.diff import ChangedFile, changed_files
from tests.sandbox.git import GitRepository
from tests.sandbox.misbehaviour import Misbehaviours
from tests.sandbox.state import (
    Account,
    App,
    Delivery,
    Installation,
    Prepared,
    PullRequest,
    Repository,
    Token,
)

MANIFEST = Path(__file__).parents[2] / "app.yml"

TOKEN_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that happened; `kind` is request, git, delivery, token or refusal."""

    at: float
    kind: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)


@functools.cache
def private_key() -> rsa.RSAPrivateKey:
    """The App's key, one for all sandboxes of this process: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class World:
    """Everything that the sandbox knows; `lock` guards it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.url = "http://127.0.0.1"
        self.misbehaviours = Misbehaviours()
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[int, Repository] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.deliveries: list[Delivery] = []
        self.hook_id = 0
        self.prepared: dict[int, list[Prepared]] = {}
        self.registrations: dict[str, Any] = {}
        self.violations: list[str] = []
        self.observations: list[Observation] = []
        self.listeners: list[Callable[[Observation], None]] = []
        self.send: Callable[[Delivery], None] = lambda delivery: None
        self.offset = timedelta()
        self._last_id = 1000
        self._files: dict[tuple[int, str, str], list[ChangedFile]] = {}
        self.app = self._register_app()
        self.hook_id = self.new_id()

    @property
    def api_url(self) -> str:
        """The REST API's address, as a GitHub Enterprise Server has it."""
        return f"{self.url}/api/v3"

    def now(self) -> datetime:
        """The sandbox's time; tests move it forward."""
        return datetime.now(UTC) + self.offset

    def new_id(self) -> int:
        """A number that nothing else has."""
        with self.lock:
            self._last_id += 1
            return self._last_id

    def observe(self, kind: str, text: str, **facts: Any) -> None:
        """Notes that something happened, and tells the listeners."""
        seen = Observation(time.time(), kind, text, facts)
        with self.lock:
            self.observations.append(seen)
        for listener in list(self.listeners):
            listener(seen)

    def violate(self, text: str) -> None:
        """Notes that somebody broke GitHub's rules."""
        with self.lock:
            self.violations.append(text)
        self.observe("violation", text)

    def _register_app(self) -> App:
        """Registers the App with what its own manifest asks for, and nothing more."""
        manifest = yaml.safe_load(MANIFEST.read_text())
        key = private_key()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return App(
            id=self.new_id(),
            client_id="Iv23li" + secrets.token_hex(7),
            slug="driftline",
            name="Driftline",
            owner=self.account("driftline-maker", "Organization"),
            bot=self.account("driftline[bot]", "Bot"),
            private_key=pem.decode(),
            public_keys=[public.decode()],
            webhook_secret=secrets.token_hex(20),
            permissions=dict(manifest["default_permissions"]),
            events=list(manifest["default_events"]),
            created_at=self.now(),
        )

    def account(
        self, login: str, type_: Literal["User", "Bot", "Organization"] | None = None
    ) -> Account:
        """The account of that login, made where there is none; `[bot]` makes it a bot."""
        with self.lock:
            if login not in self.accounts:
                guess = "Bot" if login.endswith("[bot]") else "User"
                self.accounts[login] = Account(self.new_id(), login, type_ or guess)  # type: ignore[arg-type]
            return self.accounts[login]

    def account_of(self, name: str) -> Account | None:
        """The account that a commit's author name stands for."""
        return self.accounts.get(name)

    def repository(self, owner: str, name: str) -> Repository | None:
        """The repository of that name, in whatever case; an old name leads to the new one."""
        wanted = f"{owner}/{name}".lower()
        with self.lock:
            living = [one for one in self.repositories.values() if not one.deleted]
        for repository in living:
            if repository.full_name.lower() == wanted:
                return repository
        return next((one for one in living if wanted in one.old_names), None)

    def installation_for(self, repository: Repository) -> Installation | None:
        """The installation that covers the repository."""
        for installation in self.installations.values():
            covers = installation.repositories is None or repository.id in installation.repositories
            if installation.account is repository.owner and covers and not installation.deleted:
                return installation
        return None

    def covered(self, installation: Installation) -> Iterator[Repository]:
        """The repositories that an installation may see."""
        for repository in list(self.repositories.values()):
            if self.installation_for(repository) is installation and not repository.deleted:
                yield repository

    def find_pulls(self, sha: str) -> Iterator[tuple[Repository, PullRequest]]:
        """Every pull request whose head is that commit."""
        for repository in list(self.repositories.values()):
            for pull in repository.pulls.values():
                if pull.head_sha == sha:
                    yield repository, pull

    def new_token(
        self,
        installation: Installation,
        permissions: dict[str, str],
        repositories: set[int] | None,
    ) -> Token:
        """An installation token: stateless-looking, about 520 characters, an hour long."""
        value = f"ghs_{self.app.id}_{secrets.token_urlsafe(384)}"
        expires = self.now() + TOKEN_LIFE
        token = Token(value, installation, permissions, expires, repositories)
        with self.lock:
            self.tokens[value] = token
        return token

    def expire_tokens(self) -> None:
        """Lets every installation token given so far end now."""
        with self.lock:
            for token in self.tokens.values():
                token.expires_at = self.now()

    def create_git(self, default_branch: str) -> GitRepository:
        """A new bare repository in the sandbox's folder."""
        git = GitRepository(self.folder / f"{uuid.uuid4().hex}.git")
        git.create(default_branch)
        return git

    def files(self, pull: PullRequest) -> list[ChangedFile]:
        """The pull request's files, from the merge base; remembered by both commits."""
        git = pull.repository.git
        base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
        return self.changes(pull.repository, base, pull.head_sha)

    def changes(self, repository: Repository, base: str, head: str) -> list[ChangedFile]:
        """The files that differ between two commits."""
        key = (repository.id, base, head)
        if key not in self._files:
            self._files[key] = changed_files(repository.git, base, head)
        return self._files[key]
