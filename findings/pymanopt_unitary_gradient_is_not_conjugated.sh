#!/usr/bin/env bash
# pymanopt 2.2.1 (the newest), `UnitaryGroup`: gradients of a real function of a unitary matrix.
# Expected: a tangent vector's factor is skew-Hermitian, as the manual says and as
# `random_tangent_vector` gives it, and its inner product with the gradient, a real number by the
# manual, is the slope of the function.
# Seen: the factor is skew under the plain transpose, without the conjugate: for the squared distance
# to a matrix the inner product is complex and its real part 1.83 where the slope is 3.00.
# `to_tangent_space` of the same product is right, and so is SpecialOrthogonalGroup, where nothing is
# complex. Steepest descent and conjugate gradients end after a few steps, "min step_size reached", far
# from the nearest unitary matrix, which the singular value decomposition knows. No warning.
# (pymanopt pull request 298, open since 2025.)
# Hurts: beam forming, phase retrieval and the synthesis of quantum gates.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pymanopt==2.2.1 numpy==2.3.5 scipy==1.17.1
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import pymanopt
from pymanopt.manifolds import SpecialOrthogonalGroup, UnitaryGroup
from pymanopt.optimizers import ConjugateGradient, SteepestDescent

rng = np.random.default_rng(3)
goal = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))

def told_and_seen(group, goal):
    """The slope that the gradient tells, its factor, and the slope by differences."""
    np.random.seed(3)
    point = group.random_point()
    direction = group.random_tangent_vector(point)
    loss = lambda x: np.linalg.norm(x - goal) ** 2
    gradient = group.euclidean_to_riemannian_gradient(point, 2 * (point - goal))
    right = group.to_tangent_space(point, point.conj().T @ (2 * (point - goal)))
    seen = (loss(group.exp(point, 1e-6 * direction)) - loss(group.exp(point, -1e-6 * direction))) / 2e-6
    return [group.inner_product(point, g, direction) for g in (gradient, right)] + [seen, gradient]

told, right, seen, factor = told_and_seen(SpecialOrthogonalGroup(3), goal.real)
print(f"rotations: told {told:.5f}, differences {seen:.5f}")
assert abs(told - seen) < 1e-6 and np.allclose(factor, -factor.T)

told, right, seen, factor = told_and_seen(UnitaryGroup(3), goal)
print(f"unitary: told {told:.5f}, to_tangent_space {right:.5f}, differences {seen:.5f}")
assert abs(right - seen) < 1e-6 and abs(told.real - seen) > 1 and abs(told.imag) > 0.5
assert np.allclose(factor, -factor.T) and not np.allclose(factor, -factor.conj().T, atol=1)

group = UnitaryGroup(3)
loss = pymanopt.function.numpy(group)(lambda x: float(np.linalg.norm(x - goal) ** 2))
slope = pymanopt.function.numpy(group)(lambda x: 2 * (x - goal))
left, _, right = np.linalg.svd(goal)
best = loss(left @ right)
for method in (SteepestDescent, ConjugateGradient):
    end = method(verbosity=0).run(pymanopt.Problem(group, loss, euclidean_gradient=slope), initial_point=np.eye(3) + 0j)
    print(f"{method.__name__}: {end.cost:.3f} after {end.iterations} steps ({end.stopping_criterion}); best {best:.3f}")
    assert end.cost > best + 0.5 and "step_size" in end.stopping_criterion
PY
