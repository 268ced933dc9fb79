"""The state of a training: what an epoch changes, and what a checkpoint keeps."""

from __future__ import annotations

import math

from nn.history import History
from nn.module import Module, Numbers, write
from nn.optimizers import Optimizer


class State:
    """The weights, the optimiser and the history of a training, as of the last finished epoch.

    Args:
        model: whose parameters are trained.
        optimizer: moves them.
        history: what has been seen so far.
        weights: the numbers of the parameters, in the form of the engine.
        settings: what must be the same for a resumed run to give the same numbers.

    Attributes:
        best_loss: the lowest validation loss so far.
        best_weights: those that had it.
    """

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        history: History,
        weights: Numbers,
        settings: dict[str, object],
    ) -> None:
        self.model, self.optimizer, self.history = model, optimizer, history
        self.settings = settings
        self.parameters = model.parameters()
        self.weights = self.best_weights = weights
        self.best_loss = math.inf
        self.commit()

    @property
    def committed(self) -> int:
        """The number of the last finished epoch."""
        epochs: int = self._committed[0][0]
        return epochs

    def judge(self, loss: float) -> None:
        """Record the validation loss of an epoch."""
        if -math.inf < loss < self.best_loss:
            self.best_loss, self.best_weights = loss, self.weights
            self.history.best_epoch = len(self.history)

    def waited(self) -> int:
        """Return for how many epochs the validation loss has had no new minimum."""
        return len(self.history) - (self.history.best_epoch or 0)

    def commit(self) -> None:
        """Remember the state at the end of an epoch, in one assignment."""
        self._committed = (
            (len(self.history), self.weights, self.optimizer.snapshot()),
            (self.history.best_epoch, self.best_loss, self.best_weights),
        )

    def restore(self, best: bool) -> None:
        """Put model, optimiser and history as they were at the end of the last finished epoch.

        Args:
            best: whether the model gets the weights of the best epoch, if there is one.
        """
        (epochs, weights, memory), (best_epoch, self.best_loss, self.best_weights) = self._committed
        self.history.best_epoch = best_epoch
        del self.history.records[epochs:]
        self.optimizer.restore(memory)
        write(self.parameters, self.best_weights if best and best_epoch else weights)
        self.model.zero_grad()
