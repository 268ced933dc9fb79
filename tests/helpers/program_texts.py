"""Programs in their text form: with branches, loops, conditions and calls."""

# x > 0: x * 2; else x < -1: nobody has compiled this; else x + 1.
WAYS = """
func "ways" (%0 "x": f64) {
  %1 = constant 0.0 : f64
  %2 = less %1, %0 : i1
  branch %2, ^1, ^2
^1:
  %3 = constant 2.0 : f64
  %4 = multiply %0, %3 : f64
  return %4
^2:
  %5 = constant -1.0 : f64
  %6 = less %0, %5 : i1
  branch %6, ^3, ^4
^3:
  deoptimize
^4:
  %7 = constant 1.0 : f64
  %8 = add %0, %7 : f64
  return %8
}
"""

# The sum of a * i for i from 0 to n - 1, by scan.
SCAN = """
func "sum of multiples" (%0 "n": f64, %1 capture "a": f64) {
  %2 = constant 0.0 : f64
  %3 = scan %0, %2, %1 : (f64) {
    func "body" (%0 "i": f64, %1 "total": f64, %2 "a": f64) {
      %3 = multiply %0, %2 : f64
      %4 = add %1, %3 : f64
      return %4
    }
  }
  %4 = extract[0] %3 : f64
  return %4
}
"""

# The numbers 0 to n - 1 on a stack, and their sums so far added up in another array.
ARRAYS = """
func "arrays" (%0 "n": f64) {
  %1 = array : f64[]
  %2 = zeros %0 : f64[]
  %3 = scan %0, %1, %2 : (f64[], f64[]) {
    func "step" (%0 "i": f64, %1 "stack": f64[], %2 "sums": f64[]) {
      %3 = push %1, %0 : f64[]
      %4 = add_at %2, %0, %0 : f64[]
      return %3, %4
    }
  }
  %4 = extract[0] %3 : f64[]
  %5 = extract[1] %3 : f64[]
  %6 = add_all %4, %5 : f64[]
  %7 = constant -1.0 : f64
  %8 = load %6, %7 : f64
  return %8
}
"""

# Newton's method for the square root of a, until it stands still.
WHILE = """
func "root" (%0 "a": f64) {
  %1 = constant 1.0 : f64
  %2 = constant 0.0 : f64
  %3 = while %1, %2, %0 : (f64, f64) {
    func "go on" (%0 "x": f64, %1 "before": f64, %2 "a": f64) {
      %3 = subtract %0, %1 : f64
      %4 = abs %3 : f64
      %5 = constant 1e-12 : f64
      %6 = less %5, %4 : i1
      return %6
    }
    func "step" (%0 "x": f64, %1 "before": f64, %2 "a": f64) {
      %3 = divide %2, %0 : f64
      %4 = add %0, %3 : f64
      %5 = constant 0.5 : f64
      %6 = multiply %4, %5 : f64
      return %6, %0
    }
  }
  %4 = extract[0] %3 : f64
  return %4
}
"""

# |x| by cond, and its square by a call.
COND = """
func "square of the size" (%0 "x": f64) {
  %1 = constant 0.0 : f64
  %2 = less %0, %1 : i1
  %3 = cond %2, %0 : (f64) {
    func "negative" (%0 "x": f64) {
      %1 = negative %0 : f64
      return %1
    }
    func "itself" (%0 "x": f64) {
      return %0
    }
  }
  %4 = extract[0] %3 : f64
  %5 = call %4 : (f64) {
    func "square" (%0 "x": f64) {
      %1 = multiply %0, %0 : f64
      return %1
    }
  }
  %6 = extract[0] %5 : f64
  return %6
}
"""
