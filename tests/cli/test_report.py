"""`driftline report`: the whole document, from outside and as data."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Page

from tests.sandbox.browser import chromium, running_browser
from tests.support.cases import tree
from workers.cli import main
from workers.engine.analyze import analyze
from workers.engine.dossier.dossier import Dossier, compile_dossier
from workers.engine.snapshot import Snapshot
from workers.output.report.compose import compose
from workers.output.report.html import render as render_html
from workers.output.report.links import Places, Remote, address_of
from workers.output.report.markdown import render as render_markdown

EVERMED = Path(__file__).parent.parent / "sandbox" / "evermed" / "head"
SCHEMA = """datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id    Int    @id
  email String @unique
}
"""
INIT = """CREATE TABLE "User" (
    "id" INTEGER NOT NULL,
    "email" TEXT NOT NULL,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
"""
HEALTHY = {
    "prisma/schema.prisma": SCHEMA,
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    "prisma/migrations/20250101000000_init/migration.sql": INIT,
}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The files under a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def dossier_of(files: Mapping[str, str]) -> Dossier:
    """What is told about these files."""
    return compile_dossier(analyze(Snapshot(tree({p: t.encode() for p, t in files.items()}))))


def report_of(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """The exit code and the document of `driftline report`."""
    code = main(["report", str(folder), *options])
    return code, capsys.readouterr().out


def chapter(text: str, title: str) -> str:
    """The part of a Markdown document under a chapter's title."""
    found = re.search(rf"^## \d+\. {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found is not None, title
    return found[1]


@pytest.fixture(scope="module")
def evermed() -> str:
    """The report about the project that its team once wrote one for, by hand."""
    from workers.checkout import local_snapshot

    report = analyze(local_snapshot(EVERMED))
    return render_markdown(compose(compile_dossier(report), "evermed", "Now."), Places(report))


def test_the_field_table_shows_what_is_missing_and_what_agrees(evermed: str) -> None:
    rows = chapter(evermed, "Fields: migrations against schema")
    assert "| `model_type` | `text NOT NULL` | 🔴 — | 🔴 missing in the migrations |" in rows
    assert "🔴 called `model_version` in the migrations |" in rows
    assert "| `accuracy_rmse` | `double precision` | `double precision` | 🟢 OK |" in rows


def test_the_field_table_of_an_unrun_file_shows_what_it_would_make(evermed: str) -> None:
    rows = chapter(evermed, "Fields: migrations against schema")
    assert "### `ChatMessage`: 3 of 6 columns differ" in rows
    assert "| `documentId` | `text` | `uuid` | 🔴 differs |" in rows


def test_every_table_that_the_team_named_is_affected(evermed: str) -> None:
    rows = chapter(evermed, "Tables affected")
    for table in ("personal_models", "analytics_events", "ChatMessage", "Person"):
        assert f"| `{table}` |" in rows
    assert "column missing (8), column renamed without migration (2)" in rows


def test_what_a_later_migration_put_right_is_told_as_such(evermed: str) -> None:
    text = chapter(evermed, "Put right by later migrations")
    assert "table `AnalyticsEvent` was renamed to `analytics_events`" in text
    assert "`meta` was copied into `metadata` and then dropped" in text


def test_index_coverage_tells_missing_extra_and_agreeing(evermed: str) -> None:
    rows = chapter(evermed, "Index coverage")
    assert "`(person_id, model_type, version)`" in rows
    assert re.search(r"personal_models.*\(person_id\).*unique \| 🟡 not declared", rows)
    assert re.search(r"Document.*\(personId\).*foreign key \| 🟡 unserved", rows)
    assert re.search(r"food_entries.*\(person_id, timestamp\).*🟢 OK", rows)


def test_policies_are_shown_for_each_command_and_exemptions_as_such(evermed: str) -> None:
    rows = chapter(evermed, "Row-level security").splitlines()
    by_table = {row.split("`")[1]: row for row in rows if row.startswith("| `")}
    assert "🔴 no" in by_table["ChatMessage"]
    assert "🔴 missing" in by_table["ChatMessage"]
    assert by_table["food_entries"].count("1 policy") == 4
    assert "exempt: the comment on the table says" in by_table["feature_flags"]


def test_a_table_waved_through_is_exempt_with_its_reason() -> None:
    sql = (
        'CREATE TABLE "Note" ("id" INTEGER PRIMARY KEY);\n'
        'ALTER TABLE "Note" ENABLE ROW LEVEL SECURITY;\n'
        "-- driftline-ignore row-level-security-missing: only the <b>server</b> reads it\n" + INIT
    )
    told = dossier_of(
        {
            **HEALTHY,
            "prisma/migrations/20250101000000_init/migration.sql": sql,
            "supabase/config.toml": 'project_id = "x"\n',
        }
    )
    guard = told.pairs[0].guard
    assert guard is not None
    rows = {row.table.name: (row.state, row.note) for row in guard.rows}
    assert rows["User"] == ("exempt", "waved through: only the <b>server</b> reads it")
    assert rows["Note"] == ("closed", "only roles that bypass RLS reach its rows")
    text = render_markdown(compose(told, "x", "Now."), Places(told.report))
    assert "1 finding waved through" in text
    assert "<b>" not in text


def test_the_timeline_shows_the_needed_order(evermed: str) -> None:
    rows = chapter(evermed, "Migration timeline")
    assert "| 2 | `20250911081240_init` | 🟡 1 | 🟢 runs |" in rows
    assert '🟡 2 | 🔴 fails: relation "Person" does not exist |' in rows


def test_the_environments_are_inferred_and_say_so(evermed: str) -> None:
    rows = [line for line in evermed.splitlines() if line.startswith("| Deployed databases |")]
    assert len(rows) == 1
    assert "the migrations" in rows[0]
    assert "(inferred, not read)" in rows[0]
    assert "`prisma:migrate:deploy` runs `prisma migrate deploy`" in rows[0]


def test_root_causes_come_with_evidence(evermed: str) -> None:
    text = chapter(evermed, "Root causes")
    assert "### Migrations are named in an order in which they cannot run" in text
    assert "db/migrations/20250911081240_init/migration.sql:2" in text
    assert "### No script or workflow checks for drift before a deployment" in text


def test_what_drops_data_that_nobody_declares_stands_apart() -> None:
    sql = INIT + 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\nCREATE TABLE "Old" (id INTEGER);\n'
    told = dossier_of({**HEALTHY, "prisma/migrations/20250101000000_init/migration.sql": sql})
    text = chapter(
        render_markdown(compose(told, "x", "Now."), Places(told.report)), "Missing migrations"
    )
    assert "No migration is missing." in text
    assert "<summary>🟡 2 objects to declare or to drop</summary>" in text
    needs = {row.table.name: row.needs for row in told.pairs[0].affected}
    assert needs["Old"] == "A declaration, or a migration that drops it"


def test_code_that_asks_for_what_is_not_there_is_told_by_file() -> None:
    schema = SCHEMA.replace("email String @unique", "email String @unique\n  age   Int?")
    code = (
        'import { PrismaClient } from "@prisma/client";\n'
        "const db = new PrismaClient();\n"
        "export const old = () => db.user.findMany({ where: { age: { gt: 60 } } });\n"
    )
    told = dossier_of({**HEALTHY, "prisma/schema.prisma": schema, "src/old.ts": code})
    text = render_markdown(compose(told, "x", "Now."), Places(told.report))
    row = next(line for line in text.splitlines() if line.startswith("| `src/old.ts:3`"))
    assert "`User.age`" in row


def test_prevention_offers_what_is_not_there_yet(evermed: str) -> None:
    text = chapter(evermed, "Prevention")
    assert "- `.github/driftline.yml`: the configuration of the reviews" in text
    assert "db:diff" in text


def test_the_timeline_names_the_files_that_no_runner_takes(evermed: str) -> None:
    text = chapter(evermed, "Migration timeline")
    assert "`db/migrations/20250225120000_add_chat_message.sql`: beside the folders" in text


def test_the_readiness_blocks_and_orders_the_steps(evermed: str) -> None:
    text = chapter(evermed, "Readiness")
    assert "BLOCKED. Do not deploy" in text
    phases = ["Before the code:", "With the code:", "Backfill:", "Contract:"]
    places = [text.index(phase) for phase in phases]
    assert places == sorted(places)
    assert text.index("Add `personal_models.model_type` without NOT NULL.") < places[1]
    assert places[2] < text.index("Give `personal_models.model_type` a value") < places[3]
    assert places[3] < text.index("Make `personal_models.model_type` required.")
    unique = "personal_models_person_id_model_type_version_key` on `personal_models`"
    assert places[3] < text.index(unique)


def test_the_missing_migration_brings_the_tables_to_the_schema() -> None:
    files = {
        path.relative_to(EVERMED).as_posix(): path.read_text()
        for path in EVERMED.rglob("*")
        if path.is_file()
    }
    before = dossier_of(files)
    assert before.is_drifted
    sql = "\n\n".join(one.sql for one in before.pairs[0].statements)
    after = dossier_of({**files, "db/migrations/20251101000000_missing/migration.sql": sql})
    assert not after.is_drifted
    replayed = after.report.pairs[0].judged
    assert replayed is not None
    assert [f for f in replayed.failures if f.migration == "20251101000000_missing"] == []


def test_missing_tables_are_made_before_those_that_refer_to_them() -> None:
    schema = SCHEMA + (
        "\nmodel Album {\n  id Int @id\n  ownerId Int\n  owner Writer @relation(fields: [ownerId],"
        " references: [id])\n}\n\nmodel Writer {\n  id Int @id\n  albums Album[]\n}\n"
    )
    told = dossier_of({**HEALTHY, "prisma/schema.prisma": schema})
    assert [one.subject for one in told.pairs[0].statements] == ["Writer", "Album"]


def test_a_healthy_project_is_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = report_of(written(tmp_path, HEALTHY), capsys)
    assert code == 0
    assert "> **🟢 READY** Nothing that Driftline knows of stands in the way." in text
    assert "- [x] The migrations make what the schema declares (verified)" in text
    assert "- [ ] There is a backup of the database" in text


def test_a_warning_alone_makes_it_ready_in_steps() -> None:
    told = dossier_of(
        {
            **HEALTHY,
            "prisma/schema.prisma": SCHEMA.replace(
                "@unique\n", "@unique\n\n  @@index([email, id])\n"
            ),
        }
    )
    assert told.readiness.word == "READY IN STEPS"
    assert [step.text for step in told.readiness.steps] == [
        "Create the index `User_email_id_idx` on `User`."
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"prisma/schema.prisma": SCHEMA.rstrip().removesuffix("}")},
        {
            "prisma/migrations/20250101000000_init/migration.sql": INIT
            + "DO $$ BEGIN EXECUTE x; END $$;"
        },
    ],
    ids=["a schema that does not parse", "a statement made at run time"],
)
def test_what_cannot_be_read_makes_it_unknown(
    broken: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = report_of(written(tmp_path, {**HEALTHY, **broken}), capsys)
    assert code == 3
    assert "**❔ UNKNOWN**" in text
    assert "### What could not be told" in text
    assert "- [x] The migrations make what the schema declares" not in text


def test_a_schema_without_migrations_is_unknown_and_never_said_to_agree() -> None:
    told = dossier_of({"prisma/schema.prisma": SCHEMA})
    assert told.readiness.word == "UNKNOWN"
    assert told.readiness.unknown == (
        "`prisma/schema.prisma` was compared with nothing: it has no migrations.",
    )
    text = render_markdown(compose(told, "x", "Now."), Places(told.report))
    assert "The columns of all tables agree" not in text


def test_a_change_beside_the_database_still_gets_the_whole_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, HEALTHY)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "All")
    written(tmp_path, {"src/page.tsx": "export {}\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Page")
    code, text = report_of(folder, capsys, "--base", "HEAD~1", "--head", "HEAD")
    assert code == 0
    assert "Compared `prisma/schema.prisma` with `prisma/migrations` (1 migration)." in text
    assert "merged into `HEAD~1`" in text


def test_environments_are_named_after_workflows_and_files() -> None:
    workflow = (
        "name: Deploy\non: push\njobs:\n  ship:\n    environment: production\n    steps:\n"
        "      - name: Deploy to production\n        run: npx prisma db push\n"
    )
    told = dossier_of(
        {
            **HEALTHY,
            ".github/workflows/deploy.yml": workflow,
            ".env.staging": "DATABASE_URL=postgresql://u:hunter2@db/app\n",
            ".env.example": "DATABASE_URL=\n",
        }
    )
    found = {one.name: one.source for one in told.environments}
    assert found == {"Production": "`schema.prisma`, pushed", "Staging": "not said"}
    text = render_markdown(compose(told, "x", "Now."), Places(told.report))
    assert "hunter2" not in text


# A name that tries to leave every kind of place: cell, code, tag, attribute, link.
HOSTILE = (
    "x`|](https://evil.example)<img src=q onerror=alert(1)>\u202e</td><script>alert(2)</script>"
)


def hostile() -> Dossier:
    """A project whose names, comments, paths and scripts are up to no good."""
    name = HOSTILE.replace('"', "")
    sql = (
        f'CREATE TABLE "{name}" ("{name}" TEXT, "id" INTEGER PRIMARY KEY);\n'
        f'CREATE INDEX "{name}2" ON "{name}"("{name}");\n'
        f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY;\n'
        f"COMMENT ON TABLE \"User\" IS 'no RLS needed <img src=q>';\n"
        f'ALTER TABLE "{name}3" ADD COLUMN x INT;\n'
    )
    package = '{"scripts": {"<img src=q>": "prisma db push --schema=\'<img src=q>`|\'"}}'
    return dossier_of(
        {
            **HEALTHY,
            "package.json": package,
            "prisma/migrations/20250102000000_<img src=q>`|](x)/migration.sql": sql,
        }
    )


class Tags(HTMLParser):
    """Remembers every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The tags of a page."""
    parser = Tags()
    parser.feed(html)
    return parser.found


def test_hostile_names_stay_text_in_html() -> None:
    told = hostile()
    remote = Remote("https://github.com/acme/app", "0" * 40, "", frozenset(told.report.sources))
    html = render_html(compose(told, HOSTILE, HOSTILE), Places(told.report, remote))
    tags = tags_of(html)
    assert [tag for tag, _ in tags].count("script") == 1
    assert not [tag for tag, _ in tags if tag in ("img", "iframe", "object", "link", "base")]
    links = [attributes["href"] or "" for tag, attributes in tags if tag == "a"]
    assert any("20250102000000_%3Cimg" in link for link in links)
    assert all(link.startswith(("#", "https://github.com/acme/app/blob/")) for link in links)
    assert not [a for _, attributes in tags for a in attributes if a.startswith("on")]
    assert "\u202e" not in html
    assert "onerror=alert(1)" in html  # it is told, as text


def test_hostile_names_stay_text_in_markdown() -> None:
    told = hostile()
    text = render_markdown(compose(told, HOSTILE, HOSTILE), Places(told.report))
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    tags = tags_of(html)
    assert not [tag for tag, _ in tags if tag in ("img", "script", "a", "iframe")]
    widths = {row.count("<td") for row in html.split("<tr>") if "<td" in row}
    assert widths <= {3, 4, 5, 7}


def git(folder: Path, *arguments: str) -> None:
    """Run git there, with nobody's configuration."""
    options = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True)


