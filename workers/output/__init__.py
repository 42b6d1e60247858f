"""How a report looks: on a terminal, as JSON, as Markdown, as SARIF."""
