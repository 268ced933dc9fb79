"""``Classifier`` and ``Regressor``: an MLP behind scikit-learn's interface (extra ``data``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Never, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from autograd import take
from nn.errors import InputError
from nn.habits import OF_ESTIMATORS, asking, missing, refuse_on_the_class
from nn.inputs import (
    ARGMAX,
    check_labels,
    check_table,
    explain_cells,
    explain_columns,
    explain_labels,
    listed,
)
from nn.inspection import predict
from nn.layers import MLP
from nn.losses import Loss, binary_cross_entropy, cross_entropy, l2_penalty
from nn.metrics import accuracy
from nn.module import whole
from nn.names import names_in
from nn.optimizers import Adam, setting
from nn.training import fit
from nn.wording import brief


class _Table:
    """Rows of numbers with the names of their columns, if they have any."""

    def __init__(self, rows: Any, columns: Any) -> None:
        self.rows, self.columns, self.shape = rows, columns, rows.shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.rows


class _Network(BaseEstimator):
    """The common base: an MLP that Adam trains. Parameters are named as scikit-learn's are."""

    @asking("{}((16,))")
    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (16,),
        activation: str | Callable[[Any], object] = "tanh",
        *,
        alpha: float = 0.0,
        batch_size: int | None = None,
        learning_rate_init: float = 0.03,
        max_iter: int = 300,
        random_state: object = None,
        engine: str | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.engine = engine

    def __getattr__(self, name: str) -> Never:
        raise missing(type(self).__name__, name, OF_ESTIMATORS, dir(type(self)))

    def _train(self, X: Any, y: object, outputs: int, loss: str | Loss) -> Self:
        rows = len(X)
        if isinstance(self.random_state, np.random.Generator):  # scikit-learn knows none
            seed = int(self.random_state.integers(2**31))
        else:
            seed = int(check_random_state(self.random_state).randint(2**31))
        who = type(self).__name__
        sizes = self.hidden_layer_sizes
        sizes = sizes if isinstance(sizes, Iterable) else [sizes]
        sizes = [whole(size, f"{who}: a size in hidden_layer_sizes") for size in sizes]
        batch = self.batch_size
        batch = None if batch is None else min(whole(batch, f"{who}: batch_size"), rows)
        alpha = setting(who, "alpha", self.alpha)
        rate = setting(who, "learning_rate_init", self.learning_rate_init)
        self.model_ = MLP(
            X.shape[1],
            [*sizes, outputs],
            activation=self.activation,
            seed=seed,
            initializer="xavier",
        )
        self.history_ = fit(
            self.model_,
            _Table(X, getattr(self, "feature_names_in_", None)),
            y,
            loss,
            Adam(lr=rate),
            whole(self.max_iter, f"{who}: max_iter"),
            batch,
            penalty=(lambda p: l2_penalty(p, alpha / rows)) if alpha else None,
            engine=self.engine,
            metrics={"accuracy": accuracy} if callable(loss) else None,
            seed=seed,
            progress=False,
        )
        self.n_iter_ = len(self.history_)
        return self

    def _checked(self, X: object, *y: object, **options: bool) -> Any:
        """Return rows, and targets, as scikit-learn has them; its errors about cells are ours."""
        for name, given in (("X", X), *(("y", targets) for targets in y)):
            if isinstance(given, (str, dict)):
                listed(given, name)
        check_table(X, "X")
        explain_columns(X, "X")  # older versions of scikit-learn take columns of one name
        for targets in y if options.get("y_numeric") else ():
            check_table(targets, "y")
        try:
            return validate_data(self, X, *y, dtype=float, **options)
        except (TypeError, ValueError, OverflowError) as error:
            if "feature names should match" in str(error):
                if {*self.feature_names_in_} <= {*names_in(X)}:
                    raise InputError(f"{error}write X[[*estimator.feature_names_in_]]") from None
                raise
            for targets in y:
                explain_columns(targets, "y")
            if options.get("y_numeric"):
                explain_cells(X, *y)
            explain_cells(X)
            for targets in y:
                explain_labels(targets)
            raise

    def _scores(self, X: object) -> Any:
        check_is_fitted(self)
        rows = self._checked(X, reset=False)
        return np.array(predict(self.model_, rows, scores=True))


refuse_on_the_class(_Network, OF_ESTIMATORS)


