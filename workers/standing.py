"""`driftline status`: how each bound database stands to the repository."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from workers.engine.observed.observation import Observation
from workers.engine.observed.survey import Survey
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.environments.binding import Binding, WrongBinding, bindings, bindings_of
from workers.environments.looking import look_now
from workers.refusals import WrongUse
from workers.remote import origin_of

_GIVEN = "DRIFTLINE_DATABASE_URL_"


def status(options: argparse.Namespace, snapshot: Snapshot, settings: Settings) -> int:
    """Print the table. 0: all is well; 1: drift, or a deployment that would fail; 3: not read."""
    from workers.engine.analyze import analyze

    seen = observations(options)
    if not seen:
        raise WrongUse(
            "no environment is bound to this repository: give --database-url, or --env NAME, or"
            " bind one (DRIFTLINE_ENVIRONMENTS names the file; see the README)."
        )
    report = analyze(replace(snapshot, observations=seen), settings)
    broken = [one for one in report.diagnostics if one.code == "environment-failed"]
    for one in broken:
        print(f"driftline: {one.message}", file=sys.stderr)
    print(_rendered(report.surveys, options.format))
    return 3 if broken else _code(report.surveys)


def observations(options: argparse.Namespace) -> tuple[Observation, ...]:
    """What the databases hold that the options name; all that are bound where they name none."""
    now = datetime.now(UTC)
    # Here nothing is merged anywhere: what is at hand is what shall be deployed.
    return tuple(replace(one, branch="") for one in look_now(_bindings(options), now))


def _bindings(options: argparse.Namespace) -> Sequence[Binding]:
    if options.database_url:
        return (Binding(options.env[0] if options.env else "database", given=options.database_url),)
    try:
        own = bindings_of(origin_of(Path(options.repository)) or "", os.environ)
        if not options.env:
            return own
        return [_named(name, own) for name in options.env]
    except WrongBinding as error:
        raise WrongUse(f"{error}.") from error


def _named(name: str, own: Sequence[Binding]) -> Binding:
    """The binding of a name: this repository's, else the variable made for it, else the only one
    of that name."""
    for binding in own:
        if binding.name == name:
            return binding
    variable = _GIVEN + "".join(sign if sign.isalnum() else "_" for sign in name).upper()
    if os.environ.get(variable):
        return Binding(name, url_env=variable)
    others = [binding for binding in bindings(os.environ) if binding.name == name]
    if len(others) == 1:
        return others[0]
    raise WrongUse(f"no environment `{name}` is bound here, and {variable} is not set.")


def _rendered(surveys: Sequence[Survey], form: str) -> str:
    from workers.output import status as output

    if form == "json":
        return output.render_status_json(surveys)
    if form == "markdown":
        return output.render_status_markdown(surveys)
    return output.render_status(surveys)


def _code(surveys: Sequence[Survey]) -> int:
    if any(not one.observation.was_read for one in surveys):
        return 3
    is_well = all(
        not one.drift
        and one.story.kind in ("in step", "behind", "empty")
        and all(outlook.will_succeed for outlook in one.forecasts)
        for one in surveys
    )
    return 0 if is_well else 1
