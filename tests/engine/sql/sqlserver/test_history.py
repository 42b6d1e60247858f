from __future__ import annotations

from tests.support.sides import migration
from workers.engine.compare.differ import compare
from workers.engine.errors import Effect
from workers.engine.prisma.describe import Declaration, Dialect, describe
from workers.engine.schema.model import QualifiedName, SqlType, Table
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Replay, replay

INIT = """
BEGIN TRY

BEGIN TRAN;

-- CreateTable
CREATE TABLE [dbo].[User] (
    [id] INT NOT NULL IDENTITY(1,1),
    [email] NVARCHAR(1000) NOT NULL,
    [name] NVARCHAR(50),
    [active] BIT NOT NULL CONSTRAINT [User_active_df] DEFAULT 1,
    [score] FLOAT(53) NOT NULL CONSTRAINT [User_score_df] DEFAULT 1.5,
    [price] DECIMAL(32,16) NOT NULL,
    [at] DATETIME2 NOT NULL CONSTRAINT [User_at_df] DEFAULT CURRENT_TIMESTAMP,
    [data] VARBINARY(max),
    CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [User_email_key] UNIQUE NONCLUSTERED ([email])
);

-- CreateTable
CREATE TABLE [dbo].[Post] (
    [id] NVARCHAR(1000) NOT NULL,
    [authorId] INT,
    CONSTRAINT [Post_pkey] PRIMARY KEY CLUSTERED ([id])
);

-- CreateIndex
CREATE NONCLUSTERED INDEX [Post_authorId_idx] ON [dbo].[Post]([authorId]);

-- AddForeignKey
ALTER TABLE [dbo].[Post] ADD CONSTRAINT [Post_authorId_fkey] FOREIGN KEY ([authorId])
    REFERENCES [dbo].[User]([id]) ON DELETE SET NULL ON UPDATE CASCADE;

COMMIT TRAN;

END TRY
BEGIN CATCH

IF @@TRANCOUNT > 0
BEGIN
    ROLLBACK TRAN;
END;
THROW

END CATCH
"""
MODELS = """
datasource db {
  provider = "sqlserver"
}

model User {
  id     Int      @id @default(autoincrement())
  email  String   @unique
  name   String?  @db.NVarChar(50)
  active Boolean  @default(true)
  score  Float    @default(1.5)
  price  Decimal
  at     DateTime @default(now())
  data   Bytes?
  posts  Post[]
}

model Post {
  id       String @id @default(cuid())
  author   User?  @relation(fields: [authorId], references: [id])
  authorId Int?

  @@index([authorId])
}
"""


def _run(*scripts: str) -> Replay:
    migrations = [migration(sql, f"2025010100000{at}_step") for at, sql in enumerate(scripts)]
    return replay(migrations, Ground(provider="sqlserver"))


def _table(outcome: Replay, name: str, schema: str = "dbo") -> Table:
    return outcome.schema.tables[QualifiedName(schema, name)]


def _declared(text: str) -> Declaration:
    return describe([SourceFile("schema.prisma", text)], Dialect(default_schema="dbo"))


def test_what_prisma_writes_is_what_the_schema_declares() -> None:
    outcome = _run(INIT)
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    assert compare(_declared(MODELS), outcome.schema).changes == ()


def test_statements_need_no_semicolons() -> None:
    outcome = _run(
        "CREATE TABLE a (x int)\nCREATE INDEX i ON a(x)\nALTER TABLE a ADD y int\n"
        "ALTER TABLE a\n  ALTER COLUMN x bigint NOT NULL\nGO\nDROP INDEX i ON a"
    )
    assert outcome.failures == []
    table = _table(outcome, "a")
    assert [(c.name, c.type.name, c.not_null) for c in table.columns] == [
        ("x", "bigint", True),
        ("y", "int", False),
    ]
    assert table.indexes == ()


def test_everything_is_renamed_with_what_refers_to_it() -> None:
    outcome = _run(
        INIT,
        "EXEC sp_rename 'dbo.User.id', 'key', 'COLUMN';\n"
        "EXEC SP_RENAME N'dbo.User', N'Person';\n"
        "EXEC SP_RENAME N'dbo.Person.User_email_key', N'Person_email_key', N'INDEX';\n"
        "EXEC SP_RENAME N'dbo.User_pkey', N'Person_pkey';\n"
        "EXEC sp_rename N'dbo.Post_authorId_fkey', N'author';",
    )
    assert outcome.failures == []
    person = _table(outcome, "Person")
    assert person.primary_key is not None
    assert (person.primary_key.name, person.primary_key.columns) == ("Person_pkey", ("key",))
    assert [index.name for index in person.indexes] == ["Person_pkey", "Person_email_key"]
    (key,) = _table(outcome, "Post").foreign_keys
    assert (key.name, key.ref_table.name, key.ref_columns) == ("author", "Person", ("key",))


