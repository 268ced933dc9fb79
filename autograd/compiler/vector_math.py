"""Vector functions."""

FUNCTIONS: dict[str, str] = {}
