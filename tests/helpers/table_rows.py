"""Operands for any row of the table: numbers for its variables, whole numbers for the others."""


def operands_of(row, numbers, static=1.0):
    """Return operands for a row: these for its variables in order, ``static`` for the others."""
    numbers = iter(numbers)
    return [next(numbers) if place in row.variables else static for place in range(row.arity)]
