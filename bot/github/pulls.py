"""Reads about the repository and its pull requests (port `PullRequests`)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from bot.github import answers
from bot.github.errors import NotFound, Unprocessable
from bot.github.facts import (
    ChangedFile,
    Comparison,
    OpenPaths,
    Permission,
    PullRequest,
    RepositoryFacts,
)
from bot.github.repository import RepositoryClient

_OPEN_PATHS = """
query OpenPaths($owner: String!, $name: String!, $base: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(
      states: OPEN, baseRefName: $base, first: 100, orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      nodes {
        number
        headRefOid
        files(first: 100) { nodes { path changeType } }
      }
    }
  }
}
"""


class Pulls(RepositoryClient):
    """Pull requests of one repository."""

    def repository(self) -> RepositoryFacts:
        """The repository as it is now: its name after a rename, archived, disabled."""
        return answers.repository(self._transport.get(self._path()))

    def branch_sha(self, branch: str) -> str:
        """The commit at the tip of a branch."""
        path = self._path("git", "ref", "heads", quote(branch, safe="/"))
        return str(self._transport.get(path)["object"]["sha"])

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""
        return answers.pull_request(self._transport.get(self._path("pulls", number)))

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """Every open pull request, the newest first."""
        items = self._transport.pages(self._path("pulls"), state="open")
        pulls = (answers.pull_request(item) for item in items)
        return tuple(pull for pull in pulls if pull.is_open)

    def pull_requests_of(self, head_sha: str) -> tuple[PullRequest, ...]:
        """Open pull requests whose head is `head_sha`, those of forks included.

        `commits/{sha}/pulls` leaves out what lies in a fork alone, so the list of open pull
        requests is asked where it names none.
        """
        try:
            items = self._transport.pages(self._path("commits", head_sha, "pulls"))
            found = _with_head((answers.pull_request(item) for item in items), head_sha)
        except (NotFound, Unprocessable):  # 422: no commit of that sha in this repository
            found = ()
        return found or _with_head(self.open_pull_requests(), head_sha)

    def open_paths(self, base_ref: str) -> tuple[OpenPaths, ...]:
        """What the open pull requests onto a branch add, those touched last first, by GraphQL."""
        owner, _, name = self.name.partition("/")
        variables = {"owner": owner, "name": name, "base": base_ref}
        repository = self._transport.graphql(_OPEN_PATHS, variables).get("repository")
        if repository is None:
            raise NotFound("GitHub's GraphQL knows no such repository.", status=404)
        nodes = repository["pullRequests"]["nodes"]
        return tuple(answers.open_paths(node) for node in nodes if node)

    def changed_files(self, number: int) -> tuple[ChangedFile, ...]:
        """The pull request's files with their patches; GitHub lists at most 3,000."""
        items = self._transport.pages(self._path("pulls", number, "files"))
        return tuple(answers.changed_file(item) for item in items)

    def compare(self, base: str, head: str) -> Comparison:
        """`base...head`, by sha or `branch` or `owner:branch`."""
        basehead = f"{quote(base, safe=':')}...{quote(head, safe=':')}"
        return answers.comparison(self._transport.get(f"{self._path('compare')}/{basehead}"))

    def permission(self, login: str) -> Permission:
        """What `login` may do here; a stranger or an unknown account may do nothing."""
        try:
            answer = self._transport.get(self._path("collaborators", login, "permission"))
        except NotFound:
            return Permission.NONE
        known = {each.value: each for each in Permission}
        return known.get(str(answer.get("permission")), Permission.NONE)


def _with_head(pulls: Iterable[PullRequest], head_sha: str) -> tuple[PullRequest, ...]:
    return tuple(pull for pull in pulls if pull.is_open and pull.head.sha == head_sha)
