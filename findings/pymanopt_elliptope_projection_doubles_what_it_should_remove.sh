#!/usr/bin/env bash
# pymanopt 2.2.1 (the newest), `Elliptope`: correlation matrices Y Y' of low rank, and the projection
# onto their tangent space, which is also its transport and the last step of its Hessian.
# Expected: a projection leaves alone what it has projected, and the result is horizontal: Y' U is
# symmetric, so that no step is spent on turning Y, which changes nothing.
# Seen: the skew part of Y' U doubles with every projection: the part that should be taken off, found by
# a Lyapunov equation, is added, for its right side has the other sign in it. In the first projection
# one factor is also the vector as it was given where it should be the one made tangent to the rows. The
# orthogonal projection, worked out by least squares, is another vector, and a tenth transport is 512
# times as skew as the first. Oblique, with the same rows, and PSDFixedRank, with the same turning, are
# right. No warning; no report of it was found upstream.
# Hurts: whoever carries or averages vectors on correlation matrices and max-cut problems; conjugate
# gradients and trust regions ended at the right minimum all the same, where this was tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pymanopt==2.2.1 numpy==2.3.5 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
import numpy as np
from pymanopt.manifolds import Elliptope, Oblique, PSDFixedRank

rng = np.random.default_rng(0)
np.random.seed(0)
for rows, rank in ((4, 2), (5, 3), (8, 3)):
    point = Elliptope(rows, rank).random_point()
    vector = rng.normal(size=(rows, rank))
    told = Elliptope(rows, rank).projection(point, vector)

    # the orthogonal one: take off each row's own direction and all that turns the whole matrix
    beside = [np.outer(np.eye(rows)[i], point[i]) for i in range(rows)]
    for i in range(rank):
        for j in range(i):
            turn = np.zeros((rank, rank))
            turn[i, j], turn[j, i] = 1, -1
            beside.append(point @ turn)
    normal = np.array([b.ravel() for b in beside]).T
    right = vector - (normal @ np.linalg.lstsq(normal, vector.ravel(), rcond=None)[0]).reshape(rows, rank)

    skew = lambda u: np.abs(point.T @ u - u.T @ point).max()
    seen = [skew(told)]
    for _ in range(9):
        told = Elliptope(rows, rank).transport(point, point, told)
        seen.append(skew(told))
    print(f"{rows} x {rank}: skew part of the orthogonal projection {skew(right):.1e}, told", np.round(seen, 2))
    assert skew(right) < 1e-12 and seen[0] > 0.5 and np.allclose(np.divide(seen[1:], seen[:-1]), 2)
    assert np.allclose(point[0] @ told[0], 0)  # tangent to the rows it is

def twice(manifold, point, vector):
    once = manifold.projection(point, vector)
    return np.abs(manifold.projection(point, once) - once).max()

columns = Oblique(2, 4)
assert twice(columns, columns.random_point(), rng.normal(size=(2, 4))) < 1e-12
turned = PSDFixedRank(4, 2)
assert twice(turned, turned.random_point(), rng.normal(size=(4, 2))) < 1e-12
PY