def test_places_link_to_the_commit_where_the_file_is_unchanged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = SCHEMA.replace("email String @unique", "email String @unique\n  name String")
    folder = written(tmp_path, {f"app/{p}": t for p, t in HEALTHY.items()})
    written(tmp_path, {"app/prisma/schema.prisma": schema})
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "All")
    git(folder, "remote", "add", "origin", "https://user:s3cret@github.com/acme/shop.git")
    _, text = report_of(tmp_path / "app", capsys)
    link = r"\(https://github\.com/acme/shop/blob/[0-9a-f]{40}/app/prisma/schema\.prisma#L9\)"
    assert re.search(link, text)
    assert "s3cret" not in text
    assert text.startswith("# Schema drift: `acme/shop`")
    written(tmp_path, {"app/prisma/schema.prisma": "// a line more\n" + schema})
    _, changed = report_of(tmp_path / "app", capsys)
    assert "schema.prisma#L" not in changed
    assert "`prisma/schema.prisma:10`" in changed


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("https://token@github.com/acme/shop", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("https://git.example.org/acme/shop/", "https://git.example.org/acme/shop"),
        ("javascript:alert(1)/x", None),
        ("https://github.com/acme", None),
        ("https://github.com/acme/shop)<b>", None),
        ("/srv/git/shop.git", None),
        ("file:///srv/git", None),
    ],
)
def test_a_remote_is_read_in_any_spelling(url: str, address: str | None) -> None:
    assert address_of(url) == address


