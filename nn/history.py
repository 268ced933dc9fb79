"""``History``: what ``fit`` saw, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from nn.habits import asking, missing, way_to_a_record
from nn.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class History:
    """Losses, metrics, learning rate and seconds of every epoch.

    ``history["loss"]`` is a list with one number for each epoch. The names, which are what a loop
    over a history gives, are ``loss``, ``learning_rate``, ``seconds`` (what the epoch took, with
    its metrics and validation; in the first one, compiling), one for each metric
    (``accuracy``), and where there is validation the same with ``validation_`` before them. Its
    length is the number of epochs.

    Attributes:
        records: one dict for each finished epoch.
        engine: "jit" or "eager".
        ending: why training ended, in words.
        best_epoch: the epoch (from 1) with the lowest validation loss; None without validation.

    Example:
        >>> history = History("eager")
        >>> history.records += [{"loss": 2.0}, {"loss": 1.0}]
        >>> history["loss"], len(history)
        ([2.0, 1.0], 2)
        >>> list(history), "accuracy" in history
        (['loss'], False)
    """

    def __init__(self, engine: str) -> None:
        self.records: list[dict[str, float]] = []
        self.engine = engine
        self.ending = ""
        self.best_epoch: int | None = None

    def __getitem__(self, name: str) -> list[float]:
        if name not in self:
            there = f"there are {', '.join(self)}" if self.records else "no epoch was finished"
            raise KeyError(
                f"{name!r} was not recorded; {there}{way_to_a_record(name, self.names())}"
            )
        return [record[name] for record in self.records]

    def __getattr__(self, name: str) -> NoReturn:
        known = {
            "history": "write history['loss']",
            "to_frame": "write pandas.DataFrame(dict(history))",
        }
        if not name.startswith("_") and name != "records" and name in self:
            known[name] = f"write history[{name!r}]"
        elif not name.startswith("_") and name != "records":
            way = way_to_a_record(name, self.names()).removeprefix("; ")
            known |= {name: way} if way and name not in known else {}
        raise missing("a History", name, known)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __len__(self) -> int:
        return len(self.records)

    def keys(self) -> list[str]:
        """Return the names, as of a dict: ``dict(history)`` is one of lists."""
        return self.names()

    def names(self) -> list[str]:
        """Return the names of what was recorded."""
        return list(self.records[0]) if self.records else []

    @asking("history.plot('loss')")
    def plot(self, name: str = "loss", ax: Axes | None = None) -> Axes:
        """Draw training against validation, by epoch.

        Args:
            name: what to draw: "loss", or a metric such as "accuracy".
            ax: Matplotlib Axes to draw into; None makes new ones.

        Returns:
            The Axes.

        Raises:
            ImportError: Matplotlib is not installed (extra ``plot``).
            KeyError: nothing of that name was recorded.
        """
        from nn.axes import COLORS, QUIET, axes_of

        ax = axes_of(ax)
        epochs = range(1, len(self) + 1)
        ax.plot(epochs, self[name], color=COLORS[0], label="training")
        if f"validation_{name}" in self.names():
            validation = self[f"validation_{name}"]
            ax.plot(epochs, validation, color=COLORS[1], label="validation")
            if self.best_epoch is not None:
                best = self.best_epoch
                ax.axvline(best, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
                ax.plot([best], [validation[best - 1]], "o", color=COLORS[1], markersize=5)
                note = f"least validation loss: epoch {best}"
                ax.set_title(note, loc="left", fontsize="small", color=QUIET)
            ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
        ax.set_xlabel("epoch")
        ax.set_ylabel(name.replace("_", " "))
        ax.margins(x=0.02)
        return ax

    def __repr__(self) -> str:
        if not self.records:
            return "History(no epochs)"
        last = ", ".join(f"{name}={number:.4g}" for name, number in self.records[-1].items())
        return (
            f"History({counted(len(self), 'epoch')} with engine={self.engine!r}, "
            f"{self.ending}: {last})"
        )
