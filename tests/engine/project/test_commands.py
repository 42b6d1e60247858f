"""Prisma's runs are found in every kind of script, with purpose and place."""

import pytest

from workers.engine.project.commands import Invocation, calls, invocations
from workers.engine.project.purpose import Purpose
from workers.engine.source import SourceFile


def found_in(path: str, text: str) -> list[Invocation]:
    return invocations([SourceFile(path, text)])


def place(text: str, invocation: Invocation) -> str:
    return text[invocation.origin.span.start : invocation.origin.span.end]


@pytest.mark.parametrize(
    "command",
    [
        "prisma db push",
        "npx prisma db push",
        "npx --yes prisma@6.2.1 db push",
        "pnpm exec prisma db push",
        "pnpm --filter api exec prisma db push",
        "yarn prisma db push",
        "bunx prisma db push",
        "NODE_ENV=production ./node_modules/.bin/prisma db push",
        "cross-env A=1 dotenv -e .env.local -- prisma db push",
        "sh -c true && (cd api && npx prisma db push)",
        "sh -c 'npx prisma db push'",
        'ssh host "cd /srv && npx prisma db push"',
        "docker compose exec -T api npx prisma db push",
        "yarn workspace @acme/db prisma db push",
        "npm --prefix api exec prisma db push",
        "timeout 60 npx prisma db push",
    ],
)
def test_prisma_is_recognised_through_its_runners(command: str) -> None:
    (invocation,) = found_in("x.sh", command)
    assert invocation.is_command("db", "push")


@pytest.mark.parametrize(
    "command", ["echo prisma db push", "npm install prisma", "# prisma db push", "npx prismatic db"]
)
def test_words_that_only_look_like_prisma_are_not_a_run_of_it(command: str) -> None:
    assert found_in("x.sh", command) == []


def test_options_are_read_in_both_spellings() -> None:
    (invocation,) = found_in("x.sh", "prisma migrate dev --name=init --schema db/schema.prisma -y")
    assert invocation.option("--name", "-n") == "init"
    assert invocation.option("--schema") == "db/schema.prisma"
    assert invocation.option("-y") == ""
    assert invocation.option("--create-only") is None


def test_a_script_of_package_json_is_placed_within_its_string() -> None:
    text = '{\n  "scripts": {\n    "db:up": "echo \\"x\\" && prisma db push"\n  }\n}\n'
    (invocation,) = found_in("package.json", text)
    assert place(text, invocation) == "prisma db push"
    assert invocation.purpose is Purpose.UNKNOWN


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("deploy", Purpose.DEPLOY),
        ("vercel-build", Purpose.DEPLOY),
        ("postinstall", Purpose.DEPLOY),
        ("db:dev", Purpose.DEVELOPMENT),
        ("test:setup", Purpose.TEST),
        ("db:push", Purpose.UNKNOWN),
        ("prisma:migrate:deploy", Purpose.DEPLOY),
    ],
)
def test_the_name_of_a_script_tells_what_it_is_for(name: str, purpose: Purpose) -> None:
    (invocation,) = found_in("package.json", f'{{"scripts": {{"{name}": "prisma db push"}}}}')
    assert invocation.purpose is purpose


def test_a_script_that_a_deployment_calls_is_deployed_too() -> None:
    text = '{"scripts": {"db:push": "prisma db push", "build": "npm run db:push && next build"}}'
    purposes = {invocation.purpose for invocation in found_in("package.json", text)}
    assert purposes == {Purpose.UNKNOWN, Purpose.DEPLOY}


