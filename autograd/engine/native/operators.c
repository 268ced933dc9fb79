/* The operators of every day: + - * / ** and the signs, between Values and exact floats and ints.

   Each computes what value.py and table/arithmetic.py write, in the same order of operations. In a
   mode, with other operands and where IEEE's answer is not C's, the Python method is asked. */

#include "native.h"
#include <math.h>

/* Read an operand's number. NOTHING where it is left to Python. */
static inline int number_of(PyObject *operand, double *number) {
    if (Py_TYPE(operand) == value_type || is_node(operand)) {
        *number = ((Node *)operand)->data;
        return ((Node *)operand)->about.is_filled ? NODE : NOTHING;
    }
    if (PyFloat_CheckExact(operand)) {
        *number = PyFloat_AS_DOUBLE(operand);
        return NUMBER;
    }
    if (PyLong_CheckExact(operand)) {
        *number = PyLong_AsDouble(operand);
        if (*number == -1.0 && PyErr_Occurred()) {
            PyErr_Clear(); /* too large for a float: Python says so */
            return NOTHING;
        }
        return NUMBER;
    }
    return NOTHING;
}

typedef struct {
    PyObject *left, *right;
    double a, b;
    int left_kind, right_kind, mode;
} Pair;

/* Read both operands of an operator; 0 where Python has to see to it. */
static inline int read_pair(PyObject *left, PyObject *right, Pair *pair) {
    pair->left = left;
    pair->right = right;
    pair->mode = current_mode();
    if (pair->mode == BY_PYTHON)
        return 0;
    pair->left_kind = number_of(left, &pair->a);
    pair->right_kind = number_of(right, &pair->b);
    return pair->left_kind && pair->right_kind;
}

/* Make the node of an operation with two operands. */
static inline PyObject *made_of(Row *row, const Pair *pair, double result, double by_left,
                                double by_right) {
    if (pair->mode == UNRECORDED)
        return new_leaf(result);
    int left = pair->left_kind == NODE, right = pair->right_kind == NODE;
    About about = {.epoch = epoch, .is_filled = 1,
                   .left_kind = (unsigned)pair->left_kind, .right_kind = (unsigned)pair->right_kind,
                   .has_left_partial = left, .has_right_partial = right,
                   .left_edge = left, .right_edge = right};
    Node *node = new_node(details_of_row(row), result, about);
    if (node == NULL)
        return NULL;
    node->left = left ? Py_NewRef(pair->left) : NULL;
    node->left_partial = left ? by_left : pair->a; /* a number stands in the place of its partial */
    node->right = right ? Py_NewRef(pair->right) : NULL;
    node->right_partial = right ? by_right : pair->b;
    return (PyObject *)node;
}

/* Return whether both are plain Values with numbers, outside all modes and scopes: as nearly always. */
static inline int are_common(PyObject *a, PyObject *b) {
    return Py_TYPE(a) == value_type && Py_TYPE(b) == value_type && ((Node *)a)->about.is_filled &&
           ((Node *)b)->about.is_filled && PySet_GET_SIZE(python.active) == 0 && !in_a_scope();
}

/* Make the node of an operation with two of these: what made_of does, without its questions. */
static inline PyObject *made_of_common(Row *row, PyObject *left, PyObject *right, double result,
                                       double by_left, double by_right) {
    About about = {.epoch = epoch, .is_filled = 1, .left_kind = NODE, .right_kind = NODE,
                   .has_left_partial = 1, .has_right_partial = 1, .left_edge = 1, .right_edge = 1};
    Node *node = new_node(row->details, result, about); /* a row's details are not counted */
    if (node == NULL)
        return NULL;
    node->left = Py_NewRef(left);
    node->right = Py_NewRef(right);
    node->left_partial = by_left;
    node->right_partial = by_right;
    return (PyObject *)node;
}

/* Ask the Python method: the operator's, or the reflected one where only the right is a Value. */
static PyObject *by_python(PyObject *method, PyObject *reflected, PyObject *a, PyObject *b) {
    if (is_node(a))
        return PyObject_CallFunctionObjArgs(method, a, b, NULL);
    return PyObject_CallFunctionObjArgs(reflected, b, a, NULL);
}

PyObject *node_add(PyObject *a, PyObject *b) {
    Pair pair;
    if (are_common(a, b)) {
        double x = ((Node *)a)->data, y = ((Node *)b)->data;
        return made_of_common(python.add_row, a, b, x + y, 1.0, 1.0);
    }
    if (!read_pair(a, b, &pair))
        return by_python(python.add, python.radd, a, b);
    return made_of(python.add_row, &pair, pair.a + pair.b, 1.0, 1.0);
}

PyObject *node_subtract(PyObject *a, PyObject *b) {
    Pair pair;
    if (are_common(a, b)) {
        double x = ((Node *)a)->data, y = ((Node *)b)->data;
        return made_of_common(python.subtract_row, a, b, x - y, 1.0, -1.0);
    }
    if (!read_pair(a, b, &pair))
        return by_python(python.subtract, python.rsubtract, a, b);
    return made_of(python.subtract_row, &pair, pair.a - pair.b, 1.0, -1.0);
}

PyObject *node_multiply(PyObject *a, PyObject *b) {
    Pair pair;
    if (are_common(a, b)) {
        double x = ((Node *)a)->data, y = ((Node *)b)->data;
        return made_of_common(python.multiply_row, a, b, x * y, y, x);
    }
    if (!read_pair(a, b, &pair))
        return by_python(python.multiply, python.rmultiply, a, b);
    return made_of(python.multiply_row, &pair, pair.a * pair.b, pair.b, pair.a);
}

