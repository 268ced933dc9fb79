"""The primitives that are functions of the C library, the same that Python's math module calls."""

_NAMES = """exp exp2 expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh
    acosh atanh atan2 fmod"""
LIBRARY = {name: name for name in _NAMES.split()} | {"power": "pow"}
