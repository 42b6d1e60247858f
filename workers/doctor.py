"""`driftline doctor`: is this instance well? Each check says what it saw, and its remedy if not.

Nothing is changed, neither at GitHub nor in Redis.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.app import App
    from bot.settings import Settings
    from workers.environments.binding import Binding

Grade = Literal["well", "mind", "ill"]

_OLDEST_REDIS = (6, 2)
_OLDEST_GIT = (2, 38)
_CLOCK_SECONDS = 30
"""GitHub refuses a token whose times are off by more than a minute."""
_LOOKED_AT = 100
_SECRET = 16


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    grade: Grade
    seen: str
    remedy: str = ""


def doctor(environment: Mapping[str, str] | None = None) -> int:
    """Look at everything and print it; 0 where nothing is ill, else 1."""
    values = os.environ if environment is None else environment
    checks = list(examine(values))
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{check.grade:4}  {check.name:{width}}  {check.seen}")
        if check.remedy:
            print(f"      {'':{width}}  -> {check.remedy}")
    ill = sum(check.grade == "ill" for check in checks)
    print(f"\n{len(checks)} checks, {ill} ill.")
    return 1 if ill else 0


def examine(values: Mapping[str, str]) -> Iterator[Check]:
    """All checks; those that need what is broken are left out."""
    from bot.settings import Settings, SettingsError

    yield _git()
    yield from _environments(values)
    try:
        settings = Settings.from_environment(values)
    except SettingsError as error:
        yield Check("settings", "ill", "they are incomplete or wrong", str(error))
        return
    yield Check("settings", "well", f"App {settings.app_id} at {settings.github_url}")
    yield from _secrets(settings)
    redis = _connected(settings)
    yield from _guarded("Redis", lambda: _redis(redis))
    yield from _guarded("workers", lambda: _workers(redis))
    yield from _guarded("GitHub", lambda: _github(settings, redis))


def _guarded(name: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Whatever goes wrong while looking is an answer too; no address or secret is repeated."""
    from redis.exceptions import RedisError

    from bot.github.errors import GitHubError

    try:
        yield from look()
    except RedisError as error:
        remedy = "check REDIS_URL, the password in it, and that the server is reachable from here"
        yield Check(name, "ill", f"Redis does not answer ({type(error).__name__})", remedy)
    except GitHubError as error:
        yield Check(name, "ill", f"GitHub refuses: {error}", _remedy_at_github(error))


def _remedy_at_github(error: Exception) -> str:
    status = getattr(error, "status", None)
    if status == 401:
        return "the private key or the App's id is wrong, or this machine's clock is"
    if status == 404:
        return "there is no such App there: check DRIFTLINE_APP_ID and DRIFTLINE_GITHUB_URL"
    return "check DRIFTLINE_GITHUB_URL and this machine's way to it (proxy, firewall, DNS)"


def _git() -> Check:
    program = shutil.which("git")
    if program is None:
        return Check("git", "ill", "there is none", "install git 2.38 or newer")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    told = words[2] if len(words) > 2 else "?"
    if _version(told) < _OLDEST_GIT:
        return Check("git", "ill", told, "2.38 or newer is needed for `git merge-tree`")
    return Check("git", "well", told)


def _version(text: str) -> tuple[int, ...]:
    found = []
    for part in text.split(".")[:2]:
        digits = "".join(sign for sign in part if sign.isdigit())
        found.append(int(digits or 0))
    return tuple(found)


def _environments(values: Mapping[str, str]) -> Iterator[Check]:
    from workers.environments.binding import VARIABLE, WrongBinding, bindings

    if not values.get(VARIABLE):
        return
    try:
        bound = bindings(values)
    except WrongBinding as error:
        yield Check("environments", "ill", "the file of bindings makes no sense", f"{error}")
        return
    repositories = {one.repository.lower() for one in bound}
    yield Check("environments", "well", f"{len(bound)} bound for {len(repositories)} repositories")
    yield from _unread(bound)


def _unread(bound: Sequence[Binding]) -> Iterator[Check]:
    """Each database that cannot be read, with the step that failed and its remedy."""
    from workers.environments.looking import look_now

    for binding, seen in zip(bound, look_now(bound, datetime.now(UTC)), strict=True):
        if not seen.was_read:
            step, _, remedy = seen.failure.partition(" at the step ")[2].partition(": ")
            name = f"environment {binding.name} of {binding.repository}"
            yield Check(name, "ill", f"it could not be read at the step {step}", remedy)


def _secrets(settings: Settings) -> Iterator[Check]:
    short = [secret for secret in settings.webhook_secrets if len(secret) < _SECRET]
    if short:
        yield Check(
            "webhook secret",
            "mind",
            f"it has fewer than {_SECRET} characters",
            "make a longer one (openssl rand -hex 32), set it at GitHub and here",
        )
    else:
        count = len(settings.webhook_secrets)
        yield Check("webhook secret", "well", "set" if count == 1 else f"{count} are taken")


def _connected(settings: Settings) -> Redis:
    from bot.redis_connection import connect_for_web

    return connect_for_web(settings.redis_url)