PyObject *node_divide(PyObject *a, PyObject *b) {
    Pair pair;
    if (!read_pair(a, b, &pair) || pair.b == 0.0)
        return by_python(python.divide, python.rdivide, a, b);
    double quotient = pair.a / pair.b;
    return made_of(python.divide_row, &pair, quotient, 1.0 / pair.b, -quotient / pair.b);
}

/* Compute a ** b as Python's float does; 0 where that is special. */
static int power_of(double a, double b, double *result) {
    if (a == 0.0 || !isfinite(a) || !isfinite(b) || (a < 0.0 && b != floor(b)))
        return 0;
    int is_odd = a < 0.0 && fmod(fabs(b), 2.0) == 1.0;
    *result = pow(fabs(a), b);
    if (fabs(a) == 1.0)
        *result = 1.0;
    if (is_odd)
        *result = -*result;
    return isfinite(*result);
}

/* The derivative of a ** b by a, for a number b, as table/power.py writes it. */
static int by_base(double a, double b, double *slope) {
    if (b == 0.0 || b == 1.0 || b == 2.0) {
        *slope = b == 0.0 ? 0.0 : b == 1.0 ? b : b * a;
        return 1;
    }
    double lower = b - 1.0, lowered;
    if (lower + 1.0 != b || fabs(b) >= 9007199254740992.0 || !power_of(a, lower, &lowered))
        return 0;
    *slope = b * lowered;
    return 1;
}

PyObject *node_power(PyObject *a, PyObject *b, PyObject *modulus) {
    Pair pair;
    double result, slope = 0.0;
    if (modulus != Py_None)
        return PyObject_CallFunctionObjArgs(python.power, a, b, modulus, NULL);
    if (!read_pair(a, b, &pair) || !power_of(pair.a, pair.b, &result) ||
        (pair.left_kind == NODE && !by_base(pair.a, pair.b, &slope)) ||
        (pair.right_kind == NODE && pair.a < 0.0))
        return by_python(python.power, python.rpower, a, b);
    double by_exponent = pair.right_kind == NODE ? result * log(pair.a) : 0.0;
    return made_of(python.power_row, &pair, result, slope, by_exponent);
}

/* Make the node of a row with two operands that are Values or numbers. */
PyObject *made_of_two(Row *row, PyObject *const *operands, const double *numbers, double result,
                      const double *partials) {
    Pair pair = {operands[0], operands[1], numbers[0], numbers[1],
                 is_node(operands[0]) ? NODE : NUMBER, is_node(operands[1]) ? NODE : NUMBER,
                 RECORDING};
    return made_of(row, &pair, result, partials[0], partials[1]);
}

/* Make the node of an operation with one operand. */
PyObject *made_of_one(Row *row, Node *operand, double result, double partial, int mode) {
    if (mode == UNRECORDED)
        return new_leaf(result);
    About about = {.epoch = epoch, .is_filled = 1, .left_kind = NODE, .has_left_partial = 1,
                   .left_edge = 1};
    Node *node = new_node(details_of_row(row), result, about);
    if (node == NULL)
        return NULL;
    node->left = Py_NewRef((PyObject *)operand);
    node->left_partial = partial;
    return (PyObject *)node;
}

PyObject *node_negative(PyObject *a) {
    Node *operand = (Node *)a;
    int mode = current_mode();
    if (mode == BY_PYTHON || !operand->about.is_filled)
        return PyObject_CallOneArg(python.negative, a);
    return made_of_one(python.negative_row, operand, -operand->data, -1.0, mode);
}

PyObject *node_absolute(PyObject *a) {
    Node *operand = (Node *)a;
    int mode = current_mode();
    if (mode == BY_PYTHON || !operand->about.is_filled)
        return PyObject_CallOneArg(python.absolute, a);
    return applied(python.absolute_row, &a, 1, mode);
}

/* a != b: what == says, turned round, as Python's object does. */
static PyObject *unequal(PyObject *a, PyObject *b) {
    PyObject *equal = PyObject_CallFunctionObjArgs(python.equal, a, b, NULL);
    if (equal == NULL || equal == Py_NotImplemented)
        return equal;
    int is_true = PyObject_IsTrue(equal);
    Py_DECREF(equal);
    return is_true < 0 ? NULL : PyBool_FromLong(!is_true);
}

/* Comparisons: of numbers a bool; == and != are Python's to refuse. */
PyObject *node_compared(PyObject *a, PyObject *b, int how) {
    PyObject *methods[] = {[Py_LT] = python.less, [Py_LE] = python.less_equal,
                           [Py_EQ] = python.equal, [Py_GT] = python.greater,
                           [Py_GE] = python.greater_equal};
    Pair pair;
    if (how == Py_NE)
        return unequal(a, b);
    if (how == Py_EQ || !read_pair(a, b, &pair))
        return PyObject_CallFunctionObjArgs(methods[how], a, b, NULL);
    Py_RETURN_RICHCOMPARE(pair.a, pair.b, how);
}

/* Nodes are hashed by identity, as all objects whose class says nothing of it. */
Py_hash_t node_hash(PyObject *self) { return PyBaseObject_Type.tp_hash(self); }
