"""The eager engine: nodes, their order and the chain rule."""
