"""The roles that stand in every PostgreSQL server.

https://www.postgresql.org/docs/current/predefined-roles.html
"""

from __future__ import annotations

SINCE: dict[str, int] = {
    "pg_monitor": 10,
    "pg_read_all_settings": 10,
    "pg_read_all_stats": 10,
    "pg_signal_backend": 10,
    "pg_stat_scan_tables": 10,
    "pg_execute_server_program": 11,
    "pg_read_server_files": 11,
    "pg_write_server_files": 11,
    "pg_database_owner": 14,
    "pg_read_all_data": 14,
    "pg_write_all_data": 14,
    "pg_checkpoint": 15,
    "pg_create_subscription": 16,
    "pg_use_reserved_connections": 16,
    "pg_maintain": 17,
    "pg_signal_autovacuum_worker": 18,
}
"""Each predefined role with the version that brought it."""


def predefined(version: int) -> dict[str, bool]:
    """The predefined roles of a version."""
    return {name: True for name, since in SINCE.items() if since <= version}
