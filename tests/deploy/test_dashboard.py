"""Grafana's dashboard asks for metrics and labels that exist, and for all of them."""

from __future__ import annotations

import json
import re

from bot.metrics import METRICS
from tests.deploy.test_manifests import DEPLOY

DASHBOARD = json.loads((DEPLOY / "grafana/driftline.json").read_text())
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_every_metric_it_names_exists_and_every_metric_is_shown() -> None:
    named = set()
    for expression in EXPRESSIONS:
        for name in re.findall(r"driftline_\w+", expression):
            base = name.removesuffix("_bucket")
            assert base in METRICS, name
            assert (base != name) == (METRICS[base].kind == "histogram"), name
            named.add(base)
    assert named == set(METRICS)


def test_every_metric_is_counted_somewhere() -> None:
    code = "".join(
        path.read_text()
        for folder in ("bot", "workers")
        for path in (DEPLOY.parent / folder).rglob("*.py")
    )
    for name in METRICS:
        # Once where it is described, and again where it is counted.
        assert code.count(f'"{name}"') >= 2, f"{name} is counted nowhere"


def test_panels_have_places_of_their_own() -> None:
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
    assert len({one["id"] for one in DASHBOARD["panels"]}) == len(places)
