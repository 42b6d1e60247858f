"""Whether a pull request concerns the database at all."""

from __future__ import annotations

from workers.engine.code.places import is_code, is_config, may_concern
from workers.engine.project.layout import is_schema_file, is_wanted
from workers.engine.snapshot import Snapshot, Tree


def is_touched(snapshot: Snapshot) -> bool:
    """Whether a file changed that is read: schemas and migrations, or code that uses them."""
    changed = snapshot.changed
    if changed is None or any(is_wanted(path) for path in changed):
        return True
    code = [path for path in changed if is_code(path) and not is_config(path)]
    if not code or not any(is_schema_file(path) for path in snapshot.head.paths):
        return False
    trees = [tree for tree in (snapshot.head, snapshot.base) if tree is not None]
    return any(_concerns(tree, path) for path in code for tree in trees)


def _concerns(tree: Tree, path: str) -> bool:
    data = tree.files.get(path)
    if data is None:
        data = tree.code.contents.get(tree.code.names.get(path, ""))
    return data is not None and may_concern(path, data)
