"""The version of Driftline, in one place for programs; pyproject.toml holds the same."""

VERSION = "0.1.0"
