"""Neurons, layers and MLPs on the scalar engine, and their training."""

from nn import data, initializers, plot, schedules
from nn.clipping import clip_norm, clip_value
from nn.errors import DivergedError, InputError, KindError, MissingPackageError
from nn.history import History
from nn.inspection import activations, dead_units, gradients, predict
from nn.layers import MLP, Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    huber,
    l1_penalty,
    l2_penalty,
    mae,
    mse,
)
from nn.metrics import accuracy
from nn.module import Module
from nn.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from nn.saving import load, save
from nn.training import fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "DivergedError",
    "History",
    "InputError",
    "KindError",
    "Layer",
    "MissingPackageError",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSprop",
    "accuracy",
    "activations",
    "binary_cross_entropy",
    "clip_norm",
    "clip_value",
    "cross_entropy",
    "data",
    "dead_units",
    "fit",
    "gradients",
    "hinge",
    "huber",
    "initializers",
    "l1_penalty",
    "l2_penalty",
    "load",
    "mae",
    "mse",
    "plot",
    "predict",
    "save",
    "schedules",
]


def __dir__() -> list[str]:
    return __all__
