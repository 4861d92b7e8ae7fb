"""A study without the dashboard: bars on a terminal, lines in a pipe, JSON lines for programs."""
