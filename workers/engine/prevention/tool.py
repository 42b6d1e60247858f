"""How a project calls Prisma: by which package manager, and with the options of its version.

Prisma 7 took away `--from-schema-datamodel`, `--to-schema-datamodel`, `--from-schema-datasource`
and `--from-url` of `migrate diff` (the connections stand in prisma.config.ts since):
https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from workers.engine.project.discovery import Pair
from workers.engine.project.paths import folder_of, is_under, name_of
from workers.engine.project.schemas import finds_by_itself

Manager = Literal["npm", "pnpm", "yarn", "bun"]
_LOCKS: Mapping[str, Manager] = {
    "pnpm-lock.yaml": "pnpm",
    "pnpm-workspace.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
}
_CONFIGURED = (7, 0)


class Tool(Struct, frozen=True):
    """The package manager, the locked version, and where the schema and the migrations lie.

    Paths are as the package in `folder` sees them; `schema` is empty where Prisma finds the schema
    by itself.
    """

    manager: Manager
    version: tuple[int, int]
    schema: str
    schema_path: str
    migrations_path: str
    folder: str = ""
    lock_folder: str = ""
    """Where the packages are installed: the folder of the lock file."""

    @property
    def option(self) -> str:
        """` --schema=PATH`, or nothing where Prisma finds it by itself."""
        return f" --schema={self.schema}" if self.schema else ""

    @property
    def scripts(self) -> dict[str, str]:
        """The scripts of package.json that look before anything is changed, by name."""
        return {
            "db:validate": f"prisma validate{self.option}",
            "db:status": f"prisma migrate status{self.option}",
            "db:diff": self.diff,
            "db:preview": f"prisma migrate dev --create-only{self.option}",
        }

    @property
    def diff(self) -> str:
        """The command that fails (code 2) where the database is not what the schema declares.

        It reads the database that the environment names: in CI one that the migrations have just
        made, so that it compares them with the schema.
        """
        if self.version >= _CONFIGURED:
            source = "--from-config-datasource"
            return f"prisma migrate diff {source} --to-schema {self.schema_path} --exit-code"
        path = self.schema_path
        return (
            f"prisma migrate diff --from-schema-datasource {path} --to-schema-datamodel {path} "
            "--exit-code"
        )

    @property
    def deploy(self) -> str:
        """The command that applies what is pending."""
        return f"prisma migrate deploy{self.option}"

    @property
    def install(self) -> str:
        """How CI installs the packages as locked."""
        return {
            "npm": "npm ci",
            "pnpm": "pnpm install --frozen-lockfile",
            "yarn": "yarn install --immutable",
            "bun": "bun install --frozen-lockfile",
        }[self.manager]

    @property
    def run(self) -> str:
        """What stands before a command of a package: `npx`."""
        runners = {"npm": "npx", "pnpm": "pnpm exec", "yarn": "yarn", "bun": "bunx"}
        return runners[self.manager]

    @property
    def label(self) -> str:
        """What tells the schema from others in a name: its package's folder, else its own."""
        home = self.folder or folder_of(self.schema_path)
        parts = [part for part in home.split("/") if part not in ("packages", "apps", "prisma")]
        written = "-".join(parts) or "app"
        return "".join(sign if sign.isalnum() else "-" for sign in written).strip("-") or "app"

    def script(self, name: str) -> str:
        """How a script of package.json is called."""
        return f"npm run {name}" if self.manager == "npm" else f"{self.manager} run {name}"


def lock_of(paths: Iterable[str], folder: str) -> str:
    """The lock file that a package in a folder is installed by; "" where there is none."""
    order = list(_LOCKS)
    found = [p for p in paths if name_of(p) in _LOCKS and is_under(f"{folder}/x", folder_of(p))]
    found.sort(key=lambda path: (path.count("/"), order.index(name_of(path))))
    return found[0] if found else ""


def tool_for(pair: Pair, paths: Iterable[str], folder: str = "") -> Tool:
    """How a package in a folder calls Prisma for a pair."""
    root = pair.schema.root if pair.schema is not None else ""
    migrations = pair.migrations.path if pair.migrations is not None else ""
    within = f"{folder}/" if folder else ""
    is_found = pair.schema is not None and finds_by_itself(pair.schema, folder)
    lock = lock_of(paths, folder)
    return Tool(
        manager=_LOCKS.get(name_of(lock), "npm"),
        version=pair.prisma_version,
        schema="" if is_found else root.removeprefix(within),
        schema_path=root.removeprefix(within),
        migrations_path=migrations.removeprefix(within),
        folder=folder,
        lock_folder=folder_of(lock),
    )