def test_a_wrong_remote_and_an_unwritable_file_are_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, HEALTHY)
    assert main(["report", str(folder), "--remote", "nowhere"]) == 2
    assert "--remote wants" in capsys.readouterr().err
    assert main(["report", str(folder), "--output", str(tmp_path / "no" / "x.md")]) == 2
    assert "could not be written: No such file" in capsys.readouterr().err


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The report in a browser."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    file = tmp_path_factory.mktemp("report") / "report.html"
    assert main(["report", str(EVERMED), "--format", "html", "--output", str(file)]) == 1
    with running_browser() as browser:
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        troubles: list[str] = []
        opened.on("console", lambda message: troubles.append(message.text))
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.on(
            "request", lambda r: troubles.append(r.url) if "report.html" not in r.url else None
        )
        opened.goto(file.as_uri())
        yield opened
        assert troubles == []


def test_the_page_stands_alone_and_its_tables_sort(page: Page) -> None:
    table = page.locator("#timeline table").first
    migrations = table.locator("tbody tr td:nth-child(2)")
    assert migrations.first.inner_text() == "20250610000000_add_feature_flags_and_analytics"
    table.get_by_role("button", name="Needed").click()
    assert migrations.first.inner_text() == "20250911081240_init"
    assert table.locator("th").nth(2).get_attribute("aria-sort") == "ascending"


