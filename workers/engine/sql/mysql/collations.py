"""Character sets and collations: what each stands for where the other is left out.

The default collations of MySQL 8, which has another for utf8mb4 than MariaDB.
https://dev.mysql.com/doc/refman/8.4/en/charset-charsets.html
"""

from __future__ import annotations

_DEFAULTS = {
    "utf8mb4": "utf8mb4_0900_ai_ci",
    "utf8mb3": "utf8mb3_general_ci",
    "latin1": "latin1_swedish_ci",
    "ascii": "ascii_general_ci",
    "ucs2": "ucs2_general_ci",
    "utf16": "utf16_general_ci",
    "utf32": "utf32_general_ci",
    "latin2": "latin2_general_ci",
    "cp1251": "cp1251_general_ci",
    "koi8r": "koi8r_general_ci",
    "greek": "greek_general_ci",
    "hebrew": "hebrew_general_ci",
    "gbk": "gbk_chinese_ci",
    "gb2312": "gb2312_chinese_ci",
    "gb18030": "gb18030_chinese_ci",
    "big5": "big5_chinese_ci",
    "sjis": "sjis_japanese_ci",
    "ujis": "ujis_japanese_ci",
    "euckr": "euckr_korean_ci",
    "binary": "binary",
}


def canonical(name: str) -> str:
    """A character set or collation by its present name: `utf8` is `utf8mb3`."""
    name = name.lower()
    if name == "utf8":
        return "utf8mb3"
    return f"utf8mb3_{name[5:]}" if name.startswith("utf8_") else name


def default_collation(charset: str) -> str:
    """The collation of a character set that is named alone."""
    charset = canonical(charset)
    return _DEFAULTS.get(charset, f"{charset}_general_ci")


def charset_of(collation: str) -> str:
    """The character set of a collation."""
    return canonical(collation).partition("_")[0]


def binary_collation(charset: str) -> str:
    """The collation that compares by code points, which the attribute BINARY asks for."""
    return f"{canonical(charset)}_bin"


def width_of(collation: str) -> int:
    """The most bytes that a letter takes."""
    return {"utf8mb4": 4, "utf8mb3": 3, "utf16": 4, "utf32": 4, "ucs2": 2}.get(
        charset_of(collation), 1
    )
