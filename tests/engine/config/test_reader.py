"""`.github/driftline.yml`, as people write it and as others do."""

from __future__ import annotations

from datetime import date

import pytest

from workers.engine.config.configuration import Configuration, UnreasonedExemption
from workers.engine.config.effect import settings_of
from workers.engine.config.reader import read_configuration
from workers.engine.findings import Severity
from workers.engine.settings import Settings
from workers.engine.source import SourceFile

PATH = ".github/driftline.yml"
RULES = ("column-missing", "table-extra", "index-blocks-writes")


def read(text: str) -> Configuration:
    return read_configuration(SourceFile(PATH, text), RULES)


def told(text: str) -> list[tuple[int, str, str]]:
    """The line, the words under the caret and the message of all that makes no sense."""
    source = SourceFile(PATH, text)
    return [
        (
            source.location(one.origin.span).line,
            text[one.origin.span.start : one.origin.span.end],
            one.message,
        )
        for one in read(text).invalid
    ]


def test_every_setting_reaches_the_engine() -> None:
    configuration = read(
        "fail-on: warning\nschema: /db/schema.prisma\nmigrations: db/migrations/\n"
        "ignore-paths: [examples/]\ndefault-schema: app\npostgres-version: 17\n"
        "rules:\n  column-missing: notice\n  table-extra: 'off'\n"
        "families:\n  naming: off\n  index: error\n"
        "exempt:\n- family: locking\n  subject: public.Session*\n  reason: no rows\n"
        "  until: 2027-01-31\n"
    )
    assert configuration.troubles == ()
    settings = settings_of(configuration, date(2026, 1, 1))
    assert settings.fail_on is Severity.WARNING
    assert settings.schema_path == "db/schema.prisma"
    assert settings.migrations_path == "db/migrations"
    assert settings.ignored_paths == ("examples",)
    assert (settings.default_schema, settings.server_version) == ("app", 17)
    assert settings.severities == {
        "column-missing": Severity.NOTICE, "table-extra": None,
        "naming": None, "index": Severity.ERROR,
    }  # fmt: skip
    (exemption,) = settings.exemptions
    assert (exemption.name, exemption.subject) == ("locking", "public.Session*")
    assert (exemption.reason, exemption.until) == ("no rows", date(2027, 1, 31))
    assert settings.today == date(2026, 1, 1)


def test_never_fails_on_request() -> None:
    assert settings_of(read("fail-on: never\n")).fail_on is None


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "rules:\nfail-on:\n", "exempt: []\n"])
def test_what_says_nothing_changes_nothing(text: str) -> None:
    assert read(text).troubles == ()
    assert settings_of(read(text)) == Settings()


@pytest.mark.parametrize(
    ("text", "line", "words", "message"),
    [
        (
            "\nmax-coments: 3\n",
            2,
            "max-coments",
            "There is no key `max-coments`; did you mean `max-comments`?",
        ),
        ("zzz: 3\n", 1, "zzz", "There is no key `zzz`."),
        (
            "fail-on: eror\n",
            1,
            "eror",
            "`fail-on` must be `error`, `warning`, `notice` or `never`; did you mean `error`?",
        ),
        (
            "fail-on: [error]\n",
            1,
            "fail-on",
            "`fail-on` must be `error`, `warning`, `notice` or `never`.",
        ),
        ("max-comments: 51\n", 1, "51", "`max-comments` must be a whole number from 0 to 50."),
        ("max-comments: true\n", 1, "true", "`max-comments` must be a whole number from 0 to 50."),
        (
            "postgres-version: 11\n",
            1,
            "11",
            "`postgres-version` must be a whole number from 12 to 18.",
        ),
        (
            "postgres-version: 15.2\n",
            1,
            "15.2",
            "`postgres-version` must be a whole number from 12 to 18.",
        ),
        ("trial: 'true'\n", 1, "'true'", "`trial` must be true or false."),
        ("schema: 3\n", 1, "3", "`schema` must be a path."),
        ("schema: /\n", 1, "/", "`schema` must be a path."),
        ("ignore-paths: a\n", 1, "a", "`ignore-paths` must be a list of paths."),
        ("ignore-paths: [1]\n", 1, "ignore-paths", "`ignore-paths` must be a list of paths."),
        ("default-schema: ''\n", 1, "default-schema", "`default-schema` must be a name."),
        (
            "rules: off\n",
            1,
            "rules",
            "`rules` must give a severity, or off, to each of some rules.",
        ),
        (
            "rules:\n  colum-missing: off\n",
            2,
            "colum-missing",
            "There is no rule `colum-missing`; did you mean `column-missing`?",
        ),
        ("rules:\n  naming: off\n", 2, "naming", "`naming` is a family and not a rule."),
        (
            "families:\n  table-extra: off\n",
            2,
            "table-extra",
            "`table-extra` is a rule and not a family.",
        ),
        (
            "families:\n  nameing: off\n",
            2,
            "nameing",
            "There is no family `nameing`; did you mean `naming`?",
        ),
        (
            "families: {naming: warn}\n",
            1,
            "warn",
            "`naming` must be `error`, `warning`, `notice` or `off`; did you mean `warning`?",
        ),
        (
            "families:\n  naming: on\n",
            2,
            "on",
            "`naming` must be `error`, `warning`, `notice` or `off`.",
        ),
        (
            "families:\n  naming:\n",
            2,
            "naming",
            "`naming` must be `error`, `warning`, `notice` or `off`.",
        ),
        (
            "trial: true\ntrial: false\n",
            2,
            "trial",
            "`trial` is written twice; the first one counts.",
        ),
        ("exempt: all\n", 1, "exempt", "`exempt` must be a list of exemptions."),
        ("exempt:\n- table-extra\n", 2, "table-extra", "An exemption must give a rule."),
        ("exempt:\n- reason: so\n", 2, "reason", "An exemption must give a rule or a family."),
        (
            "exempt:\n- {rule: table-extra, family: drift, reason: so}\n",
            2,
            "rule",
            "An exemption must give either a rule or a family, not both.",
        ),
        (
            "exempt:\n- rule: tabel-extra\n  reason: so\n",
            2,
            "tabel-extra",
            "There is no rule `tabel-extra`; did you mean `table-extra`?",
        ),
        (
            "exempt:\n- rule: table-extra\n  because: so\n",
            3,
            "because",
            "There is no key `because`.",
        ),
        (
            "exempt:\n- rule: table-extra\n  reason: so\n  until: soon\n",
            4,
            "soon",
            "`until` must be a day such as 2027-01-31.",
        ),
        (
            "exempt:\n- rule: table-extra\n  reason: so\n  until: 2026-02-30\n",
            4,
            "2026-02-30",
            "`until` must be a day such as 2027-01-31.",
        ),
        ("? [a]\n: b\n", 1, "[a]", "A key must be a word."),
        ("- a\n", 1, "- a\n", f"`{PATH}` holds no keys with values."),
    ],
)
def test_what_makes_no_sense_is_told_where_it_stands(
    text: str, line: int, words: str, message: str
) -> None:
    assert told(text) == [(line, words, message)]
    assert settings_of(read(text)).severities == {}
    assert read(text).exemptions == ()


