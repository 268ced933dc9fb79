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


@pytest.mark.parametrize("lose", [{3}, {7, 8}, set(range(9, 40))])
def test_lost_shards_are_computed_again(lose):
    assert trained(Counting(lose)) == trained()


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


@pytest.mark.slow
def test_a_dask_worker_killed_in_mid_epoch_changes_no_number(cluster):
    workers = set(cluster.scheduler_info()["workers"])
    assert trained(cluster.get_executor(), loss=fatal) == trained()
    assert os.path.exists(os.environ["NN_TEST_KILL"])
    cluster.wait_for_workers(2)
    assert set(cluster.scheduler_info()["workers"]) != workers
