"""Which files of a repository matter, told by their paths alone."""

from __future__ import annotations

_SUFFIXES = (".prisma", ".sql", ".sh", ".bash")
_SCRIPT_SUFFIXES = (".ts", ".js", ".mjs", ".cjs", ".mts", ".cts")
_NAMES = frozenset(
    {
        "package.json",
        "migration_lock.toml",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "pnpm-workspace.yaml",
        "yarn.lock",
        "bun.lock",
        "turbo.json",
        "procfile",
        "makefile",
        "justfile",
        "vercel.json",
        "netlify.toml",
        "railway.json",
        "railway.toml",
        "nixpacks.toml",
        "fly.toml",
        "render.yaml",
        "render.yml",
        "app.json",
        "heroku.yml",
        ".gitlab-ci.yml",
        "claude.md",
        "agents.md",
        "contributing.md",
    }
)
_FOREIGN_FOLDERS = frozenset(
    {"node_modules", ".git", ".next", ".turbo", ".yarn", "bower_components", ".venv", ".pnpm-store"}
)


def is_wanted(path: str) -> bool:
    """Whether the engine wants to read a file of this path (from the root, with "/")."""
    *folders, name = path.split("/")
    if not _FOREIGN_FOLDERS.isdisjoint(folders):
        return False
    lower = name.lower()
    if lower.endswith(_SUFFIXES) or lower in _NAMES:
        return True
    return (
        _is_prisma_config(folders, lower)
        or _is_environment(lower)
        or _is_container(lower)
        or _is_workflow(folders, lower)
        or _is_supabase_config(folders, lower)
        or folders[-1:] == [".husky"]
    )


def is_schema_file(path: str) -> bool:
    """Whether the path is a Prisma schema's, or a part's of one."""
    return path.endswith(".prisma")


def is_sql(path: str) -> bool:
    """Whether the path is an SQL file's."""
    return path.lower().endswith(".sql")


def _is_prisma_config(folders: list[str], lower: str) -> bool:
    stem, dot, suffix = lower.rpartition(".")
    if dot + suffix not in _SCRIPT_SUFFIXES:
        return False
    return stem == "prisma.config" or (stem == "prisma" and folders[-1:] == [".config"])


def _is_environment(lower: str) -> bool:
    if lower == ".env" or lower.startswith(".env.") or lower.endswith(".env"):
        return True
    return lower in ("env.example", "env.sample", "env.template", "env.dist", "env.local")


def _is_container(lower: str) -> bool:
    if lower.startswith(("dockerfile", "containerfile")) or lower.endswith(".dockerfile"):
        return True
    is_yaml = lower.endswith((".yml", ".yaml"))
    return is_yaml and (lower.startswith("compose") or "docker-compose" in lower)


def _is_workflow(folders: list[str], lower: str) -> bool:
    is_yaml = lower.endswith((".yml", ".yaml"))
    if not is_yaml:
        return False
    if folders[:2] == [".github", "workflows"] or folders[:2] == [".github", "actions"]:
        return True
    if folders == [".github"] and lower in ("driftline.yml", "driftline.yaml"):
        return True
    return folders == [".circleci"]


def _is_supabase_config(folders: list[str], lower: str) -> bool:
    return folders[-1:] == ["supabase"] and lower == "config.toml"