def test_the_page_folds_and_fits_a_telephone(page: Page) -> None:
    fold = page.locator("#actions details").first
    assert fold.get_attribute("open") is None
    fold.locator("summary").click()
    assert fold.get_by_text("git mv db/migrations/20250911081240_init").is_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_pages_pictures_are_drawn_and_named(page: Page) -> None:
    pictures = page.locator("figure svg")
    assert pictures.count() == 2
    for number in range(2):
        assert pictures.nth(number).bounding_box() is not None
    tables = page.get_by_role("img", name="The drifted tables", exact=False)
    assert tables.get_by_text("personal_models", exact=True).is_visible()
    order = page.get_by_role("img", name="in the order of their names", exact=False)
    assert order.get_by_text("20250911081240_init", exact=False).count() == 2
    regions = page.locator("div[role=region]").all()
    names = [region.get_attribute("aria-label") for region in regions]
    assert len(names) == len(set(names))


def test_the_page_has_enough_contrast_in_light_and_dark(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate(_CONTRAST) >= 4.5, scheme


_CONTRAST = """() => {
  const light = (color) => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((p) => (p <= 0.03928 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!color.endsWith(", 0)")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  let worst = 21;
  for (const element of document.querySelectorAll("p, li, td, th, code, a, span, button, text")) {
    if (!element.textContent.trim()) continue;
    const style = getComputedStyle(element);
    const frame = element.closest("g")?.querySelector("rect");
    const ground = frame ? getComputedStyle(frame).fill : paper(element);
    const pair = [light(element.matches("text") ? style.fill : style.color), light(ground)].sort();
    const [low, high] = pair[0] < pair[1] ? pair : pair.reverse();
    worst = Math.min(worst, (high + 0.05) / (low + 0.05));
  }
  return worst;
}"""
