"""``jit``: traces a function once and compiles the recorded graph to native code."""
