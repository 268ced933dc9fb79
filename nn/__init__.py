"""Neurons, layers and MLPs on the scalar engine, and their training."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nn import data, initializers, schedules
from nn.clipping import clip_norm, clip_value
from nn.errors import DivergedError, InputError, KindError, MissingPackageError
from nn.habits import missing_export
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

if TYPE_CHECKING:
    from nn import plot
    from nn.estimators import Classifier, Regressor
    from nn.saving import load, save
    from nn.training import fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Classifier",
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
    "Regressor",
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


_ROOMS = {"fit": "nn.training", "load": "nn.saving", "save": "nn.saving"}


def __getattr__(name: str) -> Any:
    """Import what trains, saves and draws, and scikit-learn, when a name is first asked for."""
    if name == "plot":
        return import_module("nn.plot")
    if name in _ROOMS:
        obj = globals()[name] = getattr(import_module(_ROOMS[name]), name)
        return obj
    if name not in ("Classifier", "Regressor"):
        raise missing_export(name)
    try:
        from nn import estimators
    except ImportError as error:
        raise MissingPackageError(f"nn.{name}", "data") from error
    return getattr(estimators, name)


def __dir__() -> list[str]:
    return __all__
