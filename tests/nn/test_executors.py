"""fit over executors: the same numbers for any number of workers, and when one is killed."""

import multiprocessing
import os
import signal
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)

import pytest

import nn
from nn import MLP, Adam, data, fit

X, Y = data.moons(30, noise=0.1, seed=5)
SPAWN = multiprocessing.get_context("spawn")


def trained(executor=None, loss="hinge", engine="eager", **settings):
    model = MLP(2, [4, 1], seed=3)
    history = fit(
        model,
        X,
        Y,
        loss,
        Adam(lr=0.05),
        epochs=3,
        batch_size=13,
        engine=engine,
        executor=executor,
        shard_size=4,
        metrics={},
        seed=11,
        progress=False,
        **settings,
    )
    records = [{k: v for k, v in r.items() if k != "seconds"} for r in history.records]
    return records, model.state_dict()


calls = 0


def fatal(score, target):
    """Hinge, but the first worker process that gets to its twelfth row is killed there."""
    global calls
    calls += 1
    if multiprocessing.parent_process() is not None and calls >= 12:
        try:
            os.close(os.open(os.environ["NN_TEST_KILL"], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return nn.hinge(score, target)


def broken(score, target):
    if multiprocessing.parent_process() is not None:
        raise ZeroDivisionError("only in workers")
    return nn.hinge(score, target)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("engine", ["eager", "jit"])
def test_threads_give_the_numbers_of_one_process(workers, engine):
    with ThreadPoolExecutor(workers) as executor:
        assert trained(executor, engine=engine) == trained(engine=engine)


def test_processes_give_the_numbers_of_one_process_and_keep_the_rows():
    with ProcessPoolExecutor(2, mp_context=SPAWN) as executor:
        assert trained(executor) == trained()
        assert trained(executor, engine="jit") == trained(engine="jit")
        with pytest.warns(RuntimeWarning, match="lost shards .*ZeroDivisionError: only in workers"):
            assert trained(executor, loss=broken) == trained(loss=broken)


class Counting(Executor):
    """Runs tasks at once and remembers what was sent."""

    def __init__(self, lose=()):
        self.sent, self.lose = [], lose

    def submit(self, function, /, *arguments):
        self.sent.append(arguments)
        future = Future()
        if len(self.sent) in self.lose:
            future.set_exception(ConnectionError("the worker went away"))
        else:
            future.set_result(function(*arguments))
        return future


def test_the_rows_travel_once_and_then_weights_row_numbers_and_sums():
    executor = Counting()
    assert trained(executor) == trained()
    problems = [problem for _, _, _, problem in executor.sent if problem is not None]
    assert 1 <= len(problems) <= 4  # the shards of the first batch
    numbers = [row for _, _, rows, problem in executor.sent for row in rows if problem is None]
    assert sorted(numbers) == sorted(list(range(30)) * 3)
    assert max(len(rows) for _, _, rows, _ in executor.sent) == 4


def test_rows_are_sent_along_to_few_shards_at_a_time():
    """Workers that forget the rows get them 8, 16, ... times, not at once for every shard."""
    rounds = []

    class Forgetful:
        def map(self, function, tasks):
            rounds.append(sum(problem is not None for _, _, _, problem in tasks))
            for task in tasks:
                yield function(task) if task[3] is not None else None

    model = MLP(2, [1], seed=3)
    settings = {"epochs": 1, "shard_size": 1, "progress": False, "engine": "eager", "seed": 1}
    fit(model, X, Y, executor=Forgetful(), **settings)
    assert rounds == [0, 8, 16, 6]
    alone = MLP(2, [1], seed=3)
    fit(alone, X, Y, **settings)
    assert alone.state_dict() == model.state_dict()


@pytest.mark.parametrize("lose", [{3}, {1, 4}, {10, 11}])
def test_lost_shards_are_computed_again(lose):
    assert trained(Counting(lose)) == trained()


@pytest.mark.parametrize("lose", [{7, 8}, set(range(9, 40))])
def test_shards_that_are_lost_again_are_computed_here_with_a_warning(lose):
    with pytest.warns(RuntimeWarning, match="ConnectionError: the worker went away") as warned:
        assert trained(Counting(lose)) == trained()
    assert len(warned) == 1


class Submitting:
    """No Executor, and nothing but submit; the future has nothing but result."""

    def submit(self, function, *arguments):
        return type("Result", (), {"result": lambda self: function(*arguments)})()


class Mapping:
    """No Executor, and nothing but map, as a multiprocessing.Pool has it."""

    def map(self, function, tasks):
        return list(map(function, tasks))


class Lazy:
    """Like the map of an Executor: any number of iterables, results as they come."""

    def map(self, function, *iterables):
        return map(function, *iterables)


class MapsOnly(Executor):
    """An Executor without submit."""

    def map(self, function, *iterables, timeout=None, chunksize=1):
        return map(function, *iterables)


@pytest.mark.parametrize("kind", [Submitting, Mapping, Lazy, MapsOnly])
@pytest.mark.parametrize("engine", ["eager", "jit"])
def test_submit_or_map_is_enough(kind, engine):
    for executor in (kind(), kind):  # an object, and what makes one
        assert trained(executor, engine=engine) == trained(engine=engine)


def test_a_pool_of_multiprocessing_gives_the_numbers_of_one_process():
    with SPAWN.Pool(2) as pool:
        assert trained(pool) == trained()


class Failing(Mapping):
    """Loses the shards from some task on."""

    def __init__(self, error):
        self.error, self.tasks = error, 0

    def map(self, function, tasks):
        for task in tasks:
            self.tasks += 1
            if self.tasks > 10:
                raise self.error
            yield function(task)


@pytest.mark.parametrize(
    ("error", "words"),
    [(OSError("no network"), "OSError: no network"), (BrokenExecutor("all"), "is broken")],
)
def test_a_map_that_fails_changes_no_number(error, words):
    with pytest.warns(RuntimeWarning, match=words) as warned:
        assert trained(Failing(error)) == trained()
    assert len(warned) == 1


def test_what_was_made_here_is_shut_down_in_its_own_way():
    class Closing(Mapping):
        ended = ()

        def close(self):
            self.ended += ("close",)

        def shutdown(self):
            self.ended += ("shutdown",)

    class Shutting(Submitting):
        ended = ()

        def shutdown(self):
            self.ended += ("shutdown",)

    for kind, way in ((Closing, "close"), (Shutting, "shutdown")):
        executor = kind()
        trained(executor)
        assert executor.ended == ()
        trained(lambda executor=executor: executor)
        assert executor.ended == (way,)


class Wrong:
    def submit(self, function, *arguments):
        return function(*arguments)


@pytest.mark.parametrize(
    ("executor", "words"),
    [
        (3, "with submit or map, .* it is an int"),
        ("x", "it is a str"),
        ([], "it is a list"),
        (Executor(), "with submit or map"),
        (lambda: 3, "it has made an int"),
        (Wrong(), "must return a future"),
    ],
)
def test_what_is_no_executor_is_refused(executor, words):
    model = MLP(2, [4, 1], seed=3)
    with pytest.raises(nn.KindError, match=words):
        fit(model, X, Y, epochs=1, engine="eager", executor=executor, progress=False)
    assert model.state_dict() == MLP(2, [4, 1], seed=3).state_dict()


def test_a_pool_whose_worker_is_killed_in_mid_epoch_changes_no_number(tmp_path, monkeypatch):
    monkeypatch.setenv("NN_TEST_KILL", str(tmp_path / "killed"))
    with (
        ProcessPoolExecutor(2, mp_context=SPAWN) as executor,
        pytest.warns(RuntimeWarning, match="executor is broken"),
    ):
        assert trained(executor, loss=fatal) == trained()
    assert (tmp_path / "killed").exists()


def test_a_function_that_makes_executors_replaces_a_broken_one(tmp_path, monkeypatch):
    monkeypatch.setenv("NN_TEST_KILL", str(tmp_path / "killed"))
    made = []

    def pool():
        made.append(ProcessPoolExecutor(2, mp_context=SPAWN))
        return made[-1]

    assert trained(pool, loss=fatal) == trained()
    assert len(made) == 2


def test_a_pool_that_breaks_with_much_in_it_is_replaced_once():
    class Broken(Executor):
        def submit(self, function, /, *arguments):
            future = Future()
            future.set_exception(BrokenExecutor("all of it is lost"))
            return future

    pools = [Broken(), Counting()]
    assert trained(lambda: pools.pop(0)) == trained()
    assert pools == []


def test_an_error_of_the_loss_comes_out_as_it_is():
    def wrong(score, target):
        if target < 0 and score.data < -2.0:
            raise ZeroDivisionError("mine")
        return nn.hinge(score, target)

    with ThreadPoolExecutor(2) as executor, pytest.raises(ZeroDivisionError, match="mine"):
        trained(executor, loss=wrong)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    distributed = pytest.importorskip("distributed")
    with pytest.MonkeyPatch.context() as environment:
        # Workers, also those that replace killed ones, inherit it.
        environment.setenv("NN_TEST_KILL", str(tmp_path_factory.mktemp("dask") / "killed"))
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster.scheduler_address) as client,  # as of a remote one
        ):
            yield client


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["eager", "jit"])
def test_a_dask_cluster_gives_the_numbers_of_one_process(cluster, engine):
    assert trained(cluster.get_executor(), engine=engine) == trained(engine=engine)
    assert trained(cluster.get_executor, engine=engine) == trained(engine=engine)
    assert trained(cluster, engine=engine) == trained(engine=engine)


@pytest.mark.slow
def test_a_dask_worker_killed_in_mid_epoch_changes_no_number(cluster):
    workers = set(cluster.scheduler_info()["workers"])
    assert trained(cluster.get_executor(), loss=fatal) == trained()
    assert os.path.exists(os.environ["NN_TEST_KILL"])
    cluster.wait_for_workers(2)
    assert set(cluster.scheduler_info()["workers"]) != workers


@pytest.mark.parametrize("outcome", [3, (1.0, [0.0] * 17), [1.0, 2.0], (0, 1.0, [0.0] * 17)])
def test_an_executor_that_returns_something_else_is_refused(outcome):
    class Other:
        def map(self, function, tasks):
            return [outcome for _ in tasks]

    with pytest.raises(TypeError, match="what the function returned"):
        trained(Other())


def test_an_executor_that_returns_results_in_another_order_is_refused():
    class Unordered:
        def map(self, function, tasks):
            return reversed([function(task) for task in tasks])

    with pytest.raises(TypeError, match="in the order of the tasks"):
        trained(Unordered())
