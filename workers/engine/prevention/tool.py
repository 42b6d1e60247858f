"""How a project calls Prisma: by which package manager, and with the options of its version.

Prisma 7 took away `--from-schema-datamodel`, `--to-schema-datamodel`, `--from-url` and
`--shadow-database-url` of `migrate diff` (the connections stand in prisma.config.ts since), and
`--skip-generate` of `db push`:
https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

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

    `schema` is empty where Prisma finds the schema by itself.
    """

    manager: Manager
    version: tuple[int, int]
    schema: str
    schema_path: str
    migrations_path: str

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
        """The command that fails (code 2) where the migrations do not make the schema.

        It replays them on a shadow database: of prisma.config from version 7 on, named by
        `SHADOW_DATABASE_URL` before.
        """
        to = "--to-schema" if self.version >= _CONFIGURED else "--to-schema-datamodel"
        command = (
            f"prisma migrate diff --from-migrations {self.migrations_path} "
            f"{to} {self.schema_path} --exit-code"
        )
        if self.version >= _CONFIGURED:
            return command
        return f'{command} --shadow-database-url "$SHADOW_DATABASE_URL"'

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

    def script(self, name: str) -> str:
        """How a script of package.json is called."""
        return f"npm run {name}" if self.manager == "npm" else f"{self.manager} run {name}"


def manager_of(paths: Iterable[str]) -> Manager:
    """The package manager whose lock file lies nearest to the root; npm where there is none."""
    found = [path for path in paths if path.rpartition("/")[2] in _LOCKS]
    order = list(_LOCKS)
    found.sort(key=lambda path: (path.count("/"), order.index(path.rpartition("/")[2])))
    return _LOCKS[found[0].rpartition("/")[2]] if found else "npm"