def test_scripts_that_call_each_other_do_not_hang() -> None:
    text = (
        '{"scripts": {"deploy": "npm run a", "a": "npm run b", "b": "npm run a && prisma db push"}}'
    )
    assert any(found.purpose is Purpose.DEPLOY for found in found_in("package.json", text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("fly.toml", '[deploy]\n  release_command = "npx prisma db push"  # once\n'),
        ("fly.toml", "[processes]\napp = 'npx prisma db push && node x'\n"),
        ("railway.toml", '[deploy]\npreDeployCommand = ["npx prisma db push"]\n'),
        ("netlify.toml", '[build]\n  command = "npx prisma db push && next build"\n'),
        ("vercel.json", '{ // why\n "buildCommand": "npx prisma db push", }'),
        ("railway.json", '{"deploy": {"preDeployCommand": ["npx prisma db push"]}}'),
        ("app.json", '{"scripts": {"postdeploy": "npx prisma db push"}}'),
        ("render.yaml", "services:\n  - type: web\n    preDeployCommand: npx prisma db push\n"),
        ("heroku.yml", "release:\n  command:\n    - npx prisma db push\n"),
        ("heroku.yml", "run:\n  web: npx prisma db push && node x\n"),
        ("docker-compose.prod.yml", "services: {api: {command: [npx, prisma, db, push]}}\n"),
        (".gitlab-ci.yml", "deploy:\n  script:\n    - npx prisma db push\n"),
        (".github/workflows/a.yml", "x: &c npx prisma db push\njobs: {deploy: {run: *c}}\n"),
        ("Makefile", "build:\n\ttsc\ndeploy: build\n\t@npx prisma db push\n"),
        ("Procfile", "release: npx prisma db push\n"),
        ("docker/entrypoint.sh", "set -e\nnpx prisma db push\nexec node x\n"),
        ("start.sh", "npx prisma db push\ncurl -f http://localhost:3000/health\n"),
    ],
)
def test_every_kind_of_deployment_is_read(path: str, text: str) -> None:
    (push,) = found_in(path, text)
    assert push.is_command("db", "push")
    assert push.purpose is Purpose.DEPLOY
    told = place(text, push).replace('"', "").replace(",", "")
    assert told == "npx prisma db push"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("netlify.toml", '[dev]\ncommand = "npx prisma db push && next dev"\n'),
        ("docker/dev/entrypoint.sh", "npx prisma db push\n"),
        (".devcontainer/start.sh", "npx prisma db push\n"),
        ("examples/app/Procfile", "release: npx prisma db push\n"),
        ("package.json", '{"scripts": {"start:dev": "prisma db push && nest start"}}'),
        ("server/start.sh", "npx prisma db push\nnpm run dev\n"),
        ("Dockerfile", 'CMD ["sh", "-c", "npx prisma db push && npm run dev"]\n'),
        ("deploy-db.sh", "source .env.integration\nnpx prisma db push\n"),
        (
            ".github/workflows/deploy.yml",
            "jobs: {deploy: {services: {db: {image: postgres}}, steps: [{name: Deploy the schema, "
            "run: npx prisma db push}]}}",
        ),
        (
            ".github/workflows/release.yml",
            "env: {DATABASE_URL: 'postgresql://a:b@localhost:5432/x'}\n"
            "jobs: {release: {steps: [{run: npx prisma db push}]}}",
        ),
    ],
)
def test_what_serves_development_and_tests_is_no_deployment(path: str, text: str) -> None:
    (push,) = found_in(path, text)
    assert push.purpose in (Purpose.DEVELOPMENT, Purpose.TEST)


def test_a_name_that_only_begins_with_start_is_no_deployment() -> None:
    (push,) = found_in("package.json", '{"scripts": {"start-deps": "prisma db push"}}')
    assert push.purpose is Purpose.UNKNOWN


def test_other_programs_are_found_with_the_files_that_they_read() -> None:
    text = 'psql "$URL" < db/a.sql && psql -f db/b.sql > out\nbash -c "psql < c.sql"\n'
    found = list(calls([SourceFile("x.sh", text)], "psql"))
    assert [(call.words[1:], call.reads) for call in found] == [
        (("$URL",), ("db/a.sql",)),
        (("-f", "db/b.sql"), ()),
        ((), ("c.sql",)),
    ]


WORKFLOW = """\
name: CI
on: push
jobs:
  test:
    services: {postgres: {image: postgres}}
    steps:
      - run: npx prisma db push
  ship:
    environment: production
    steps:
      - name: Migrate
        run: |
          npm ci
          npx prisma migrate deploy
"""


def test_workflow_steps_are_placed_and_judged_by_their_job() -> None:
    test, ship = found_in(".github/workflows/ci.yml", WORKFLOW)
    assert (test.purpose, place(WORKFLOW, test)) == (Purpose.TEST, "npx prisma db push")
    assert (ship.purpose, place(WORKFLOW, ship)) == (Purpose.DEPLOY, "npx prisma migrate deploy")


def test_containers_and_procfiles_run_on_deployments() -> None:
    text = (
        'FROM node\nRUN npm ci \\\n && npx prisma generate\nCMD ["npx", "prisma", "db", "push"]\n'
    )
    generate, push = found_in("Dockerfile", text)
    assert generate.arguments == ("generate",)
    assert push.is_command("db", "push")
    assert push.purpose is Purpose.DEPLOY
    (release,) = found_in("Procfile", "web: node x\nrelease: npx prisma migrate dev\n")
    assert release.purpose is Purpose.DEPLOY


