"""What can be checked of deploy/ without a container engine, a cluster or root."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
KUBERNETES_VERSION = "1.33"
NOT_OF_KUBERNETES = ("kustomize.config.k8s.io", "keda.sh")


def program(name: str) -> str:
    """A program of this environment, else of the machine; the test is skipped without it."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def run(*command: str | Path) -> str:
    """What a program says; it must agree."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def documents(path: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load_all(path.read_text())


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pod that the manifests would run."""
    for path in KUBERNETES:
        for one in documents(path):
            if one["kind"] in ("Deployment", "StatefulSet"):
                yield one["metadata"]["name"], one["spec"]["template"]["spec"]


def test_the_container_file_passes_hadolint() -> None:
    run(program("hadolint"), DEPLOY / "Containerfile")


def test_the_shell_scripts_pass_shellcheck() -> None:
    run(program("shellcheck"), ROOT / ".ci/run")


def test_the_compose_file_follows_the_compose_specification() -> None:
    file = DEPLOY / "compose.yaml"
    run(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", file)


@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.name)
def test_the_manifests_follow_the_schemas_of_kubernetes(path: Path) -> None:
    import kubernetes_validate

    for one in documents(path):
        if not one["apiVersion"].startswith(NOT_OF_KUBERNETES):
            kubernetes_validate.validate(one, KUBERNETES_VERSION, strict=True)


def test_the_kustomization_names_every_manifest() -> None:
    (told,) = documents(DEPLOY / "kubernetes/kustomization.yaml")
    assert sorted(told["resources"]) == sorted(
        path.name for path in KUBERNETES if path.name != "kustomization.yaml"
    )


def test_every_pod_runs_without_rights() -> None:
    found = dict(pods())
    assert set(found) == {"web", "worker", "valkey"}
    for spec in found.values():
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["automountServiceAccountToken"] is False
        for container in spec["containers"]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]


def test_the_autoscaler_watches_queues_that_exist() -> None:
    from bot.queue import QUEUES

    (scaler,) = documents(DEPLOY / "kubernetes/scaling.yaml")
    lists = {trigger["metadata"]["listName"] for trigger in scaler["spec"]["triggers"]}
    assert lists <= {f"rq:queue:{name}" for name in QUEUES}


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    verify = program("systemd-analyze")
    copies = []
    for unit in UNITS:
        copy = tmp_path / unit.name
        # The program is not installed on this machine; another stands in for it.
        copy.write_text(unit.read_text().replace("/opt/driftline/bin/driftline", "/bin/true"))
        copies.append(copy)
    assert run(verify, "verify", *copies).strip() == ""


def test_every_variable_of_the_example_is_read_somewhere() -> None:
    code = "".join(
        path.read_text() for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("workers/**/*.py")]
    )
    for line in (DEPLOY / "driftline.env.example").read_text().splitlines():
        name = line.removeprefix("# ").partition("=")[0]
        if name.isupper() and name.replace("_", "").isalpha() and "=" in line:
            assert f'"{name}"' in code, f"{name} is read nowhere"
