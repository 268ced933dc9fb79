"""The Axes of Matplotlib that pictures of learning are drawn into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.errors import KindError, MissingPackageError
from nn.wording import brief

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = ("#2563a8", "#d9722b", "#2f8f5b", "#8a4fa3", "#b8383d", "#7d7461")
QUIET = "#8592a0"  # of what helps to read a picture


def axes_of(ax: Axes | None) -> Axes:
    """Return the Axes given, or new ones; in both cases without a box around."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingPackageError("nn.plot", "plot") from None
    if ax is None:
        _, ax = pyplot.subplots(figsize=(6.0, 4.0), layout="constrained")
    if not hasattr(ax, "spines"):
        raise KindError(
            f"ax must be Axes of Matplotlib, and is {brief(ax, 60)}: each picture draws one "
            f"thing, as history.plot('loss') and history.plot('accuracy', ax=pyplot.gca())"
        )
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
