"""What is deployed: pinned, with hashes, and as pyproject.toml says."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.test_manifests import DEPLOY, ROOT, program, run

EXTRAS = ("environments", "tracing", "sentry")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ]+)(?: ; (.*?))? \\$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    text = (DEPLOY / name).read_text()
    return {canonicalize_name(found[1]): found[2] for found in PIN.finditer(text)}


def test_every_dependency_is_locked_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in EXTRAS:
        wanted += project["optional-dependencies"][extra]
    locked = pins("requirements.lock")
    for text in wanted:
        requirement = Requirement(text)
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{text}: locked is {version}; make lock"


@pytest.mark.parametrize("name", ["requirements.lock", "build.lock"])
def test_every_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (DEPLOY / name).read_text())
    packages = [entry for entry in entries if "==" in entry.split("\n")[0]]
    assert len(packages) == len(pins(name)) > 2
    for entry in packages:
        assert "--hash=sha256:" in entry, entry.split("\n")[0]


def test_the_container_installs_by_hash_alone_and_runs_without_rights() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    installs = re.findall(r"pip install ([^\n]*)", text)
    assert installs
    for words in installs:
        assert "--require-hashes" in words or "--no-deps" in words
    stages = re.findall(r"^FROM (.*)$", text, re.MULTILINE)
    assert len(stages) == 2
    assert re.search(r"^ARG PYTHON=3\.\d+\.\d+-slim-\w+$", text, re.MULTILINE)
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)


def test_a_bill_of_materials_can_be_made(tmp_path: Path) -> None:
    made = tmp_path / "sbom.json"
    run(
        program("cyclonedx-py"), "requirements", DEPLOY / "requirements.lock",
        "--pyproject", ROOT / "pyproject.toml", "--of", "JSON", "-o", made,
    )  # fmt: skip
    told = json.loads(made.read_text())
    assert told["bomFormat"] == "CycloneDX"
    names = {canonicalize_name(one["name"]) for one in told["components"]}
    assert pins("requirements.lock").keys() == names
