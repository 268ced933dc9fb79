"""The operation table: one row for each operation."""
