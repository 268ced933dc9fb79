// The kernel operations of autograd/ops.py, on IEEE doubles: the one list of them in JavaScript.
// A test holds this list equal to the table's, and each entry to its row.

const KERNELS = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negative: (x) => -x,
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b)),
  less: (a, b) => Number(a < b),
  less_equal: (a, b) => Number(a <= b),
  both: (a, b) => Number(a !== 0 && b !== 0),
  either: (a, b) => Number(a !== 0 || b !== 0),
  where: (condition, a, b) => (condition !== 0 ? a : b),
  exp: Math.exp,
  exp2: (x) => Math.pow(2, x),
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => {
    const below = Math.floor(x);
    const rest = x - below;
    if (rest < 0.5 || !(rest >= 0.5)) return rest === 0 || rest !== rest ? x : below;
    const nearest = rest > 0.5 || below % 2 !== 0 ? below + 1 : below;
    return nearest === 0 && x < 0 ? -0 : nearest; // half to the even one
  },
};