def test_defaults_go_with_their_constraints() -> None:
    outcome = _run(
        INIT,
        "ALTER TABLE [dbo].[User] DROP CONSTRAINT [User_active_df],\n[User_score_df];\n"
        "ALTER TABLE [dbo].[User] ADD CONSTRAINT [x] DEFAULT 'none' FOR [name];\n"
        "ALTER TABLE [dbo].[User] DROP COLUMN [price],\n[data];",
    )
    assert outcome.failures == []
    defaults = {column.name: column.default for column in _table(outcome, "User").columns}
    assert defaults == {
        "id": None,
        "email": None,
        "name": "'none'",
        "active": None,
        "score": None,
        "at": "CURRENT_TIMESTAMP",
    }


def test_a_table_is_made_anew_as_prisma_does_it() -> None:
    outcome = _run(
        INIT,
        """
BEGIN TRANSACTION;
ALTER TABLE [dbo].[User] DROP CONSTRAINT [User_email_key];
ALTER TABLE [dbo].[Post] DROP CONSTRAINT [Post_authorId_fkey];
DECLARE @SQL NVARCHAR(MAX) = N''
SELECT @SQL += N'ALTER TABLE '
    + QUOTENAME(OBJECT_SCHEMA_NAME(PARENT_OBJECT_ID))
    + '.'
    + QUOTENAME(OBJECT_NAME(PARENT_OBJECT_ID))
    + ' DROP CONSTRAINT '
    + OBJECT_NAME(OBJECT_ID) + ';'
FROM SYS.OBJECTS
WHERE TYPE_DESC LIKE '%CONSTRAINT'
    AND OBJECT_NAME(PARENT_OBJECT_ID) = 'User'
    AND SCHEMA_NAME(SCHEMA_ID) = 'dbo'
EXEC sp_executesql @SQL
;
CREATE TABLE [dbo].[_prisma_new_User] (
    [id] INT NOT NULL,
    CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id])
);
IF EXISTS(SELECT * FROM [dbo].[User])
    EXEC('INSERT INTO [dbo].[_prisma_new_User] ([id]) SELECT [id] FROM [dbo].[User]');
DROP TABLE [dbo].[User];
EXEC SP_RENAME N'dbo._prisma_new_User', N'User';
COMMIT;
""",
    )
    assert (outcome.failures, outcome.diagnostics) == ([], [])
    assert [column.name for column in _table(outcome, "User").columns] == ["id"]


def test_a_schema_is_made_behind_prismas_guard() -> None:
    outcome = _run(
        "IF NOT EXISTS (SELECT * FROM sys.schemas WHERE name = N'shop') "
        "EXEC sp_executesql N'CREATE SCHEMA [shop];';\nCREATE TABLE [shop].[t] ([a] INT);"
    )
    assert outcome.failures == []
    assert "shop" in outcome.schema.schemas
    assert _table(outcome, "t", "shop").columns[0].type == SqlType("int")


def test_what_hangs_on_the_database_is_not_judged() -> None:
    outcome = _run(
        "CREATE TABLE a (x int);\nIF COL_LENGTH('a', 'y') IS NULL\nBEGIN\n"
        "    ALTER TABLE a ADD y int;\nEND\nALTER TABLE b ADD z int;"
    )
    assert outcome.failures == []
    assert {one.effect for one in outcome.diagnostics} == {Effect.UNKNOWN}


def test_a_refusal_has_sql_servers_number() -> None:
    for code, script in (
        ("2714", "CREATE TABLE a (x int); CREATE TABLE A (x int);"),
        ("4902", "ALTER TABLE a ADD x int;"),
        ("3701", "DROP TABLE a;"),
        ("2705", "CREATE TABLE a (x int); ALTER TABLE a ADD X int;"),
        ("1767", "CREATE TABLE a (x int REFERENCES b(id));"),
        ("4924", "CREATE TABLE a (x int); ALTER TABLE a ALTER COLUMN y int;"),
        ("3726", INIT + "\nGO\nDROP TABLE [dbo].[User];"),
    ):
        (failure,) = _run(script).failures
        assert failure.sqlstate == code


def test_types_have_the_arguments_that_are_not_written() -> None:
    outcome = _run(
        "CREATE TABLE t (a varchar, b numeric(9), c float, d float(24), e double precision, "
        "f sysname, g datetime2(3), h nchar(2), i [nvarchar](max), j integer, k rowversion, "
        "l AS (a + 'x') PERSISTED)"
    )
    assert outcome.failures == []
    assert [column.type for column in _table(outcome, "t").columns][:11] == [
        SqlType("varchar", ("1",)),
        SqlType("decimal", ("9", "0")),
        SqlType("float", ("53",)),
        SqlType("real"),
        SqlType("float", ("53",)),
        SqlType("nvarchar", ("128",)),
        SqlType("datetime2"),
        SqlType("nchar", ("2",)),
        SqlType("nvarchar", ("max",)),
        SqlType("int"),
        SqlType("timestamp"),
    ]