@pytest.mark.parametrize(
    "text", ["a: [\n", "\x00\n", "[" * 5000, "a: *gone\n", "a: b: c\n", "\ta: 1\n"]
)
def test_what_is_no_yaml_is_told_and_nothing_of_it_counts(text: str) -> None:
    (one,) = read(text).invalid
    assert one.message.startswith(f"`{PATH}` is not YAML: ")
    assert settings_of(read(text)) == Settings()


def test_a_broken_key_does_not_cost_the_others() -> None:
    configuration = read("fail-on: loud\ntrial: true\nrules: {nope: off, table-extra: notice}\n")
    assert configuration.values == {"trial": True}
    assert configuration.severities == {"table-extra": Severity.NOTICE}
    assert len(configuration.invalid) == 2


@pytest.mark.parametrize("reason", ["", "\n  reason:", "\n  reason: ''", "\n  reason: '  '"])
def test_an_exemption_without_a_reason_does_not_count(reason: str) -> None:
    configuration = read(f"exempt:\n- rule: table-extra{reason}\n")
    assert configuration.exemptions == ()
    (trouble,) = configuration.troubles
    assert isinstance(trouble, UnreasonedExemption)
    assert trouble.exemption.name == "table-extra"


def test_the_nearest_word_can_take_the_place_of_the_wrong_one() -> None:
    text = 'rules:\n  "colum-missing": off\n'
    (one,) = read(text).invalid
    span = one.origin.span
    mended = f"{text[: span.start]}{one.nearest}{text[span.end :]}"
    assert read(mended).severities == {"column-missing": None}


def test_aliases_that_multiply_do_no_harm() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert len(read("\n".join(lines) + "\n").invalid) == 12


def test_a_list_that_holds_itself_does_no_harm() -> None:
    assert len(read("exempt: &all\n- *all\n- rule: *all\n").invalid) == 2


def test_a_huge_file_is_not_read() -> None:
    (one,) = read("# x\n" * 20_000).invalid
    assert "larger than 64 KB" in one.message


def test_a_file_full_of_strangers_is_told_in_part() -> None:
    assert len(read("\n".join(f"k{number}: 1" for number in range(5000))).invalid) == 50


def test_an_exemption_that_aliases_repeat_counts_once() -> None:
    text = "exempt:\n- &one {rule: table-extra, reason: so}\n" + "- *one\n" * 5000
    assert len(read(text).exemptions) == 1


def test_a_long_word_is_told_by_its_beginning() -> None:
    (one,) = read(f"{'a`' * 500}: 1\n").invalid
    assert one.message == f"There is no key `{chr(39).join('a' * 30)}'...`."


def test_beyond_what_is_told_a_broken_exemption_does_not_count_either() -> None:
    strangers = "".join(f"k{number}: 1\n" for number in range(60))
    broken = "exempt:\n- {rule: table-extra, reason: so, until: soon}\n"
    assert read(strangers + broken).exemptions == ()
