"""The database server that a job of GitHub Actions starts for itself, by Prisma's provider."""

from __future__ import annotations

from types import MappingProxyType

from msgspec import Struct


class Server(Struct, frozen=True):
    """An image with its settings, how it says that it is ready, and where Prisma finds it.

    No `image`: the database is a file. Passwords are those of a server that lives for one job.
    """

    url: str
    image: str = ""
    environment: tuple[str, ...] = ()
    port: int = 0
    health: str = ""

    @property
    def services(self) -> str:
        """The job's `services` block; nothing for a file."""
        if not self.image:
            return ""
        settings = "".join(f"          {line}\n" for line in self.environment)
        return (
            "    services:\n"
            "      database:\n"
            f"        image: {self.image}\n"
            "        env:\n"
            f"{settings}"
            "        ports:\n"
            f"          - {self.port}:{self.port}\n"
            "        options: >-\n"
            f"          --health-cmd {self.health}\n"
            "          --health-interval 2s --health-timeout 5s --health-retries 30\n"
        )


_POSTGRES = Server(
    url="postgresql://postgres:postgres@localhost:5432/postgres",
    image="postgres:17",
    environment=("POSTGRES_PASSWORD: postgres",),
    port=5432,
    health="pg_isready",
)
SERVERS = MappingProxyType(
    {
        "postgresql": _POSTGRES,
        "postgres": _POSTGRES,
        "sqlite": Server(url="file:./drift-check.db"),
        "mysql": Server(
            url="mysql://root:drift@127.0.0.1:3306/drift",
            image="mysql:8.4",
            environment=("MYSQL_ROOT_PASSWORD: drift", "MYSQL_DATABASE: drift"),
            port=3306,
            health='"mysqladmin ping -h 127.0.0.1 -uroot -pdrift"',
        ),
        "sqlserver": Server(
            url="sqlserver://localhost:1433;database=drift;user=sa;password=Drift-check-1;"
            "trustServerCertificate=true",
            image="mcr.microsoft.com/mssql/server:2022-latest",
            environment=('ACCEPT_EULA: "Y"', "MSSQL_SA_PASSWORD: Drift-check-1"),
            port=1433,
            health='"/opt/mssql-tools18/bin/sqlcmd -C -b -S localhost -U sa -P Drift-check-1 '
            "-Q 'SELECT 1'\"",
        ),
    }
)
"""`prisma migrate deploy` makes the database where the server does not."""
