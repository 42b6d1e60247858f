"""What committed settings hold is compared, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.cli import main

FILES = {
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n'
    '  url = env("DATABASE_URL")\n}\n\nmodel User {\n  id Int @id\n}\n',
    "prisma/migrations/20250101000000_init/migration.sql": 'CREATE TABLE "User" ('
    '"id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));\n',
    ".env.development": "DATABASE_URL=postgresql://app:hunter2@db.acme.io/app\n",
    ".env.production": "DATABASE_URL=postgresql://app:hunter2@db.acme.io/app\n",
    ".env.staging": "DATABASE_URL=postgresql://app:hunter2@db.acme.io/app?schema=staging\n",
}


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif"])
def test_no_form_of_the_findings_shows_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    main(["check", str(tmp_path), "--format", form])
    told = "".join(capsys.readouterr())
    assert "environments-share-database" in told
    assert ".env.staging` point" not in told
    assert "hunter2" not in told
    assert "acme" not in told
