"""Small pairs of a Prisma schema for MySQL and a migration, and what separates them.

What is expected follows Prisma's engine as its source reads (`flavour/mysql/schema_differ.rs`,
`sql-schema-describer/src/mysql.rs`); the engine that npm has does not speak MySQL.
"""

from __future__ import annotations

from tests.support.drift_cases import Case

_END = ") DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"


def _column(field: str, column: str, *changes: str, more: str = "") -> Case:
    return Case(
        f"{field} over {column}",
        f"{more}model T {{\n  id Int @id @default(autoincrement())\n  {field}\n}}\n",
        f"CREATE TABLE `T` (`id` INTEGER NOT NULL AUTO_INCREMENT, {column}, "
        f"PRIMARY KEY (`id`){_END}",
        tuple(f"{change} public.T.a" for change in changes),
    )


TYPE, DEFAULT, REQUIRED = "ColumnTypeChanged", "ColumnDefaultChanged", "ColumnNullabilityChanged"
_ROLE = 'enum Role {\n  USER\n  ADMIN @map("admin")\n}\n\n'

COLUMNS = (
    _column("a String", "a VARCHAR(191) NOT NULL"),
    _column("a String", "a VARCHAR(255) NOT NULL", TYPE),
    _column("a String", "a TEXT NOT NULL", TYPE),
    _column("a Boolean @default(true) @db.TinyInt", "a TINYINT(1) NOT NULL DEFAULT 1"),
    _column("a String? @db.Text", "a TEXT NULL"),
    _column("a String? @db.Text", "a TEXT NOT NULL", REQUIRED),
    _column("a String @db.Char(36)", "a CHARACTER(36) NOT NULL"),
    _column("a Boolean @default(true)", "a BOOLEAN NOT NULL DEFAULT true"),
    _column("a Boolean @default(true)", "a TINYINT(1) NOT NULL DEFAULT 1"),
    _column("a Boolean @default(true)", "a BOOLEAN NOT NULL DEFAULT false", DEFAULT),
    _column("a Int @db.TinyInt", "a BOOLEAN NOT NULL"),
    _column("a Int", "a INT(11) NOT NULL"),
    _column("a Int", "a INTEGER UNSIGNED NOT NULL", TYPE),
    _column("a Int @db.UnsignedInt", "a INT UNSIGNED NOT NULL"),
    _column("a BigInt", "a INTEGER NOT NULL", TYPE),
    _column("a Int @default(0)", "a INTEGER NOT NULL DEFAULT '0'"),
    _column("a Int @default(0)", "a INTEGER NOT NULL", DEFAULT),
    _column("a Int", "a INTEGER NOT NULL DEFAULT 0", DEFAULT),
    _column("a Float", "a DOUBLE PRECISION NOT NULL"),
    _column("a Float", "a FLOAT NOT NULL", TYPE),
    _column("a Decimal @default(1.50)", "a DECIMAL(65, 30) NOT NULL DEFAULT 1.5"),
    _column("a Decimal", "a DECIMAL(10, 2) NOT NULL", TYPE),
    _column("a Decimal @db.Decimal(10, 2)", "a NUMERIC(10, 2) NOT NULL"),
    _column("a DateTime", "a DATETIME(3) NOT NULL"),
    _column("a DateTime", "a DATETIME NOT NULL", TYPE),
    _column("a DateTime @db.DateTime(0)", "a DATETIME NOT NULL"),
    _column("a DateTime @db.DateTime", "a DATETIME NOT NULL", TYPE),
    _column("a DateTime @db.Time", "a TIME NOT NULL"),
    _column("a DateTime @db.Timestamp(0)", "a TIMESTAMP NOT NULL"),
    _column("a DateTime @default(now())", "a DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)"),
    _column(
        "a DateTime @default(now())",
        "a DATETIME(3) NOT NULL DEFAULT NOW(3) ON UPDATE NOW(3)",
    ),
    _column("a DateTime @updatedAt", "a DATETIME(3) NOT NULL"),
    _column(
        'a DateTime @default(dbgenerated("CURRENT_TIMESTAMP(3)"))',
        "a DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)",
        DEFAULT,
    ),
    _column("a Json", "a JSON NOT NULL"),
    _column('a Json @default("{}")', "a JSON NOT NULL"),
    _column("a Json", "a LONGTEXT NOT NULL", TYPE),
    _column("a Bytes", "a LONGBLOB NOT NULL"),
    _column("a Bytes @db.VarBinary(16)", "a VARBINARY(16) NOT NULL"),
    _column("a Role", "a ENUM('USER', 'admin') NOT NULL", more=_ROLE),
    _column("a Role", "a ENUM('admin', 'USER') NOT NULL", TYPE, more=_ROLE),
    _column("a Role", "a ENUM('USER') NOT NULL", TYPE, more=_ROLE),
    _column("a Role", "a VARCHAR(191) NOT NULL", TYPE, more=_ROLE),
    _column(
        "a Role @default(ADMIN)", "a ENUM('USER','admin') NOT NULL DEFAULT 'admin'", more=_ROLE
    ),
    _column(
        "a Role @default(ADMIN)",
        "a ENUM('USER','admin') NOT NULL DEFAULT 'USER'",
        DEFAULT,
        more=_ROLE,
    ),
    _column('a String @default("it\'s")', "a VARCHAR(191) NOT NULL DEFAULT 'it''s'"),
    _column('a String @default("1")', "a VARCHAR(191) NOT NULL DEFAULT '2'", DEFAULT),
    _column("a String @default(uuid())", "a VARCHAR(191) NOT NULL"),
    _column(
        'a String @default(dbgenerated("(uuid())"))', "a VARCHAR(191) NOT NULL DEFAULT (UUID())"
    ),
    _column("a String", "a VARCHAR(191) NOT NULL DEFAULT (UUID())", DEFAULT),
    _column('a Unsupported("point")', "a POINT NOT NULL"),
    _column('a Unsupported("point")', "a GEOMETRY NOT NULL"),
    _column("a String", "a VARCHAR(191) CHARACTER SET latin1 NOT NULL"),
)

