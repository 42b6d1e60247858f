"""Scripts that MySQL and MariaDB both take, with every statement that the replay knows."""

from __future__ import annotations

_USER = """
CREATE TABLE `User` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `email` VARCHAR(191) NOT NULL,
    `role` ENUM('USER', 'it''s') NOT NULL DEFAULT 'it''s',
    `points` INTEGER UNSIGNED NULL DEFAULT 0,
    `price` DECIMAL(65, 30) NOT NULL DEFAULT 0,
    `active` BOOLEAN NOT NULL DEFAULT true,
    `data` JSON NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `User_email_key`(`email`),
    INDEX `User_role_points_idx`(`role`, `points` DESC),
    FULLTEXT INDEX `User_email_idx`(`email`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
"""
_POST = """
CREATE TABLE `Post` (
    `id` VARCHAR(191) NOT NULL,
    `authorId` INTEGER NOT NULL,
    `title` VARCHAR(191) NULL,
    `body` TEXT NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `Post` ADD CONSTRAINT `Post_authorId_fkey` FOREIGN KEY (`authorId`)
    REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;
"""

SCRIPTS: dict[str, str] = {
    "what Prisma writes first": _USER + _POST,
    "types by all their names": """
CREATE TABLE t (
    a BOOL DEFAULT FALSE, b TINYINT(1) UNSIGNED DEFAULT 1, c INT(11) ZEROFILL, d INT8,
    e NUMERIC, f DEC(5), g REAL, h DOUBLE PRECISION DEFAULT 1e3, i FLOAT(30), j FLOAT(7, 3),
    k DOUBLE(8, 2) DEFAULT '2.5', l BIT, m BIT(8) DEFAULT b'101', n CHAR, o NVARCHAR(20),
    p CHARACTER VARYING(5) DEFAULT '7', q BINARY, r VARBINARY(9), s BLOB(300), t TEXT(70000),
    u LONG VARCHAR, v DATETIME DEFAULT '2020-01-01 00:00:00', w TIME(3), x YEAR(4) DEFAULT 2020,
    y SET('a', 'b') DEFAULT 'a,b', z TIMESTAMP NULL, big BIGINT DEFAULT -5, n1 INT DEFAULT '12',
    dec1 DECIMAL(10, 2) DEFAULT 1.5, ts TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6),
    n2 INT DEFAULT NULL
) DEFAULT CHARSET = utf8mb4 COLLATE utf8mb4_general_ci;
""",
    "names that MySQL gives": """
CREATE TABLE p (id SERIAL, a INT, b INT, KEY (a), KEY (a, b), UNIQUE (b), PRIMARY KEY (id))
    COMMENT 'parents';
CREATE TABLE c (x BIGINT UNSIGNED, y BIGINT UNSIGNED, z BIGINT UNSIGNED, KEY (z, x),
    FOREIGN KEY (x) REFERENCES p (id) ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (z) REFERENCES p (id) ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (y) REFERENCES p (id) ON DELETE SET NULL ON UPDATE SET NULL);
ALTER TABLE c RENAME TO d;
""",
    "every clause of ALTER TABLE": _USER
    + _POST
    + """
ALTER TABLE `Post` ADD (e INT, f INT);
ALTER TABLE `Post` ADD COLUMN `views` INTEGER NOT NULL DEFAULT 0 AFTER `id`,
    ADD first_one INT FIRST, MODIFY `body` MEDIUMTEXT NOT NULL, ADD INDEX by_body (`body`(20)),
    CHANGE `title` `name` VARCHAR(50) NOT NULL DEFAULT 'x' COMMENT 'shown', DROP COLUMN e,
    RENAME COLUMN f TO g, ADD CONSTRAINT at_least CHECK (`views` >= 0), ALGORITHM = COPY;
ALTER TABLE `Post` ALTER COLUMN `views` SET DEFAULT 7, ALTER `name` DROP DEFAULT,
    RENAME INDEX by_body TO `Post_body_idx`, ADD UNIQUE INDEX `Post_name_key` (`name`);
ALTER TABLE `Post` DROP FOREIGN KEY `Post_authorId_fkey`, DROP INDEX `Post_authorId_fkey`;
ALTER TABLE `Post` DROP PRIMARY KEY, ADD PRIMARY KEY (`id`, `authorId`);
ALTER TABLE `User` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE `Post` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, COMMENT = 'posts';
DROP INDEX `Post_name_key` ON `Post`;
CREATE UNIQUE INDEX `Post_name_key` ON `Post`(`name` DESC, `views`);
CREATE FULLTEXT INDEX `Post_ft` ON `Post`(`body`);
""",
    "an index takes the place of the one that a foreign key brought": _USER
    + _POST
    + "CREATE INDEX `Post_authorId_title_idx` ON `Post`(`authorId`, `title`);",
    "a foreign key follows its tables and columns": _USER
    + _POST
    + """
ALTER TABLE `User` RENAME COLUMN `id` TO `key`;
RENAME TABLE `User` TO `Person`, `Post` TO `Text`;
ALTER TABLE `Text` RENAME COLUMN `authorId` TO `personKey`;
""",
    "a column goes out of its indexes": """
CREATE TABLE t (a INT, b INT, c INT, KEY ab (a, b), KEY only_a (a), UNIQUE KEY (c));
ALTER TABLE t DROP COLUMN a;
""",
    "copies, views, triggers and programs": _USER
    + """
CREATE TABLE `Copy` LIKE `User`;
CREATE OR REPLACE VIEW v AS SELECT u.id, COUNT(*) AS n FROM `User` u GROUP BY u.id;
CREATE TRIGGER tr BEFORE INSERT ON `Copy` FOR EACH ROW
BEGIN
    IF NEW.points IS NULL THEN SET NEW.points = 1; END IF;
    CASE WHEN NEW.price = 0 THEN SET NEW.price = 1; ELSE BEGIN END; END CASE;
END;
CREATE PROCEDURE p() BEGIN SELECT ';'; END;
DROP PROCEDURE p;
/*!40101 ALTER TABLE `Copy` ADD COLUMN seen INT */;
INSERT INTO `User` (email, updatedAt) VALUES ('a;b', NOW(3)); # a comment
DROP VIEW IF EXISTS nobody;
""",
    "collations of columns": """
CREATE TABLE t (a VARCHAR(9), b VARCHAR(9) COLLATE utf8mb4_bin, c TEXT CHARACTER SET latin1,
    d CHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci) COLLATE utf8mb4_unicode_ci;
ALTER TABLE t MODIFY b VARCHAR(9), MODIFY c TEXT;
""",
    "generated columns": """
CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED, c INT AS (a * 2));
ALTER TABLE t ADD COLUMN d INT AS (a - 1) VIRTUAL, ADD INDEX (b);
""",
    "keys unchecked": """
SET FOREIGN_KEY_CHECKS = 0;
CREATE TABLE c (x INT, KEY (x), CONSTRAINT f FOREIGN KEY (x) REFERENCES p (id)
    ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE p (id INT PRIMARY KEY);
DROP TABLE p;
CREATE TABLE p (id INT PRIMARY KEY);
SET FOREIGN_KEY_CHECKS = 1;
""",
}

