"""What those who come from PyTorch, Keras or scikit-learn write: errors that say what ours is."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import NoReturn, TypeVar, cast

from nn.errors import KindError, MissingImportError, MissingNameError

F = TypeVar("F", bound=Callable[..., object])

OF_OPTIMIZERS = {
    "zero_grad": "an optimiser holds no parameters: write model.zero_grad()",
    "param_groups": "its settings are attributes: write optimizer.lr = 0.01",
    "add_param_group": "an optimiser holds no parameters: make one for each group, and give each "
    "its own at optimizer.step(parameters)",
    "learning_rate": "it is optimizer.lr",
    "init": "its memory begins at the first step: leave it out",
    "update": "of arrays it is weights = optimizer.updated(weights, gradient)",
    "minimize": "write loss.backward() and optimizer.step(model.parameters())",
    "apply_gradients": "write loss.backward() and optimizer.step(model.parameters())",
}
OF_NN = {
    **dict.fromkeys(("Linear", "Dense"), "it is nn.Layer(nin, nout, nonlin=False)"),
    "Sequential": "layers in a row are nn.MLP(nin, [16, 16, 1], activation='tanh')",
    **dict.fromkeys(
        ("ReLU", "Tanh", "Sigmoid", "GELU", "SiLU", "LeakyReLU", "ELU", "Softplus"),
        "an activation is a function of autograd by name: nn.MLP(2, [16, 1], activation='tanh')",
    ),
    **dict.fromkeys(("Softmax", "LogSoftmax"), "nn.cross_entropy takes scores as they are"),
    "MSELoss": "a loss is a function: nn.mse(score, target)",
    "L1Loss": "a loss is a function: nn.mae(score, target)",
    **dict.fromkeys(("HuberLoss", "SmoothL1Loss"), "a loss is a function: nn.huber(score, target)"),
    **dict.fromkeys(
        ("CrossEntropyLoss", "NLLLoss"), "a loss is a function: nn.cross_entropy(scores, target)"
    ),
    **dict.fromkeys(
        ("BCELoss", "BCEWithLogitsLoss"),
        "a loss is a function: nn.binary_cross_entropy(score, target)",
    ),
    **dict.fromkeys(("MLPClassifier", "NeuralNetClassifier"), "it is nn.Classifier((16,))"),
    **dict.fromkeys(("MLPRegressor", "NeuralNetRegressor"), "it is nn.Regressor((16,))"),
    "Parameter": "a parameter is an autograd.Value that is an attribute: self.w = Value(0.0)",
    "functional": "functions of numbers are autograd's (autograd.tanh), and losses nn's (nn.mse)",
    "init": "write nn.MLP(2, [16, 1], initializer='he'), or see nn.initializers",
    "optim": "optimisers are nn's own: nn.SGD(lr=0.1), nn.Adam()",
    **dict.fromkeys(
        ("utils", "clip_grad_norm_", "clip_grad_norm"),
        "write nn.clip_norm(model.parameters(), 1.0)",
    ),
    **dict.fromkeys(("DataLoader", "Dataset"), "write nn.fit(model, X, y, batch_size=32)"),
    **dict.fromkeys(("train", "Trainer"), "write nn.fit(model, X, y)"),
    **dict.fromkeys(
        ("predict_proba", "log_softmax"),
        "probabilities of classes are nn.Classifier's, or autograd.softmax(model(x)) of several "
        "scores and autograd.sigmoid(model(x)) of one",
    ),
    "load_model": "write nn.load(model, 'weights.json') of a model made anew",
    "save_model": "write nn.save(model, 'weights.json')",
    **dict.fromkeys(
        ("train_test_split", "train_val_split"),
        "write (X, y), (X_held_out, y_held_out) = nn.data.split(X, y, 0.2)",
    ),
    "EarlyStopping": "write nn.fit(model, X, y, validation=(X_held_out, y_held_out), patience=10)",
    "ModelCheckpoint": "write nn.fit(model, X, y, checkpoint='run.json')",
    **dict.fromkeys(
        ("LearningRateScheduler", "StepLR", "ExponentialLR", "CosineAnnealingLR", "lr_scheduler"),
        "a schedule is a function of the epoch: schedule=nn.schedules.cosine(0.1, 100) of nn.fit",
    ),
    "accuracy_score": "write nn.accuracy(nn.predict(model, X), y)",
    **dict.fromkeys(
        ("StandardScaler", "MinMaxScaler", "OneHotEncoder", "SimpleImputer", "Pipeline"),
        "scikit-learn's works with nn.Classifier and nn.Regressor, also in its make_pipeline",
    ),
    "loss": "losses are functions of nn: nn.mse(score, target), nn.hinge(score, target)",
    **dict.fromkeys(
        ("Dropout", "BatchNorm1d", "LayerNorm", "Conv1d", "Conv2d", "LSTM", "GRU", "Embedding"),
        "a part of your own is a class of nn.Module with a method __call__(self, x)",
    ),
}
_OWN_SCHEDULE = "a schedule is any function of the epoch: schedule=lambda epoch: 0.1 * 0.95**epoch"
_OWN_INITIALIZER = (
    "an initialiser is any function of these three: "
    "nn.MLP(2, [16, 1], initializer=lambda generator, nin, nout: generator.gauss(0.0, 0.1))"
)
OF_PLACES: dict[str, dict[str, str]] = {  # of public modules of nn, and of nn too
    "nn.data": {
        "TensorDataset": OF_NN["Dataset"],
        "random_split": OF_NN["train_test_split"],
        **dict.fromkeys(
            ("MNIST", "mnist", "load_mnist", "fetch_openml"),
            "nn.data.digits() gives 1797 small images of digits; fit takes arrays of others as "
            "they are",
        ),
        **dict.fromkeys(
            ("make_classification", "make_regression", "make_friedman1"),
            "nn.Classifier and nn.Regressor take what sklearn.datasets makes as it is; see also "
            "nn.data.blobs and nn.data.noisy_sine",
        ),
        **dict.fromkeys(
            ("load_wine", "load_breast_cancer", "load_diabetes", "fetch_california_housing"),
            "nn.Classifier and nn.Regressor take what sklearn.datasets reads as it is: "
            "X, y = load_wine(return_X_y=True)",
        ),
    },
    "nn.schedules": {
        "StepLR": "it is nn.schedules.step_decay(0.1, every=10, factor=0.1)",
        **dict.fromkeys(
            ("ExponentialLR", "exponential_decay", "exponential"),
            "it is nn.schedules.step_decay(0.1, every=1, factor=0.95)",
        ),
        **dict.fromkeys(
            ("CosineAnnealingLR", "cosine_annealing", "cosine_decay", "CosineDecay"),
            "it is nn.schedules.cosine(0.1, 100)",
        ),
        **dict.fromkeys(
            ("LambdaLR", "LinearLR", "linear", "polynomial", "OneCycleLR", "ReduceLROnPlateau"),
            _OWN_SCHEDULE,
        ),
    },
    "nn.initializers": {
        **dict.fromkeys(
            ("glorot", "glorot_uniform", "glorot_normal", "xavier_uniform_", "xavier_normal"),
            "it is nn.initializers.xavier, or initializer='xavier'",
        ),
        **dict.fromkeys(
            ("kaiming", "kaiming_normal_", "kaiming_uniform_", "he_normal", "he_uniform"),
            "it is nn.initializers.he, or initializer='he'",
        ),
        **dict.fromkeys(("normal", "zeros", "constant", "orthogonal", "normal_"), _OWN_INITIALIZER),
    },
    "nn.plot": {
        **dict.fromkeys(
            ("history", "loss", "loss_curve", "learning_curve", "plot"),
            "it is nn.plot.curves(history)",
        ),
        **dict.fromkeys(
            ("DecisionBoundaryDisplay", "plot_decision_boundary", "boundary"),
            "it is nn.plot.decision_boundary(model, X, y)",
        ),
        **dict.fromkeys(
            ("confusion_matrix", "ConfusionMatrixDisplay"),
            "it is scikit-learn's: sklearn.metrics.ConfusionMatrixDisplay.from_predictions(y, "
            "classifier.predict(X))",
        ),
        **dict.fromkeys(
            ("show", "savefig"), "each picture returns its Axes: write ax.figure.show()"
        ),
    },
}
ON_ONE_KIND = "numbers are floats of 64 bits, computed where Python runs: leave it out"
OF_MODULES = {
    "forward": "a Module is called, model(x), and one of your own has a method __call__(self, x)",
    "backward": "it belongs to the loss: loss.backward()",
    **dict.fromkeys(("to", "cpu", "cuda", "float", "double", "half"), ON_ONE_KIND),
    **dict.fromkeys(("train", "eval"), "a Module has one way to be called: leave it out"),
    **dict.fromkeys(
        ("requires_grad_", "requires_grad"),
        "what is to stay as it is, leave out of optimizer.step(parameters)",
    ),
    **dict.fromkeys(
        ("weight", "bias", "weights"),
        "write model.parameters(), or dict(model.named_parameters())",
    ),
    **dict.fromkeys(
        ("children", "modules", "named_modules", "named_children"),
        "parts are attributes, as in model.layers of an MLP",
    ),
    **dict.fromkeys(
        ("add_module", "register_module", "register_parameter", "register_buffer"),
        "assign it as an attribute, self.w = Value(0.0)",
    ),
    "classes": "fit keeps the names of classes where y has names, and where y has numbers "
    "nn.predict(model, X) gives scores: of two classes the second one where score > 0, of more "
    "numpy.argmax(scores, axis=1)",
    "feature_names": "fit keeps the names of the columns of a data frame",
    **dict.fromkeys(
        ("grad", "grads"), "each parameter has its own: [p.grad for p in model.parameters()]"
    ),
    "step": "it belongs to the optimiser: optimizer.step(model.parameters())",
    "apply": "write a loop: for p in model.parameters()",
    "fit": "write nn.fit(model, X, y)",
    "predict": "write nn.predict(model, X)",
    "compile": "nn.fit(model, X, y) compiles where the extra jit is installed",
    "save": "write nn.save(model, 'weights.json')",
    "load": "write nn.load(model, 'weights.json')",
    "predict_proba": OF_NN["predict_proba"],
    **dict.fromkeys(
        ("score", "evaluate"),
        "write nn.accuracy(nn.predict(model, X), y), or a loss of the scores, nn.mse(scores, y)",
    ),
    **dict.fromkeys(("summary", "num_parameters", "count_params"), "write len(model.parameters())"),
    **dict.fromkeys(
        ("get_weights", "set_weights"), "write model.state_dict(), model.load_state_dict(state)"
    ),
    **dict.fromkeys(
        ("coefs_", "intercepts_"), "write model.parameters(), or dict(model.named_parameters())"
    ),
}
OF_ESTIMATORS = {
    **dict.fromkeys(
        ("save", "save_weights", "save_model", "to_json"),
        "pickle.dump(estimator, file) keeps it whole, and nn.save(estimator.model_, "
        "'weights.json') the weights of its network",
    ),
    **dict.fromkeys(
        ("load", "load_weights", "load_model"),
        "pickle.load(file) gives back what pickle.dump kept, and nn.load(estimator.model_, "
        "'weights.json') reads the weights of its network",
    ),
    **dict.fromkeys(
        ("state_dict", "load_state_dict", "parameters", "named_parameters", "zero_grad", "layers"),
        "the network is estimator.model_, once it is fitted",
    ),
    **dict.fromkeys(("coefs_", "intercepts_"), "weights are estimator.model_.parameters()"),
    **dict.fromkeys(
        ("loss_curve_", "loss_", "best_loss_"), "losses are estimator.history_['loss']"
    ),
    **dict.fromkeys(("evaluate", "accuracy"), "write estimator.score(X, y)"),
    **dict.fromkeys(("forward", "transform"), "write estimator.predict(X)"),
    **dict.fromkeys(("train", "compile", "eval"), "write estimator.fit(X, y)"),
    "predict_log_proba": "write numpy.log(estimator.predict_proba(X))",
    "partial_fit": "fit begins anew; a network that goes on is nn.fit(model, X, y), called again",
    **dict.fromkeys(
        ("model", "history", "classes", "model_", "history_", "n_iter_", "classes_"),
        "it is there once the estimator is fitted: model_, history_, n_iter_, and classes_ of a "
        "Classifier",
    ),
}
SETTINGS = {  # other names of settings
    **dict.fromkeys(("learning_rate", "learning_rate_init", "rate", "eta", "step_size"), "lr"),
    **dict.fromkeys(("hidden_layer_sizes", "sizes", "layers"), "nouts"),
    **dict.fromkeys(("act", "nonlinearity"), "activation"),
    **dict.fromkeys(("max_iter", "n_epochs", "num_epochs"), "epochs"),
    **dict.fromkeys(("criterion", "loss_fn"), "loss"),
    "validation_data": "validation",
    **dict.fromkeys(("n_samples", "samples", "n"), "rows"),
    **dict.fromkeys(("test_size", "test_fraction"), "held_out"),
    "max_norm": "limit",
    "random_state": "seed",
    "verbose": "progress",
}
_REPEATED = (
    "rows count alike: repeat those that count more (X[rows], y[rows] with rows = "
    "numpy.repeat(numpy.arange(len(y)), times))"
)
_WEIGHED = (
    "loss=lambda score, target: nn.binary_cross_entropy(score, target) * "
    "(5.0 if target > 0 else 1.0), with targets 0 and 1, or of several classes "
    "nn.cross_entropy(scores, target) * autograd.take(weights, target)"
)
ABSENT = {  # settings that other libraries have
    "shuffle": "where batch_size= cuts the rows, they are shuffled every epoch, in an order that "
    "seed= repeats",
    "validation_split": "give rows of your own, validation=(X_held_out, y_held_out)",
    "early_stopping": "write patience=10, with validation=(X, y)",
    "class_weight": f"nn.Classifier(class_weight='balanced') has it; or weigh the loss: {_WEIGHED}",
    "sample_weight": _REPEATED,
    **dict.fromkeys(("device", "dtype"), "numbers are floats of 64 bits where Python runs"),
}
_HELD_OUT = (
    "an estimator trains for max_iter epochs, which a search may choose (GridSearchCV); what stops "
    "early is nn.fit(model, X, y, patience=10, validation=(X_held_out, y_held_out))"
)
ABSENT_OF_ESTIMATORS = {  # of scikit-learn's, and of fit
    **dict.fromkeys(("early_stopping", "patience", "validation"), _HELD_OUT),
    **dict.fromkeys(("n_iter_no_change", "validation_fraction", "validation_split"), _HELD_OUT),
    **dict.fromkeys(("tol", "max_fun"), _HELD_OUT),
    "shuffle": ABSENT["shuffle"].replace("seed=", "random_state="),
    **dict.fromkeys(
        (
            *("solver", "optimizer", "momentum", "nesterovs_momentum", "power_t"),
            *("beta_1", "beta_2", "epsilon"),
        ),
        "an estimator trains with Adam; another optimiser is given to "
        "nn.fit(model, X, y, optimizer=nn.SGD(lr=0.1, momentum=0.9))",
    ),
    "warm_start": OF_ESTIMATORS["partial_fit"],
    **dict.fromkeys(
        ("verbose", "progress"),
        "losses are estimator.history_['loss']; nn.fit(model, X, y) shows them while it trains",
    ),
    "loss": "a classifier trains on the cross-entropy and a regressor on the squared error; "
    "another loss is given to nn.fit(model, X, y, loss=...)",
    "class_weight": "it is a setting of a classifier: nn.Classifier(class_weight='balanced')",
    "sample_weight": _REPEATED,
}
RECORDED = {"acc": "accuracy", "lr": "learning_rate", "time": "seconds"}  # other names
LOSSES = {  # names of other libraries, in small letters without underscores, "loss" at the end
    **dict.fromkeys(("mse", "meansquarederror", "squarederror", "l2"), "mse"),
    **dict.fromkeys(("mae", "meanabsoluteerror", "absoluteerror", "l1"), "mae"),
    **dict.fromkeys(("huber", "smoothl1"), "huber"),
    "hinge": "hinge",
    **dict.fromkeys(("bce", "bcewithlogits", "binarycrossentropy", "log"), "binary_cross_entropy"),
    "binarycrossentropywithlogits": "binary_cross_entropy",
    **dict.fromkeys(("categoricalcrossentropy", "sparsecategoricalcrossentropy"), "cross_entropy"),
    **dict.fromkeys(("ce", "nll", "crossentropy", "softmaxcrossentropy"), "cross_entropy"),
}
ACTIVATIONS = {  # names of other libraries, in small letters
    "logistic": "'sigmoid'",
    "swish": "'silu'",
    **dict.fromkeys(("leakyrelu", "leaky"), "'leaky_relu'"),
    **dict.fromkeys(("identity", "linear", "none"), "lambda x: x"),
}


def loss_meant(name: str) -> str:
    """Return what a loss of another library is called here; an empty text where it is unknown."""
    return LOSSES.get(name.lower().replace("_", "").removesuffix("loss"), "")


def missing(
    what: str, name: str, known: dict[str, str], names: Iterable[str] = ()
) -> AttributeError:
    """Return the error for an attribute that there is not, with what there is in its place.

    Args:
        what: whose attribute it would be.
        name: the attribute.
        known: advice for names of other libraries.
        names: those that there are, of which a misspelt one may be meant.
    """
    advice = f": {known[name]}" if name in known else ""
    if not advice and not name.startswith("_"):
        import difflib

        public = {each.lower(): each for each in names if not each.startswith("_")}
        near = difflib.get_close_matches(name.lower(), public, n=1)
        advice = f"; did you mean {public[near[0]]}?" if near else ""
    return MissingNameError(f"{what} has no attribute {name!r}{advice}", name=name)


class Missing:
    """A method that classes of other libraries have: asked of ours, it says what there is instead.

    A subclass may have a method of the name, and an object an attribute.
    """

    def __init__(self, name: str, known: dict[str, str]) -> None:
        self._name, self._known = name, known

    def __get__(self, instance: object, owner: type) -> NoReturn:
        raise missing(f"the class {owner.__name__!r}", self._name, self._known)


def refuse_on_the_class(owner: type, known: dict[str, str]) -> None:
    """Let a class be asked for what reads and writes models elsewhere, and say what ours is."""
    for name in {"load", "save", "load_model", "load_weights"} & known.keys():
        setattr(owner, name, Missing(name, known))


def way_to_a_record(name: object, recorded: list[str]) -> str:
    """Return what to write in place of a name that a history has not, after a semicolon.

    Args:
        name: what was asked of it.
        recorded: the names that there are.
    """
    if isinstance(name, int):
        return f"; the numbers of an epoch are history.records[{name}]"
    if isinstance(name, (list, tuple)):
        return "; take one name at a time"
    rest = str(name).removeprefix("validation_").removeprefix("val_")
    meant = RECORDED.get(rest, rest)
    if rest != name:
        meant = f"validation_{meant}"
    if meant in recorded:
        return f"; write history[{meant!r}]"
    return "; give fit validation=(X_held_out, y_held_out)" if rest != name else ""


def missing_export(name: str, place: str = "nn") -> AttributeError | ImportError:
    """Return the error for a name that ``nn``, or a public module of it, has not."""
    import opcode

    frame = sys._getframe(2)
    is_import = frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_FROM"]
    known = functools.reduce(dict.__or__, [*OF_PLACES.values(), OF_NN, OF_PLACES.get(place, {})])
    if name not in known:
        known = {} if name.startswith("_") else _elsewhere(name)
    if name in known and is_import:  # Python would drop the advice of an AttributeError
        return MissingImportError(f"cannot import name {name!r} from {place!r}: {known[name]}")
    return missing(f"module {place!r}", name, known, dir(sys.modules[place]))


def say_what_is_ours(module: str) -> None:
    """Let a public module of ``nn`` say of names of other libraries what stands for them."""

    def refuse(name: str) -> NoReturn:
        raise missing_export(name, module)

    vars(sys.modules[module])["__getattr__"] = refuse  # unseen by type checkers


def _elsewhere(name: str) -> dict[str, str]:
    """Return advice for a name that another module of ours has, or that is a loss elsewhere."""
    if meant := loss_meant(name):
        return {name: f"it is nn.{meant}"}
    short = name.removeprefix("make_").removeprefix("load_")  # as scikit-learn has it
    for place in ("autograd", "nn", "nn.data", "nn.plot", "nn.schedules", "nn.initializers"):
        module = import_module(place)
        public = vars(module).get("__all__")
        found = getattr(module, short) if short in (public or vars(module)) else None
        if callable(found) and (public or found.__module__ == place):
            return {name: f"it is {place}.{short}"}
    return {}


def asking(example: str) -> Callable[[F], F]:
    """Let a function that is called with the wrong arguments say which it takes.

    Args:
        example: a call as it should be; ``{}`` stands for the class of a method's object.

    Returns:
        A decorator, of a function or of a method.
    """

    def around(function: F) -> F:
        code = function.__code__
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        names = [name for name in parameters if name != "self"]
        takes_all = bool(code.co_flags & 8)  # inspect.CO_VARKEYWORDS

        @functools.wraps(function)
        def called(*args: object, **named: object) -> object:
            if "lr" in names and ("params" in named or any(map(_holds_parameters, args[1:2]))):
                _refuse_parameters(type(args[0]).__name__, args[1:], named)
            try:
                return function(*args, **named)
            except TypeError as error:
                if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                    raise  # it comes from within
                words = str(error).partition("() ")[2]
            who = type(args[0]).__name__ if "self" in parameters else ""
            what = f"{who}.{function.__name__}".strip(".").removesuffix(".__init__")
            for name in named:
                if name not in names and not takes_all:
                    raise KindError(f"{what}: {_not_among(name, names)}")
            raise KindError(f"{what}: {words}; write {example.format(who)}")

        return cast(F, called)

    return around


def _not_among(name: str, settings: list[str]) -> str:
    known = SETTINGS.get(name, name)
    same = [known, *[other for other in SETTINGS if SETTINGS[other] == known]]
    close = [each for each in same if each in settings]
    if not close:
        import difflib

        close = difflib.get_close_matches(name, settings, 1)
    is_of_estimators = "max_iter" in settings or settings == ["X", "y"]
    if is_of_estimators and name in ABSENT_OF_ESTIMATORS:
        return f"there is no setting {name!r}: {ABSENT_OF_ESTIMATORS[name]}"
    if settings == ["X", "y"]:
        return (
            f"there is no setting {name!r}: an estimator has its settings when it is made, such as "
            "max_iter=300"
        )
    if name in ABSENT and "batch_size" in settings:
        return f"there is no setting {name!r}: {ABSENT[name]}"
    if known == "lr" and "optimizer" in settings:
        return f"there is no setting {name!r}, the optimiser has it: optimizer=nn.Adam(lr=0.01)"
    meant = f"did you mean {close[0]}" if close else f"the settings are {', '.join(settings)}"
    return f"there is no setting {name!r}; {meant}"


def _refuse_parameters(who: str, args: tuple[object, ...], named: dict[str, object]) -> NoReturn:
    settings = {name: each for name, each in named.items() if name != "params"}
    places = args if "params" in named else args[1:]
    if not places and "lr" not in settings:
        settings = {"lr": 0.1, **settings}
    written = [*map(repr, places), *(f"{name}={each!r}" for name, each in settings.items())]
    raise KindError(
        f"{who}: takes its settings alone, and the parameters at each step: write "
        f"optimizer = {who}({', '.join(written)}) and optimizer.step(model.parameters())"
    )


def _holds_parameters(obj: object) -> bool:
    """Return whether it is a Module, parameters, or what goes through such."""
    is_iterable = isinstance(obj, Iterable) and not isinstance(obj, (str, bytes))
    return (is_iterable and getattr(obj, "shape", None) != ()) or hasattr(obj, "parameters")