_USER = "model User {\n  id Int @id @default(autoincrement())\n  posts Post[]\n}\n\n"
_USERS = f"CREATE TABLE `User` (`id` INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`){_END}\n"


def _post(extra: str = "", relation: str = "") -> str:
    return (
        f"{_USER}model Post {{\n  id Int @id @default(autoincrement())\n"
        f"  author User @relation(fields: [authorId], references: [id]{relation})\n"
        f"  authorId Int\n{extra}}}\n"
    )


def _posts(indexes: str = "", key: str = "`Post_authorId_fkey`", actions: str = "") -> str:
    actions = actions or "ON DELETE RESTRICT ON UPDATE CASCADE"
    return (
        f"{_USERS}CREATE TABLE `Post` (`id` INTEGER NOT NULL AUTO_INCREMENT, `authorId` INTEGER "
        f"NOT NULL, {indexes}PRIMARY KEY (`id`){_END}\nALTER TABLE `Post` ADD CONSTRAINT {key} "
        f"FOREIGN KEY (`authorId`) REFERENCES `User`(`id`) {actions};"
    )


_INDEX = "  @@index([authorId])\n"

OTHERS = (
    Case("a key brings its own index", _post(), _posts()),
    Case(
        "a declared index, for which the key's stands",
        _post(_INDEX),
        _posts(),
        ("IndexChanged public.Post.Post_authorId_idx",),
    ),
    Case(
        "a declared index that is there",
        _post(_INDEX),
        _posts("INDEX `Post_authorId_idx`(`authorId`), "),
    ),
    Case(
        "an index of the key's columns is never dropped", _post(), _posts("INDEX `x`(`authorId`), ")
    ),
    Case(
        "another index is",
        _post(),
        _posts("INDEX `x`(`authorId`, `id`), "),
        ("IndexExtra public.Post.x",),
    ),
    Case(
        "a unique one is",
        _post(),
        _posts("UNIQUE INDEX `x`(`authorId`), "),
        ("IndexExtra public.Post.x",),
    ),
    Case(
        "other actions; the index goes and comes with the key",
        _post(relation=", onDelete: Cascade"),
        _posts(),
        ("ForeignKeyChanged public.Post.Post_authorId_fkey",),
    ),
    Case(
        "another name",
        _post(),
        _posts(key="`author`"),
        ("ForeignKeyChanged public.Post.Post_authorId_fkey",),
    ),
    Case(
        "no actions written are none",
        _post(relation=", onDelete: NoAction, onUpdate: NoAction"),
        _posts(actions=" "),
    ),
    Case(
        "a prefix, a direction, a full text",
        "model T {\n  id Int @id\n  a String @db.Text\n  b Int\n  @@index([a(length: 20)])\n"
        '  @@index([b(sort: Desc)])\n  @@fulltext([a], map: "ft")\n}\n',
        "CREATE TABLE `T` (`id` INTEGER NOT NULL, `a` TEXT NOT NULL, `b` INTEGER NOT NULL, "
        f"INDEX `T_a_idx`(`a`(20)), INDEX `T_b_idx`(`b` DESC), FULLTEXT INDEX `ft`(`a`), "
        f"PRIMARY KEY (`id`){_END}",
    ),
    Case(
        "another prefix",
        "model T {\n  id Int @id\n  a String @db.Text\n  @@index([a(length: 20)])\n}\n",
        f"CREATE TABLE `T` (`id` INTEGER NOT NULL, `a` TEXT NOT NULL, INDEX `T_a_idx`(`a`(10)), "
        f"PRIMARY KEY (`id`){_END}",
        ("IndexChanged public.T.T_a_idx",),
    ),
    Case(
        "many to many",
        "model A {\n  id Int @id\n  b B[]\n}\n\nmodel B {\n  id Int @id\n  a A[]\n}\n",
        f"CREATE TABLE `A` (`id` INTEGER NOT NULL, PRIMARY KEY (`id`){_END}"
        f"CREATE TABLE `B` (`id` INTEGER NOT NULL, PRIMARY KEY (`id`){_END}"
        "CREATE TABLE `_AToB` (`A` INTEGER NOT NULL, `B` INTEGER NOT NULL, UNIQUE INDEX "
        f"`_AToB_AB_unique`(`A`, `B`), INDEX `_AToB_B_index`(`B`){_END}"
        "ALTER TABLE `_AToB` ADD CONSTRAINT `_AToB_A_fkey` FOREIGN KEY (`A`) REFERENCES `A`(`id`) "
        "ON DELETE CASCADE ON UPDATE CASCADE;"
        "ALTER TABLE `_AToB` ADD CONSTRAINT `_AToB_B_fkey` FOREIGN KEY (`B`) REFERENCES `B`(`id`) "
        "ON DELETE CASCADE ON UPDATE CASCADE;",
    ),
    Case(
        "a table that is not made",
        "model T {\n  id Int @id\n  name String @unique\n}\n",
        "SELECT 1;",
        ("TableMissing public.T",),
    ),
    Case(
        "a column under its old name",
        "model T {\n  id Int @id\n  firstName String\n}\n",
        f"CREATE TABLE `T` (`id` INTEGER NOT NULL, `first_name` VARCHAR(191) NOT NULL, "
        f"PRIMARY KEY (`id`){_END}",
        ("ColumnRenamed public.T.firstName",),
    ),
    Case(
        "a number that counts by itself",
        "model T {\n  id Int @id\n}\n",
        f"CREATE TABLE `T` (`id` INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`){_END}",
        ("ColumnDefaultChanged public.T.id",),
    ),
    Case(
        "another primary key",
        "model T {\n  a Int\n  b Int\n  @@id([a, b])\n}\n",
        "CREATE TABLE `T` (`a` INTEGER NOT NULL, `b` INTEGER NOT NULL, "
        f"PRIMARY KEY (`b`, `a`){_END}",
        ("PrimaryKeyChanged public.T.PRIMARY",),
    ),
)
