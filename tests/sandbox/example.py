"""The demo's pull request: the EverMed project before and after the change under review."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.handles import PullHandle, RepositoryHandle
from tests.sandbox.server import Sandbox

FOLDER = Path(__file__).parent / "evermed"
REPOSITORY = "evermed/evermed-app"
AUTHOR = "thea"
MENDED_AWAY = (
    "db/migrations/20250225120000_add_chat_message.sql",
    "db/migrations/20250610000000_add_feature_flags_and_analytics/migration.sql",
)
BODY = """\
Food entries, personal models, chat and feature flags.

- [x] schema
- [x] migrations
- [ ] try it on staging
"""


def read(folder: str) -> dict[str, str]:
    """The files of one side by path; the folder's name says which."""
    root = FOLDER / folder
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def changes(base: dict[str, str], head: dict[str, str]) -> dict[str, str | None]:
    """What a commit must set (or with None delete) to turn one side into the other."""
    changed: dict[str, str | None] = {p: text for p, text in head.items() if base.get(p) != text}
    return changed | dict.fromkeys(base.keys() - head.keys())


def create(sandbox: Sandbox) -> RepositoryHandle:
    """The repository as it was, with people who may and may not write."""
    repository = sandbox.create_repository(REPOSITORY, read("base"), message="EverMed so far")
    repository.add_collaborator(AUTHOR, "write")
    repository.add_collaborator("omar", "maintain")
    repository.add_collaborator("rita", "read")
    return repository


def open_pull_request(repository: RepositoryHandle) -> PullHandle:
    """The pull request, with what may be pushed to it behind buttons of its page."""
    base, head = read("base"), read("head")
    pull = repository.open_pull_request(
        "metabolic-insights",
        changes(base, head),
        title="Metabolic insights, chat and feature flags",
        body=BODY,
        user=AUTHOR,
    )
    mended = head | read("mended")
    for path in MENDED_AWAY:
        del mended[path]
    everything = changes(head, mended)
    one = {path: text for path, text in everything.items() if "metabolic_insights" in path}
    pull.prepare("Mend personal_models", one, "its migration then makes what the schema declares")
    pull.prepare("Mend everything", everything, "what the review asks for")
    readme = {"README.md": head["README.md"] + "\nMore to come.\n"}
    pull.prepare("Push something unrelated", readme, "nothing is said twice")
    pull.prepare("Push the first version again", changes(base, head), "one commit", force=True)
    return pull
