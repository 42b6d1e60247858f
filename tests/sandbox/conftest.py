"""What the sandbox's own tests share: a sandbox, a receiver of webhooks, PyGithub as the client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from github import Auth, Github, GithubIntegration
from github.PullRequest import PullRequest as ClientPull
from github.Repository import Repository as ClientRepository
from github.Requester import Requester

from tests.sandbox import PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.receiver import Receiver

TABLE = "create table a (\n  id int,\n  name text,\n  note text\n);\n"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def github(receiver: Receiver) -> Iterator[Sandbox]:
    """A sandbox whose webhooks go to the receiver; it must not have been misused at the end."""
    with Sandbox(receiver.url) as running:
        running.app.events.append("push")
        yield running
        assert running.violations == []


@dataclass
class Client:
    """The App's side of the sandbox, by PyGithub."""

    sandbox: Sandbox

    def app(self) -> GithubIntegration:
        """Signed in as the App."""
        auth = Auth.AppAuth(self.sandbox.app.id, self.sandbox.app.private_key)
        return GithubIntegration(auth=auth, base_url=self.sandbox.api_url, retry=None, **QUICK)

    def installation(
        self, permissions: dict[str, str] | None = None, number: int | None = None
    ) -> Github:
        """Signed in as an installation, the first one unless told."""
        number = number or next(iter(self.sandbox.world.installations))
        auth = Auth.AppAuth(self.sandbox.app.id, self.sandbox.app.private_key)
        token = auth.get_installation_auth(number, permissions)
        return Github(auth=token, base_url=self.sandbox.api_url, retry=None, **QUICK)

    def repository(self, permissions: dict[str, str] | None = None) -> ClientRepository:
        """`acme/app`."""
        return self.installation(permissions).get_repo("acme/app")

    def pull(self) -> ClientPull:
        """`acme/app#1`."""
        return self.repository().get_pull(1)


QUICK = {"seconds_between_requests": 0, "seconds_between_writes": 0}


@pytest.fixture
def repository(github: Sandbox) -> RepositoryHandle:
    """`acme/app` with a table in `db/a.sql` and a README; `alice` may write."""
    made = github.create_repository("acme/app", {"README.md": "Hello\n", "db/a.sql": TABLE})
    made.add_collaborator("alice", "write")
    return made


@pytest.fixture
def pull(repository: RepositoryHandle) -> PullHandle:
    """`acme/app#1`, which changes line 3 of `db/a.sql` and adds `db/b.sql`."""
    files = {"db/a.sql": TABLE.replace("name text", "title text"), "db/b.sql": "select 1;\n"}
    return repository.open_pull_request("feature", files, title="Rename", user="alice")


@pytest.fixture
def client(github: Sandbox) -> Iterator[Client]:
    """PyGithub as it comes: the App's own connections, once imported, hold for the process."""
    state = vars(Requester)
    names = [name for name in state if name.endswith(("ConnectionClass", "__persist"))]
    before = {name: state[name] for name in names}
    Requester.resetConnectionClasses()
    yield Client(github)
    for name, value in before.items():
        setattr(Requester, name, value)
