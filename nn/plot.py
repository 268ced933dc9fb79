"""Pictures of learning, drawn with Matplotlib (extra ``plot``); each returns its Axes."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nn.axes import COLORS, QUIET, axes_of
from nn.errors import InputError
from nn.habits import asking, say_what_is_ours
from nn.history import History
from nn.inputs import checked, listed
from nn.inspection import activations, dead_units, gradients, predict
from nn.losses import Loss
from nn.module import Module, whole
from nn.names import check_features

if TYPE_CHECKING:
    from matplotlib.axes import Axes

say_what_is_ours(__name__)
MARKERS = ("o", "s", "^", "D", "v", "P")
INK = "#1f2933"


@asking("curves(history)")
def curves(history: History, name: str = "loss", ax: Axes | None = None) -> Axes:
    """Draw a loss or a metric by epoch, for training and for validation.

    Args:
        history: what ``fit`` returned.
        name: "loss", or a metric such as "accuracy".
        ax: Matplotlib Axes to draw into; None makes new ones.

    Returns:
        The Axes.

    Raises:
        ImportError: Matplotlib is not installed.
        KeyError: nothing of that name was recorded.

    Example:
        >>> from nn import MLP, data, fit
        >>> history = fit(MLP(2, [3, 1], seed=1), *data.xor(8, seed=1), epochs=3, progress=False)
        >>> curves(history).get_ylabel()
        'loss'
    """
    return history.plot(name, ax)


@asking("decision_boundary(model, X, y)")
def decision_boundary(
    model: Module, X: object, y: object, ax: Axes | None = None, resolution: int = 80
) -> Axes:
    """Draw the classes that a model sees in the plane, and points with their labels.

    If a model has one score, the colour fades towards the line where the score is 0.

    Args:
        model: a Module of two inputs.
        X: rows of two numbers.
        y: labels: -1 and 1, or 0 and 1, or class numbers, or names of classes.
        ax: Matplotlib Axes to draw into; None makes new ones.
        resolution: how many points of the plane are tried along each side.

    Returns:
        The Axes.

    Raises:
        ImportError: Matplotlib is not installed.
        ValueError: the rows have not two numbers, or resolution is less than 2; or a data frame
            has not the columns that the model was trained on.

    Example:
        >>> from nn import MLP, data
        >>> ax = decision_boundary(MLP(2, [3, 1], seed=1), *data.moons(10, seed=1), resolution=9)
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('x1', 'x2')
    """
    ax = axes_of(ax)
    check_features(model, X)
    rows, labels = _points_of_the_plane(X, y)
    grid = _Grid(rows, whole(resolution, "resolution", least=2))
    _draw_regions(ax, grid, predict(model, grid.rows, scores=True))
    _draw_points(ax, rows, labels)
    _frame(ax, grid)
    names = getattr(X, "columns", ("x1", "x2"))
    ax.set_xlabel(str(names[0]))
    ax.set_ylabel(str(names[1]))
    return ax


@asking("activation_histograms(model, X)")
def activation_histograms(model: Module, X: object, ax: Axes | None = None) -> Axes:
    """Draw how the outputs of each layer are distributed over the rows, and name dead units.

    Args:
        model: an MLP, or another Module with a list ``layers``.
        X: rows of numbers.
        ax: Matplotlib Axes to draw into; None makes new ones.

    Returns:
        The Axes.

    Raises:
        ImportError: Matplotlib is not installed.
        TypeError: the model has no layers.

    Example:
        >>> from nn import MLP, data
        >>> ax = activation_histograms(MLP(2, [3, 1], seed=1), data.moons(10, seed=1)[0])
        >>> [label.get_text() for label in ax.get_yticklabels()]
        ['layer 1', 'layer 2']
    """
    ax = axes_of(ax)
    layers = [[out for row in rows for out in row] for rows in activations(model, X)]
    dead = dead_units(model, X)
    notes = []
    for number in range(1, len(layers) + 1):
        names = [name.split()[-1] for name in dead if name.startswith(f"layer {number},")]
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        notes.append(f"dead: {'neuron' if len(names) == 1 else 'neurons'} {shown}" if names else "")
    _ridges(ax, layers, notes)
    ax.set_xlabel("output")
    return ax


@asking("gradient_histograms(model, X, y)")
def gradient_histograms(
    model: Module, X: object, y: object, loss: str | Loss = "hinge", ax: Axes | None = None
) -> Axes:
    """Draw how the derivatives of the mean loss by the parameters of each layer are distributed.

    Args:
        model: an MLP, or another Module with a list ``layers``.
        X: rows of numbers.
        y: the label or target of each row.
        loss: a name, or a function of (score, target) of one row.
        ax: Matplotlib Axes to draw into; None makes new ones.

    Returns:
        The Axes.

    Raises:
        ImportError: Matplotlib is not installed.
        TypeError: the model has no layers.
        ValueError: data or labels do not fit.

    Example:
        >>> from nn import MLP, data
        >>> ax = gradient_histograms(MLP(2, [3, 1], seed=1), *data.moons(10, seed=1))
        >>> ax.get_xlabel()
        'derivative of the loss'
    """
    ax = axes_of(ax)
    layers = gradients(model, X, y, loss)
    notes = []
    for layer in layers:
        zeros = sum(part == 0.0 for part in layer)
        notes.append(f"{zeros} of {len(layer)} are 0" if zeros else "")
    _ridges(ax, layers, notes)
    ax.set_xlabel("derivative of the loss")
    return ax


class Film:
    """A callback that records the decision boundary during training and shows it as a film.

    Args:
        X: rows of two numbers, drawn as points.
        y: their labels.
        every: after how many epochs a frame is taken.
        resolution: how many points of the plane are tried along each side.

    Raises:
        ValueError: the rows have not two numbers, or a number is too small.

    Example:
        >>> from nn import MLP, data, fit
        >>> X, y = data.moons(20, seed=1)
        >>> film = Film(X, y, every=2, resolution=10)
        >>> history = fit(MLP(2, [4, 1], seed=1), X, y, epochs=4, callbacks=[film], progress=False)
        >>> film.epochs
        [2, 4]
    """

    def __init__(self, X: object, y: object, every: int = 1, resolution: int = 50) -> None:
        self._rows, self._labels = _points_of_the_plane(X, y)
        self._grid = _Grid(self._rows, whole(resolution, "resolution", least=2))
        self._every = whole(every, "every")
        self._frames: list[tuple[dict[str, float], list[Any]]] = []
        self.epochs: list[int] = []

    def __call__(self, history: History, model: Module) -> None:
        """Take a frame, when it is time for one."""
        if len(history) % self._every == 0:
            self.epochs.append(len(history))
            self._frames.append((history.records[-1], predict(model, self._grid.rows, True)))

    def animation(self, ax: Axes | None = None, interval: float = 120.0) -> Any:
        """Return a Matplotlib animation, for ``.save("film.gif")`` and the like.

        Args:
            ax: Matplotlib Axes to draw into; None makes new ones.
            interval: milliseconds from frame to frame.

        Raises:
            ImportError: Matplotlib is not installed.
            ValueError: no frame was taken yet.
        """
        if not self._frames:
            raise InputError("the film has no frames: give it to fit, callbacks=[film]")
        ax = axes_of(ax)
        from matplotlib.animation import FuncAnimation

        def draw(number: int) -> Sequence[Any]:
            record, scores = self._frames[number]
            ax.clear()
            _draw_regions(ax, self._grid, scores)
            _draw_points(ax, self._rows, self._labels)
            _frame(ax, self._grid)
            ax.set_title(f"epoch {self.epochs[number]}, loss {record['loss']:.3f}", loc="left")
            return []

        figure: Any = ax.figure
        return FuncAnimation(figure, draw, frames=len(self._frames), interval=interval)

    def gif(self, ax: Axes | None = None, interval: float = 250.0) -> bytes:
        """Return the animation as the bytes of a GIF file.

        Args:
            ax: Matplotlib Axes to draw into; None makes new ones.
            interval: milliseconds from frame to frame.

        Raises:
            ImportError: Matplotlib is not installed.
            ValueError: no frame was taken yet.
        """
        animation = self.animation(ax, interval)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "film.gif"
            animation.save(file, writer="pillow")
            return file.read_bytes()

    def _repr_html_(self) -> str:
        """Show the film in a notebook, with no script and no network."""
        from matplotlib import pyplot

        with pyplot.ioff():
            figure, ax = pyplot.subplots(figsize=(5.0, 3.4), dpi=72, layout="constrained")
        data = base64.b64encode(self.gif(axes_of(ax))).decode("ascii")
        pyplot.close(figure)
        return f'<img alt="the boundary during training" src="data:image/gif;base64,{data}">'


# -- how they are drawn ------------------------------------------------------------------------


class _Grid:
    """The rows of a square grid around some points, a little beyond them."""

    def __init__(self, points: list[list[float]], resolution: int) -> None:
        self.sides = []
        for coordinates in zip(*points, strict=True):
            low, high = min(coordinates), max(coordinates)
            margin = 0.15 * (high - low) or 1.0
            step = (high - low + 2 * margin) / (resolution - 1)
            self.sides.append([low - margin + i * step for i in range(resolution)])
        self.rows = [[x, height] for height in self.sides[1] for x in self.sides[0]]


def _points_of_the_plane(X: object, y: object) -> tuple[list[list[float]], list[Any]]:
    """Return points, and their labels: numbers or names."""
    names = [label for label in listed(y, "y") if isinstance(label, str)]
    known = sorted(set(names))
    rows, labels = checked(X, y, "", known, range(len(known)))
    if len(rows[0]) != 2:
        raise InputError(
            f"a decision boundary is drawn in the plane: rows must have two numbers, and these "
            f"have {len(rows[0])}"
        )
    return rows, names or labels


def _draw_regions(ax: Axes, grid: _Grid, scores: list[Any]) -> None:
    import numpy
    from matplotlib.colors import LinearSegmentedColormap

    across, up = grid.sides
    if isinstance(scores[0], list):
        table = numpy.array(scores).reshape(len(up), len(across), -1)
        for k in range(table.shape[-1]):  # a class has the region where it leads the others
            lead = table[..., k] - numpy.delete(table, k, axis=-1).max(axis=-1)
            if lead.max() > 0.0:
                color = COLORS[k % len(COLORS)]
                ax.contourf(across, up, lead, levels=[0.0, lead.max()], colors=[color], alpha=0.3)
                ax.contour(across, up, lead, levels=[0.0], colors=INK, linewidths=0.6)
        return
    heights = numpy.tanh(numpy.array(scores)).reshape(len(up), len(across))
    ax.imshow(
        heights,
        cmap=LinearSegmentedColormap.from_list("sides", [COLORS[0], "#ffffff", COLORS[1]]),
        vmin=-1.0,
        vmax=1.0,
        alpha=0.5,
        origin="lower",
        interpolation="bilinear",
        extent=(across[0], across[-1], up[0], up[-1]),
        aspect="auto",
    )
    if heights.min() < 0.0 < heights.max():
        ax.contour(across, up, heights, levels=[0.0], colors=INK, linewidths=1.2)


def _draw_points(ax: Axes, rows: list[list[float]], labels: list[Any]) -> None:
    for number, label in enumerate(sorted(set(labels))):
        points = [row for row, its in zip(rows, labels, strict=True) if its == label]
        across, up = zip(*points, strict=True)
        ax.scatter(
            across,
            up,
            s=22,
            color=COLORS[number % len(COLORS)],
            marker=MARKERS[number % len(MARKERS)],
            edgecolor="white",
            linewidth=0.6,
            label=label if isinstance(label, str) else f"{label:g}",
            zorder=3,
        )


def _frame(ax: Axes, grid: _Grid) -> None:
    ax.set_xlim(grid.sides[0][0], grid.sides[0][-1])
    ax.set_ylim(grid.sides[1][0], grid.sides[1][-1])
    wide, high = [side[-1] - side[0] for side in grid.sides]
    if max(wide, high) < 10.0 * min(wide, high):  # else one of them would be a strip
        ax.set_aspect("equal")
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6)
    ax.set_xlabel("x1")
    ax.set_ylabel("x2")


def _ridges(ax: Axes, layers: list[list[float]], notes: list[str]) -> None:
    """Draw one histogram above the other, the first layer on top, on a common scale."""
    import numpy

    everything = [number for layer in layers for number in layer]
    low, high = min(everything), max(everything)
    if low == high:
        low, high = low - 1.0, high + 1.0
    edges = numpy.linspace(low, high, 61)
    for number, (layer, note) in enumerate(zip(layers, notes, strict=True)):
        floor = len(layers) - 1 - number
        counts, _ = numpy.histogram(layer, edges)
        heights = floor + 0.85 * counts / counts.max()
        ax.stairs(heights, edges, baseline=floor, fill=True, color=COLORS[0], alpha=0.75)
        ax.axhline(floor, color=QUIET, linewidth=0.8)
        if note:
            ax.annotate(
                note,
                (1.0, floor + 0.5),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
                color=COLORS[4],
                fontsize="small",
            )
    ax.axvline(0.0, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
    ax.set_yticks([len(layers) - 1 - i + 0.4 for i in range(len(layers))])
    ax.set_yticklabels([f"layer {i}" for i in range(1, len(layers) + 1)])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlim(low, high)
    ax.set_ylim(0, len(layers))
