"""What a script is for, as far as its name, its place and its own words tell."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from workers.engine.project.paths import is_copy
from workers.engine.project.scripts import OWN_DATABASE, Script
from workers.engine.project.shell import Condition


class Purpose(Enum):
    """What a script is for, as far as its name and place tell."""

    DEPLOY = "deploy"
    DEVELOPMENT = "development"
    TEST = "test"
    UNKNOWN = "unknown"


_DEPLOY_WORDS = frozenset({"deploy", "deployment", "prod", "production", "release", "publish"})
_DEPLOY_SCRIPTS = frozenset(
    {
        *("build", "vercel-build", "heroku-postbuild", "render-build"),
        *("start", "prestart", "postinstall"),
    }
)
_DEVELOPMENT_SIGNS = frozenset(
    {
        *("run dev", "pnpm dev", "yarn dev", "bun dev", "next dev", "vite dev", "nuxt dev"),
        *("nodemon", "ts-node-dev", "tsx watch", "--watch", "start:dev", "NODE_ENV=development"),
        *(".env.local", ".env.dev", ".env.test", ".env.integration", "@localhost", "@127.0.0.1"),
    }
)
"""What a script that is for a developer's own machine, or for tests, says besides."""
_DEPLOY_SIGN = ".env.prod"
_TEST_WORDS = frozenset({"test", "tests", "e2e", "ci", "integration", "lint", "check", "pretest"})
_DEVELOPMENT_WORDS = frozenset(
    {
        *("dev", "develop", "development", "local", "devcontainer", "predev", "watch"),
        *("reset", "seed", "setup", "init", "bootstrap"),
    }
)
_PREVIEW_WORDS = frozenset({"preview", "previews", "ephemeral", "review"})
"""Environments that live as long as a pull request, mostly with a database of their own."""
_OWN_MACHINE = frozenset({"dev", "develop", "development", "local", "test", "testing"})
_KEPT = frozenset({"prod", "production"})
_NO = frozenset({"false", "no"})


def purpose_of(script: Script) -> Purpose:
    """What the script is for: the innermost name that tells decides (step, job, file)."""
    if is_copy(script.path) or OWN_DATABASE in script.names:
        return Purpose.TEST
    if any(sign in script.body.text for sign in _DEVELOPMENT_SIGNS):
        return Purpose.DEVELOPMENT
    if any(_PREVIEW_WORDS & set(_split(name)) for name in script.names):
        return Purpose.DEVELOPMENT
    for name in reversed(script.names):
        purpose = _purpose_of_name(name)
        if purpose is not Purpose.UNKNOWN:
            return purpose
    if script.name in _DEPLOY_SCRIPTS or script.is_deployment:
        return Purpose.DEPLOY
    return Purpose.DEPLOY if _DEPLOY_SIGN in script.body.text else Purpose.UNKNOWN


def is_for_own_machine(conditions: Iterable[Condition]) -> bool:
    """Whether what is asked before a command keeps it from production: a test of `NODE_ENV`."""
    return any(map(_keeps_from_production, conditions))


def _keeps_from_production(condition: Condition) -> bool:
    told = set(_split(condition.text))
    is_turned = "!=" in condition.text or condition.text.lstrip("[( ").startswith("!")
    if told & _NO or "-z " in condition.text:
        is_turned = not is_turned
    holds = condition.is_met != is_turned
    return bool(told & _OWN_MACHINE) if holds else bool(told & _KEPT)


def _purpose_of_name(name: str) -> Purpose:
    told = set(_split(_without_expressions(name)))
    if told & _DEPLOY_WORDS:
        return Purpose.DEPLOY
    if told & _TEST_WORDS:
        return Purpose.TEST
    return Purpose.DEVELOPMENT if told & _DEVELOPMENT_WORDS else Purpose.UNKNOWN


def _without_expressions(name: str) -> str:
    """A job's name less what GitHub fills in: `tests (${{ matrix.deploy-mode }})`."""
    first, *rest = name.split("${{")
    return " ".join([first, *(part.partition("}}")[2] for part in rest)])


def _split(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
