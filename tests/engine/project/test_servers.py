"""Which PostgreSQL the files of a repository speak of."""

from __future__ import annotations

import pytest

from workers.engine.project.discovery import discover
from workers.engine.project.servers import server_version
from workers.engine.project.texts import Texts
from workers.engine.reading import ground_of
from workers.engine.settings import Settings
from workers.engine.snapshot import Tree

IMAGES = [
    ("postgres:15-alpine", 15),
    ("postgres:16.3", 16),
    ('"postgres:13"', 13),
    ("pgvector/pgvector:pg16", 16),
    ("pgvector/pgvector:0.8.0-pg17-bookworm", 17),
    ("supabase/postgres:15.1.0.147", 15),
    ("postgis/postgis:15-3.4", 15),
    ("timescale/timescaledb:latest-pg15", 15),
    ("timescale/timescaledb-ha:pg14-latest", 14),
    ("bitnami/postgresql:14.2.0-debian-10-r35", 14),
    ("mirror.gcr.io/library/postgres:17@sha256:0123", 17),
    ("registry.example.com:5000/team/postgres:16", 16),
    ("postgres:${POSTGRES_VERSION:-15}-alpine", 15),
    ("cimg/postgres:12.9", 12),
    ("sibedge/postgres-plv8:15.3-3.1.7", 15),
    ("bitnami/postgresql-repmgr:14.5.0", 14),
    ("example/postgres-of-ours:nightly", None),
    ("postgrest/postgrest:v12.0.1", None),
    ("supabase/postgres-meta:v0.84", None),
    ("prometheuscommunity/postgres-exporter:15", None),
    ("postgres:latest", None),
    ("postgres:alpine", None),
    ("postgres", None),
    ("postgres:9.6", None),
    ("postgres:${POSTGRES_VERSION}", None),
    ("ankane/pgvector:v0.5.1", None),
    ("prodrigestivill/postgres-backup-local:15", None),
    ("redis:7", None),
]


def texts(**files: str) -> Texts:
    named = {path.replace("__", "/").replace("_", "."): text for path, text in files.items()}
    return Texts(Tree({path: text.encode() for path, text in named.items()}, frozenset(named)))


@pytest.mark.parametrize(("image", "version"), IMAGES)
def test_an_image_says_its_version(image: str, version: int | None) -> None:
    assert server_version(texts(compose_yaml=f"services:\n  db:\n    image: {image}\n")) == version


def test_files_that_agree_tell_the_version() -> None:
    found = texts(
        compose_yaml="services:\n  postgres:\n    image: postgres:15\n",
        supabase__config_toml="[api]\nmajor_version = 1\n[db]\nport = 5432\nmajor_version = 15\n",
        **{".github__workflows__ci_yml": "  services:\n    db: { image: 'postgres:15.4' }\n"},
    )
    assert server_version(found) == 15


def test_files_that_disagree_tell_nothing() -> None:
    found = texts(
        compose_yaml="services:\n  db:\n    image: postgres:16\n",
        supabase__config_toml="[db]\nmajor_version = 15\n",
    )
    assert server_version(found) is None


def test_an_image_made_of_postgresql_may_disagree() -> None:
    lines = "services:\n  db:\n    image: postgres:12\n"
    assert server_version(texts(compose_yaml=lines)) == 12
    lines += "  other:\n    image: sibedge/postgres-plv8:15.3-3.1.7\n"
    assert server_version(texts(compose_yaml=lines)) is None


def test_a_matrix_tells_nothing() -> None:
    lines = "    matrix:\n      pg: [13, 17]\n    services:\n      db:\n"
    lines += "        image: postgres:${{ matrix.pg }}\n"
    assert server_version(texts(**{".github__workflows__ci_yml": lines})) is None


def test_services_of_other_pipelines_are_read() -> None:
    assert server_version(texts(**{".gitlab-ci_yml": "services:\n  - postgres:14\n"})) == 14
    circle = "docker:\n  - image: cimg/node:20.1\n  - image: cimg/postgres:13.5\n"
    assert server_version(texts(**{".circleci__config_yml": circle})) == 13


def test_addresses_and_ports_are_no_images() -> None:
    lines = (
        "services:\n  app:\n    environment:\n"
        "      DATABASE_URL: postgresql://postgres:15@postgres:16/app\n"
        "      HOST: postgres:5432\n      # image: postgres:12\n"
    )
    assert server_version(texts(compose_yaml=lines)) is None


def test_the_configuration_counts_for_more() -> None:
    found = texts(
        compose_yaml="services:\n  db:\n    image: postgres:13\n",
        prisma__schema_prisma='datasource db {\n  provider = "postgresql"\n}\n',
        **{"prisma__migrations__1__migration_sql": "CREATE TABLE a (id int);\n"},
    )
    (pair,) = discover(found).pairs
    told = ground_of(pair, Settings())
    assert (told.server_version, told.is_version_told) == (13, True)
    chosen = ground_of(pair, Settings(server_version=17, is_version_told=True))
    assert (chosen.server_version, chosen.is_version_told) == (17, True)
