"""Neurons, layers and MLPs on the scalar engine, and their training."""