REFUSED: dict[str, tuple[str, str]] = {
    "a table twice": ("1050", "CREATE TABLE t (a INT); CREATE TABLE t (a INT);"),
    "no such table": ("1146", "ALTER TABLE t ADD a INT;"),
    "no such table to drop": ("1051", "DROP TABLE t;"),
    "a column twice": ("1060", "CREATE TABLE t (a INT); ALTER TABLE t ADD A INT;"),
    "no such column": ("1054", "CREATE TABLE t (a INT); ALTER TABLE t MODIFY b INT;"),
    "an index twice": ("1061", "CREATE TABLE t (a INT, KEY k (a)); CREATE INDEX k ON t (a);"),
    "no column for a key": ("1072", "CREATE TABLE t (a INT, KEY (b));"),
    "nothing to drop": ("1091", "CREATE TABLE t (a INT); ALTER TABLE t DROP b;"),
    "no index to drop": ("1091", "CREATE TABLE t (a INT); DROP INDEX k ON t;"),
    "two primary keys": ("1068", "CREATE TABLE t (a INT PRIMARY KEY, b INT, PRIMARY KEY (b));"),
    "numbered without a key": ("1075", "CREATE TABLE t (a INT AUTO_INCREMENT);"),
    "no table to refer to": (
        "1824",
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES p (id));",
    ),
    "types that do not fit": (
        "3780",
        "CREATE TABLE p (id BIGINT PRIMARY KEY);"
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES p (id));",
    ),
    "collations that do not fit": (
        "3780",
        "CREATE TABLE p (id VARCHAR(9) PRIMARY KEY) COLLATE utf8mb4_bin;"
        "CREATE TABLE t (a VARCHAR(9), FOREIGN KEY (a) REFERENCES p (id))"
        " COLLATE utf8mb4_unicode_ci;",
    ),
    "no index to refer to": (
        "1822",
        "CREATE TABLE p (id INT PRIMARY KEY, b INT);"
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES p (b));",
    ),
    "an index that a key needs": ("1553", _USER + _POST + "DROP INDEX Post_authorId_fkey ON Post;"),
    "a column that a key needs": ("1828", _USER + _POST + "ALTER TABLE Post DROP authorId;"),
    "a table that a key needs": ("3730", _USER + _POST + "DROP TABLE User;"),
    "a key twice": (
        "1826",
        _USER + _POST + "ALTER TABLE Post ADD CONSTRAINT Post_authorId_fkey FOREIGN KEY (authorId) "
        "REFERENCES User(id);",
    ),
    "required and set null": (
        "1830",
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE t (a INT NOT NULL, "
        "FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL);",
    ),
    "no such syntax": ("1064", "CREAT TABLE t (a INT);"),
    "a text for a name": ("1064", 'CREATE TABLE "t" (a INT);'),
    "the client's command": ("1064", "DELIMITER //\nSELECT 1//\n"),
    "a view of nothing": ("1146", "CREATE VIEW v AS SELECT * FROM nowhere;"),
    "rows for nothing": ("1146", "INSERT INTO t (a) VALUES (1);"),
    "rows for no column": ("1054", "CREATE TABLE t (a INT); INSERT INTO t (b) VALUES (1);"),
}

REFUSED_BY_MYSQL: dict[str, tuple[str, str]] = {
    "null in the key": ("1171", "CREATE TABLE t (a INT NULL, PRIMARY KEY (a));"),
    "a text as a key": ("1170", "CREATE TABLE t (a TEXT, KEY (a));"),
    "a long key": ("1071", "CREATE TABLE t (a VARCHAR(900), KEY (a)) CHARSET utf8mb4;"),
}
"""MariaDB shortens the key, or makes the column required, with a warning."""