def _redis(redis: Redis) -> Iterator[Check]:
    facts: dict[str, Any] = redis.info()
    name = "Valkey" if "valkey_version" in facts else "Redis"
    version = str(facts.get("valkey_version") or facts.get("redis_version", "?"))
    if name == "Redis" and _version(version) < _OLDEST_REDIS:
        yield Check("Redis", "ill", f"{name} {version}", "Redis 6.2 or newer, or Valkey, is needed")
    else:
        yield Check("Redis", "well", f"{name} {version}")
    if facts.get("aof_enabled"):
        yield Check("persistence", "well", "append-only file")
    elif facts.get("rdb_last_save_time") and facts.get("rdb_changes_since_last_save", 0) >= 0:
        yield Check(
            "persistence",
            "mind",
            "snapshots alone: a crash loses the deliveries since the last one",
            "start the server with `--appendonly yes`",
        )
    policy = str(facts.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        yield Check(
            "eviction",
            "ill",
            f"maxmemory-policy is {policy}: queued jobs can be thrown away",
            "set `maxmemory-policy noeviction`",
        )
    seconds, micros = redis.time()
    yield _clock("clock beside Redis", time.time() - (seconds + micros / 1e6), "Redis'")


def _clock(name: str, off: float, whose: str) -> Check:
    if abs(off) > _CLOCK_SECONDS:
        remedy = "set it by NTP: GitHub refuses the App's tokens otherwise"
        return Check(name, "ill", f"{off:+.0f} s from {whose}", remedy)
    return Check(name, "well", f"within {max(1, round(abs(off)))} s")


def _workers(redis: Redis) -> Iterator[Check]:
    from rq import Queue as RqQueue
    from rq import Worker

    from bot.leases import is_held
    from bot.queue import QUEUES, SERIALIZER

    alive = Worker.all(connection=redis, serializer=SERIALIZER)
    if alive:
        yield Check("workers", "well", f"{len(alive)} alive")
    else:
        yield Check("workers", "ill", "none is alive", "start `driftline work`, and read its log")
    if is_held(redis, "clock"):
        yield Check("clock process", "well", "one acts")
    else:
        yield Check(
            "clock process",
            "ill" if alive else "mind",
            "nobody makes the rounds (retries, sweeps, redelivery)",
            "it runs beside each `driftline work` without --burst: start one",
        )
    waiting = {name: len(RqQueue(name, connection=redis, serializer=SERIALIZER)) for name in QUEUES}
    told = ", ".join(
        f"{name.removeprefix('driftline-')} {count}" for name, count in waiting.items()
    )
    yield Check("queues", "mind" if sum(waiting.values()) > 500 else "well", told)


def _github(settings: Settings, redis: Redis) -> Iterator[Check]:
    from bot.github.app import App

    app = App.connect(settings, redis)
    try:
        about = app.about()
        yield Check("key", "well", f"GitHub knows it as {about.name}")
        yield from _rights(about.permissions, about.events)
        if about.asked_at is not None:
            off = time.time() - about.asked_at.timestamp()
            yield _clock("clock beside GitHub", off, "GitHub's")
        yield from _hook(app, settings)
        yield from _installations(app)
    finally:
        app.close()


def _rights(permissions: Mapping[str, str], events: Iterable[str]) -> Iterator[Check]:
    from bot.manifest import read_manifest

    manifest = read_manifest()
    wanted: dict[str, str] = manifest["default_permissions"]
    lacking = [
        f"{name}: {level}"
        for name, level in wanted.items()
        if permissions.get(name) not in (level, "write", "admin")
    ]
    if lacking:
        yield Check(
            "permissions",
            "ill",
            f"the App lacks {', '.join(lacking)}",
            "add them in the App's settings (Permissions & events); owners must accept them",
        )
    else:
        extra = sorted(f"{name}: {permissions[name]}" for name in permissions.keys() - wanted)
        more = f", and {', '.join(extra)}" if extra else ""
        yield Check("permissions", "well", f"as app.yml says{more}")
    deaf = sorted(set(manifest["default_events"]) - set(events))
    if deaf:
        remedy = "subscribe to them in the App's settings (Permissions & events)"
        yield Check("events", "ill", f"the App does not hear {', '.join(deaf)}", remedy)
    else:
        yield Check("events", "well", "as app.yml says")


def _hook(app: App, settings: Settings) -> Iterator[Check]:
    hook = app.hook()
    address = str(hook.get("url", ""))
    if not address.endswith("/webhooks/github"):
        remedy = "it must end with /webhooks/github (App's settings, Webhook URL)"
        yield Check("webhook", "ill", f"GitHub sends to {address or 'nowhere'}", remedy)
    elif hook.get("content_type") != "json":
        yield Check("webhook", "ill", "its content type is a form", "choose application/json")
    elif str(hook.get("insecure_ssl", "0")) != "0":
        yield Check("webhook", "mind", "TLS is not verified", "enable SSL verification at GitHub")
    else:
        yield Check("webhook", "well", address)
    seen = failed = 0
    for delivery in app.deliveries():
        seen += 1
        failed += not delivery.is_ok
        if seen >= _LOOKED_AT:
            break
    if not seen:
        remedy = "GitHub has sent nothing yet: open a pull request where the App is installed"
        yield Check("deliveries", "mind", "none", remedy)
    elif failed * 10 > seen:
        remedy = "read one at GitHub (App's settings, Advanced): its status and answer tell why"
        yield Check("deliveries", "ill", f"{failed} of the last {seen} failed", remedy)
    else:
        yield Check("deliveries", "well", f"{seen - failed} of the last {seen} arrived")


def _installations(app: App) -> Iterator[Check]:
    from bot.manifest import read_manifest

    found = app.installations()
    suspended = sum(one.is_suspended for one in found)
    told = f"{len(found)}" + (f", {suspended} suspended" if suspended else "")
    if not found:
        yield Check("installations", "mind", "none", "install the App on a repository")
        return
    wanted = read_manifest()["default_permissions"]
    waiting = [
        one.account
        for one in found
        if any(
            one.permissions.get(name) not in (level, "write", "admin")
            for name, level in wanted.items()
        )
    ]
    if waiting:
        names = ", ".join(waiting[:5])
        remedy = "their owners must accept the new permissions (Settings > Installed GitHub Apps)"
        yield Check("installations", "mind", f"{told}; {names} grant less than wanted", remedy)
    else:
        yield Check("installations", "well", told)