@pytest.mark.parametrize("text", ["a: [", "\t\tx", "&a [*a, *a]", "run: 'x", ""])
def test_yaml_that_does_not_parse_holds_no_commands(text: str) -> None:
    assert found_in(".github/workflows/x.yml", text) == []


@pytest.mark.parametrize(
    "command",
    [
        "npm run push -w packages/db",
        "npm --workspace=@acme/db run push",
        "npm --prefix packages/db run push",
        "pnpm --filter @acme/db push",
        "pnpm -F @acme/db... run push",
        "pnpm -r run push",
        "pnpm -C packages/db push",
        "yarn workspace @acme/db push",
        "yarn --cwd packages/db push",
        "bun run --filter '@acme/db' push",
        "npx turbo run push --filter=@acme/db",
        "pnpm exec turbo @acme/db#push",
        "dotenv -e .env -- pnpm --filter @acme/db push",
    ],
)
def test_a_deployment_reaches_the_scripts_of_another_workspace(command: str) -> None:
    manifest = '{"name": "@acme/db", "scripts": {"push": "prisma db push"}}'
    sources = [
        SourceFile("Procfile", f"release: {command}\n"),
        SourceFile("packages/db/package.json", manifest),
        SourceFile("packages/web/package.json", '{"name": "@acme/web", "scripts": {}}'),
    ]
    purposes = {found.purpose for found in invocations(sources)}
    assert purposes == {Purpose.DEPLOY, Purpose.UNKNOWN}


@pytest.mark.parametrize(
    "command", ["run-s push serve", "npm-run-all 'pus*'", "concurrently 'npm:push' 'node x'"]
)
def test_scripts_that_are_run_in_turn_are_reached(command: str) -> None:
    text = f'{{"scripts": {{"push": "prisma db push", "start": "{command}"}}}}'
    assert Purpose.DEPLOY in {found.purpose for found in found_in("package.json", text)}


@pytest.mark.parametrize(
    ("test", "purpose"),
    [
        ('[ "$NODE_ENV" = "development" ]', Purpose.DEVELOPMENT),
        ('[[ $NODE_ENV != "production" ]]', Purpose.DEVELOPMENT),
        ('! [ "$APP_ENV" = prod ]', Purpose.DEVELOPMENT),
        ('[ "$NODE_ENV" = "production" ]', Purpose.DEPLOY),
        ('[ "$NODE_ENV" != "development" ]', Purpose.DEPLOY),
        ('[ "$IS_DEV" = "false" ]', Purpose.DEPLOY),
        ('[ -n "$DATABASE_URL" ]', Purpose.DEPLOY),
    ],
)
def test_a_test_of_the_environment_tells_who_runs_it(test: str, purpose: Purpose) -> None:
    (guarded,) = found_in("start.sh", f"if {test}; then\n  prisma db push\nfi\n")
    assert guarded.purpose is purpose
    (listed,) = found_in("start.sh", f"{test} && prisma db push\n")
    assert listed.purpose is purpose


def test_the_last_branch_runs_where_no_other_did() -> None:
    text = (
        'if [ "$E" = production ]; then prisma migrate deploy\n'
        'elif [ "$E" = staging ]; then prisma migrate deploy\nelse prisma db push\nfi\n'
    )
    assert found_in("start.sh", text)[-1].purpose is Purpose.DEVELOPMENT


def test_a_here_document_of_a_container_is_read_and_one_that_is_copied_is_not() -> None:
    text = (
        'FROM a\nRUN <<"EOF"\nprisma db push\nEOF\nCOPY <<EOF /x\nRUN prisma db pull\nEOF\nCMD x\n'
    )
    (found,) = found_in("Dockerfile", text)
    assert place(text, found) == "prisma db push"


def test_what_a_workflow_fills_in_is_no_name_of_a_job() -> None:
    text = (
        "jobs:\n  tests-web:\n    name: tests (${{ matrix.deploy-mode }})\n"
        "    steps:\n      - run: npx prisma migrate dev\n"
    )
    (found,) = found_in(".github/workflows/pipeline.yml", text)
    assert found.purpose is Purpose.TEST


def test_of_two_packages_of_one_name_the_one_below_is_called() -> None:
    push = '{"name": "server", "scripts": {"up": "prisma db push"}}'
    sources = [
        SourceFile("a/package.json", '{"name": "a", "scripts": {"start": "npm -w server run up"}}'),
        SourceFile("a/server/package.json", push),
        SourceFile("b/server/package.json", push),
        SourceFile("Procfile", "web: npm -w server run up\n"),
    ]
    deployed = [one for one in invocations(sources) if one.purpose is Purpose.DEPLOY]
    assert [one.script.path for one in deployed] == ["a/server/package.json"]
