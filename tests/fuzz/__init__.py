"""Random bytes for our own parsers: `make fuzz` (atheris), and a short run in pytest."""
