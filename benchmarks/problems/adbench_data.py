"""ADBench's data: read from its folder, or made from a seed in the same forms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

MIXTURE = "gmm/1k/gmm_d2_K5.txt", "gmm/1k/gmm_d10_K5.txt"
ADJUSTMENT = ("ba/ba1_n49_m7776_p31843.txt",)
RECURRENT = ("lstm/lstm_l2_c1024.txt",)
HAND = ("hand/simple_small/hand1_t26_c100.txt",)


@dataclass(frozen=True)
class Model:
    """A hand: the parent of each bone, where it stands to it, and the inverse of where it rests."""

    parents: list[int]
    relatives4: np.ndarray
    inverses4: np.ndarray

    @property
    def relatives(self) -> list:
        """Three rows of each transform, as numbers."""
        return self.relatives4[:, :3].tolist()

    @property
    def inverses(self) -> list:
        """Likewise of the inverses."""
        return self.inverses4[:, :3].tolist()

    def of(self, convert: Callable) -> "Model":
        """The same with another library's arrays."""
        return replace(self, relatives4=convert(self.relatives4), inverses4=convert(self.inverses4))


def numbers(line: str) -> np.ndarray:
    return np.array([float(word) for word in line.split()])


def read_mixture(path: Path) -> tuple:
    """Weights, means, factors of the inverse covariances, points, and the prior's two numbers."""
    lines = path.read_text().splitlines()
    _, k, n = (int(word) for word in lines[0].split())
    table = [numbers(line) for line in lines[1:]]
    gamma, degrees = table[3 * k + n]
    return (
        np.concatenate(table[:k]), np.array(table[k : 2 * k]), np.array(table[2 * k : 3 * k]),
        np.array(table[3 * k : 3 * k + n]), float(gamma), int(degrees),
    )  # fmt: skip


def read_adjustment(path: Path) -> tuple:
    """A camera, point, weight and feature for each observation: the file holds one of each."""
    lines = path.read_text().splitlines()
    count = int(lines[0].split()[2])
    camera, point, weight, feature = (numbers(line) for line in lines[1:5])
    return (
        np.tile(camera, (count, 1)), np.tile(point, (count, 1)),
        np.full(count, weight[0]), np.tile(feature, (count, 1)),
    )  # fmt: skip


def read_recurrent(path: Path, characters: int) -> tuple:
    """Weights of the layers, weights around them, the first state, and the text's first letters."""
    lines = path.read_text().splitlines()
    layers = int(lines[0].split()[0])
    blocks = "\n".join(lines[1:]).strip("\n").split("\n\n")
    main, extra, state, text = (
        np.array([numbers(line) for line in block.splitlines()]) for block in blocks
    )
    assert len(main) == 2 * layers
    return main, extra, state, text[:characters]


def read_hand(path: Path) -> tuple:
    """Pose, model, and for each point its vertex, that vertex's weights and the place observed."""
    folder = path.parent / "model"
    bones = [line.split(":") for line in (folder / "bones.txt").read_text().splitlines()]
    model = Model(
        [int(bone[1]) for bone in bones],
        np.array([[float(x) for x in bone[2:18]] for bone in bones]).reshape(-1, 4, 4),
        np.array([[float(x) for x in bone[18:34]] for bone in bones]).reshape(-1, 4, 4),
    )
    positions, weights = [], []
    for line in (folder / "vertices.txt").read_text().splitlines():
        words = line.split(":")
        positions.append([float(x) for x in words[:3]])
        row = np.zeros(len(bones))
        for place in range(int(words[8])):
            row[int(words[9 + 2 * place])] = float(words[10 + 2 * place])
        weights.append(row)
    lines = path.read_text().splitlines()
    count, size = (int(word) for word in lines[0].split())
    points = np.array([numbers(line) for line in lines[1 : 1 + count]])
    vertex = points[:, 0].astype(int)
    theta = np.concatenate([numbers(line) for line in lines[1 + count : 1 + count + size]])
    return (theta, model, np.array(positions)[vertex], np.array(weights)[vertex],
            np.ascontiguousarray(points[:, 1:]))  # fmt: skip