class Classifier(ClassifierMixin, _Network):
    """An MLP classifier, as an estimator of scikit-learn.

    It takes arrays and data frames, labels that are numbers or texts, and works in pipelines, in
    searches and in cross-validation. It trains on the cross-entropy with Adam.

    With ``class_weight`` the loss is the mean in which each row has the weight of its class.

    Args:
        hidden_layer_sizes: neurons in each hidden layer.
        activation: of the hidden layers: a function of ``autograd`` by name, or a callable.
        alpha: the strength of the L2 penalty.
        batch_size: rows for one update; None takes all.
        learning_rate_init: the learning rate of Adam.
        max_iter: epochs.
        random_state: a seed, or a generator of NumPy's; the same seed gives the same numbers.
        engine: "jit", "eager", or None for jit where it is installed.
        class_weight: weights of classes by label, as ``{"rare": 10.0}``, 1 for those that are not
            named; "balanced" weighs each by the inverse of its number of rows; None all alike.

    Attributes:
        classes_: the labels, sorted.
        model_: the trained ``MLP``.
        history_: the ``History`` of its training.

    Example:
        >>> import nn
        >>> X, y = nn.data.moons(60, noise=0.1, seed=1)
        >>> names = ["lower" if side > 0 else "upper" for side in y]
        >>> classifier = nn.Classifier((8,), random_state=1).fit(X, names)
        >>> bool(classifier.score(X, names) > 0.95), str(classifier.predict([[0.0, 1.0]])[0])
        (True, 'upper')
    """

    @asking("{}((16,))")
    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (16,),
        activation: str | Callable[[Any], object] = "tanh",
        *,
        alpha: float = 0.0,
        batch_size: int | None = None,
        learning_rate_init: float = 0.03,
        max_iter: int = 300,
        random_state: object = None,
        engine: str | None = None,
        class_weight: Mapping[object, float] | str | None = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes,
            activation,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate_init=learning_rate_init,
            max_iter=max_iter,
            random_state=random_state,
            engine=engine,
        )
        self.class_weight = class_weight

    @asking("{}().fit(X, y)")
    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network on rows X with labels y, and return the estimator."""
        check_labels(y)
        shape: tuple[int, ...] = getattr(y, "shape", ())
        if len(shape) == 2 and shape[1] > 1:
            raise InputError(
                f"Classifier: y has {shape[1]} columns, and takes one label a row: where columns "
                f"are classes, one of them 1, write {ARGMAX}"
            )
        X, labels = self._checked(X, y)
        try:
            if labels.dtype == object and (told := np.array(labels.tolist())).dtype.kind in "biuf":
                labels = told  # numbers in a column of objects
            check_classification_targets(labels)
            self.classes_, codes = np.unique(labels, return_inverse=True)
        except (TypeError, ValueError):
            explain_labels(y)
            raise
        if len(self.classes_) < 2:
            raise InputError(
                f"Classifier: y has one class, '{self.classes_[0]}'; it takes two or more classes"
            )
        if len(self.classes_) == 2:
            return self._train(
                X, codes.astype(float), 1, self._weighed(binary_cross_entropy, codes)
            )
        return self._train(X, codes, len(self.classes_), self._weighed(cross_entropy, codes))

    def _weighed(self, loss: Loss, codes: np.typing.NDArray[np.intp]) -> str | Loss:
        """Return the name of a loss, or the loss times the weight of the class of each row."""
        if self.class_weight is None:
            return loss.__name__
        given = self.class_weight
        labels = self.classes_.tolist()
        others = [*given] if isinstance(given, Mapping) else []
        if not {*labels} <= {*others}:  # else all labels have theirs, as where a fold lacks one
            for label in others:
                if label not in labels:
                    raise InputError(
                        f"Classifier: class_weight has {label!r}, which is none of the labels: "
                        f"they are {brief(labels, 80)}"
                    )
        try:
            weights = compute_class_weight(given, classes=self.classes_, y=self.classes_[codes])
        except (TypeError, ValueError) as error:
            raise InputError(
                f"Classifier: class_weight is a dict of numbers by label, as "
                f"{{{labels[0]!r}: 2.0}}, 'balanced' or None, and was {brief(given, 80)}"
            ) from error
        mean = weights[codes].mean()
        if not (np.isfinite(weights).all() and weights.min() >= 0 and 0 < mean < np.inf):
            raise InputError(
                f"Classifier: class_weight gives the weights {weights.tolist()}: give finite ones, "
                f"0 or more, and not 0 to all rows"
            )
        weights = weights / mean
        return lambda score, label: loss(score, label) * take(weights, label)

    def decision_function(self, X: object) -> Any:
        """Return the score of each row; of more than two classes, a score for each class."""
        return self._scores(X)

    def predict_proba(self, X: object) -> Any:
        """Return the probability of each class, in the order of ``classes_``, for each row."""
        scores = self._scores(X)
        if scores.ndim == 1:
            scores = np.stack([np.zeros_like(scores), scores], axis=1)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def predict(self, X: object) -> Any:
        """Return the most probable class of each row."""
        scores = self._scores(X)
        best = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[best]


class Regressor(RegressorMixin, _Network):
    """An MLP that predicts a number, as an estimator of scikit-learn.

    It trains on the mean squared error, with targets scaled to mean 0 and deviation 1; arguments
    are those of ``Classifier``.

    Attributes:
        model_: the trained ``MLP``, of targets brought to mean 0 and deviation 1.
        history_: the ``History`` of its training.

    Example:
        >>> import nn
        >>> X, y = nn.data.noisy_sine(60, noise=0.1, seed=1)
        >>> bool(nn.Regressor((8,), random_state=1).fit(X, y).score(X, y) > 0.9)
        True
    """

    @asking("{}().fit(X, y)")
    def fit(self, X: object, y: Any) -> Self:
        """Train a new network on rows X with numbers y, and return the estimator."""
        shape: tuple[int, ...] = getattr(y, "shape", ())
        if len(shape) == 2 and shape[1] > 1:
            raise InputError(
                f"Regressor: y has {shape[1]} columns, and takes one number a row: a network of "
                f"several outputs is trained by nn.fit(nn.MLP(X.shape[1], [16, {shape[1]}]), X, "
                f"y, loss='mse')"
            )
        rows, numbers = self._checked(X, y, y_numeric=True)
        if numbers.dtype.kind in "US":  # which scikit-learn takes for numbers
            explain_cells(X, numbers)
            numbers = numbers.astype(float)
        if not np.isfinite(numbers).all():  # None became nan
            explain_cells(X, y)
        y = numbers
        self._mean, self._deviation = float(y.mean()), float(y.std()) or 1.0
        return self._train(rows, (y - self._mean) / self._deviation, 1, "mse")

    def predict(self, X: object) -> Any:
        """Return a number for each row."""
        return self._scores(X) * self._deviation + self._mean