def problems(folder: Path, characters: int) -> Iterator[tuple[str, str, tuple]]:
    """Name, a word on the data, and the arguments, of each file that the folder holds."""
    readers: dict[str, tuple[tuple[str, ...], Callable]] = {
        "mixture": (MIXTURE, read_mixture),
        "adjustment": (ADJUSTMENT, read_adjustment),
        "recurrent": (RECURRENT, lambda path: read_recurrent(path, characters)),
        "hand": (HAND, read_hand),
    }
    for problem, (files, read) in readers.items():
        for file in files:
            if (folder / file).exists():
                what = Path(file).stem
                if problem == "recurrent":
                    what += f", {characters} letters"
                yield problem, what, read(folder / file)


def make(folder: Path, seed: int = 1, points: int = 1000) -> None:
    """Write files of the same forms, filled from a seed."""
    random = np.random.default_rng(seed)

    def block(array: np.ndarray) -> str:
        return "\n".join(" ".join(f"{x:.17g}" for x in row) for row in np.atleast_2d(array))

    def write(name: str, *blocks: str, between: str = "\n") -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(between.join(blocks) + "\n")

    for name, d, k in zip(MIXTURE, (2, 10), (5, 5), strict=True):
        write(
            name, f"{d} {k} {points}", block(random.normal(size=(k, 1))),
            block(random.uniform(size=(k, d))), block(random.normal(size=(k, d * (d + 1) // 2))),
            block(random.normal(size=(points, d))), "1.0 0",
        )  # fmt: skip
    camera = np.concatenate([random.normal(size=6), [800.0, 320.0, 240.0, 1e-2, 1e-3]])
    write(
        ADJUSTMENT[0], f"49 7776 {31843 * points // 1000}", block(camera),
        block(random.uniform(2.0, 6.0, 3)), "0.4", block(random.normal(size=2) * 100),
    )  # fmt: skip
    size, layers, letters = 14, 2, 128
    text = (random.uniform(size=(letters, size)) < 0.5).astype(float)
    main = random.normal(size=(2 * layers, 4 * size))
    write(
        RECURRENT[0], f"{layers} {letters} {size}", block(main),
        block(random.normal(size=(3, size))), block(random.normal(size=(2 * layers, size))),
        block(text), between="\n\n",
    )  # fmt: skip
    make_hand(random, write, block)


def make_hand(random: np.random.Generator, write: Callable, block: Callable) -> None:
    """Twenty-two bones: a forearm, a palm, and five fingers of four."""
    parents = [-1, 0] + [
        1 if joint == 0 else 1 + 4 * f + joint for f in range(5) for joint in range(4)
    ]
    relatives = np.tile(np.eye(4), (22, 1, 1))
    relatives[1:, :3, 3] = random.uniform(0.1, 1.0, (21, 3))
    absolutes: list[np.ndarray] = []
    for bone, parent in enumerate(parents):
        above = absolutes[parent] if parent >= 0 else np.eye(4)
        absolutes.append(above @ relatives[bone])
    bones = [
        ":".join([f"bone{i}", str(parents[i]), *map(repr, relatives[i].ravel().tolist()),
                  *map(repr, np.linalg.inv(absolutes[i]).ravel().tolist())])
        for i in range(22)
    ]  # fmt: skip
    vertices = []
    for _ in range(544):
        held = random.choice(22, 4, replace=False)
        weights = random.dirichlet(np.ones(4))
        pairs = [f"{b}:{w!r}" for b, w in zip(held.tolist(), weights.tolist(), strict=True)]
        place = random.normal(size=3).tolist()
        vertices.append(":".join([*map(repr, place), "0", "0", "0", "0", "0", "4", *pairs]))
    write("hand/simple_small/model/bones.txt", *bones)
    write("hand/simple_small/model/vertices.txt", *vertices)
    points = np.column_stack([random.integers(0, 544, 100), random.normal(size=(100, 3))])
    theta = random.normal(size=(26, 1)) * 0.3
    rows = "\n".join(f"{int(row[0])} {block(row[1:])}" for row in points)
    write(HAND[0], "100 26", rows, block(theta))
