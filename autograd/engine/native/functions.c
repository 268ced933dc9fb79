/* Formulas in C for rows of the table.

   A formula does what the row does, operation for operation, at the numbers that it takes; the C
   library's functions are those that Python's math calls. A row takes its formula only if both give
   the same bits at some points: where another library serves Python, the row runs through Python. */

#include "native.h"
#include <math.h>

static int negative(const double *at, double *value, double *partial) {
    double x = at[0];
    *value = -x;
    *partial = -1.0;
    return 1;
}

static int identity(const double *at, double *value, double *partial) {
    double x = at[0];
    *value = x;
    *partial = 1.0;
    return 1;
}

static int absolute(const double *at, double *value, double *partial) {
    double x = at[0];
    *value = fabs(x);
    *partial = x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
    return 1;
}

static int relu(const double *at, double *value, double *partial) {
    double x = at[0];
    *value = x <= 0.0 ? 0.0 : x;
    *partial = x > 0.0 ? 1.0 : x <= 0.0 ? 0.0 : x;
    return 1;
}

static int exponential(const double *at, double *value, double *partial) {
    double x = at[0];
    *value = *partial = exp(x);
    return isfinite(*value);
}

static int logarithm(const double *at, double *value, double *partial) {
    double x = at[0];
    if (!(x > 0.0) || !isfinite(x))
        return 0;
    *value = log(x);
    *partial = 1.0 / (x + 0.0);
    return 1;
}

static int root(const double *at, double *value, double *partial) {
    double x = at[0];
    if (!(x > 0.0) || !isfinite(x))
        return 0;
    *value = sqrt(x);
    *partial = 0.5 / (*value + 0.0);
    return 1;
}

static int sine(const double *at, double *value, double *partial) {
    double x = at[0];
    if (!isfinite(x))
        return 0;
    *value = sin(x);
    *partial = cos(x);
    return 1;
}

static int cosine(const double *at, double *value, double *partial) {
    double x = at[0];
    if (!isfinite(x))
        return 0;
    *value = cos(x);
    *partial = -sin(x);
    return 1;
}

/* exp(-|x|) / (1 + exp(-|x|))^2 */
static double slope_of_logistic(double x) {
    double tail = exp(-fabs(x));
    return tail / ((1.0 + tail) * (1.0 + tail));
}

static int hyperbolic_tangent(const double *at, double *value, double *partial) {
    double x = at[0];
    if (!isfinite(x))
        return 0;
    *value = tanh(x);
    *partial = 4.0 * slope_of_logistic(2.0 * x);
    return 1;
}

static int sigmoid(const double *at, double *value, double *partial) {
    double x = at[0];
    if (!isfinite(x))
        return 0;
    double tail = exp(-fabs(x));
    *value = x >= 0.0 ? 1.0 / (1.0 + tail) : tail / (1.0 + tail);
    *partial = slope_of_logistic(x);
    return 1;
}

static int leaky_relu(const double *at, double *value, double *partial) {
    double x = at[0], slope = at[1];
    *value = x > 0.0 ? x : slope * x;
    partial[0] = x > 0.0 ? 1.0 : x <= 0.0 ? slope : *value;
    partial[1] = x > 0.0 ? 0.0 : x <= 0.0 ? x : *value;
    return 1;
}

/* The larger of two numbers, or the smaller, by the sign of what parts them; at nan, nan. */
static int chosen(double a, double b, int a_wins, int b_wins, double *value, double *partial) {
    *value = a_wins ? a : b_wins || a == b ? b : a + b;
    partial[0] = a_wins ? 1.0 : b_wins ? 0.0 : a == b ? 0.5 : *value;
    partial[1] = b_wins ? 1.0 : a_wins ? 0.0 : a == b ? 0.5 : *value;
    return 1;
}

static int maximum(const double *at, double *value, double *partial) {
    return chosen(at[0], at[1], at[0] > at[1], at[0] < at[1], value, partial);
}

static int minimum(const double *at, double *value, double *partial) {
    return chosen(at[0], at[1], at[0] < at[1], at[0] > at[1], value, partial);
}

static int clip(const double *at, double *value, double *partial) {
    double x = at[0], low = at[1], high = at[2], larger;
    maximum(at, &larger, partial);
    double of_both[] = {larger, high};
    minimum(of_both, value, partial);
    if (*value != *value) {
        partial[0] = partial[1] = partial[2] = *value;
        return 1;
    }
    partial[0] = x >= low && x <= high ? 1.0 : 0.0;
    partial[1] = x < low && low <= high ? 1.0 : 0.0;
    partial[2] = x > high || low > high ? 1.0 : 0.0;
    return 1;
}

static int where(const double *at, double *value, double *partial) {
    *value = at[0] != 0.0 ? at[1] : at[2];
    partial[0] = 0.0;
    partial[1] = at[0] != 0.0 ? 1.0 : 0.0;
    partial[2] = at[0] != 0.0 ? 0.0 : 1.0;
    return 1;
}

static const struct {
    const char *name;
    Formula formula;
    int arity;
} FORMULAS[] = {
    {"negative", negative, 1}, {"identity", identity, 1}, {"abs", absolute, 1},
    {"relu", relu, 1},         {"exp", exponential, 1},   {"log", logarithm, 1},
    {"sqrt", root, 1},         {"sin", sine, 1},          {"cos", cosine, 1},
    {"tanh", hyperbolic_tangent, 1},                      {"sigmoid", sigmoid, 1},
    {"leaky_relu", leaky_relu, 2},                        {"maximum", maximum, 2},
    {"minimum", minimum, 2},   {"clip", clip, 3},         {"where", where, 3},
};

/* -- held against the row ---------------------------------------------------------------------- */

static const double POINTS[] = {-0.0, 0.5, -0.75, 1.0, -1.3125, 2.6, -7.0, 0.1, 30.5, 1e-9, 123.4,
                                NAN};

static int same_bits(PyObject *number, double expected) {
    double other = PyFloat_AsDouble(number);
    if (other != other)
        return expected != expected;
    return memcmp(&other, &expected, sizeof(double)) == 0;
}

/* Return whether value and partials of the row there are these to the bit; -1 where it fails. */
static int agrees(PyObject *operation, const double *at, int arity, double value,
                  const double *partial) {
    PyObject *numbers = PyTuple_New(arity);
    for (int i = 0; numbers != NULL && i < arity; i++) {
        PyObject *number = PyFloat_FromDouble(at[i]);
        if (number == NULL)
            Py_CLEAR(numbers);
        else
            PyTuple_SET_ITEM(numbers, i, number);
    }
    PyObject *theirs = numbers != NULL ? PyObject_CallObject(VALUE_OF(operation), numbers) : NULL;
    int result = theirs != NULL ? same_bits(theirs, value) : -1;
    for (int i = 0; result == 1 && i < arity; i++) {
        PyObject *slope = PyObject_CallMethod(operation, "partial", "iOO", i, theirs, numbers);
        result = slope != NULL ? same_bits(slope, partial[i]) : -1;
        Py_XDECREF(slope);
    }
    Py_XDECREF(theirs);
    Py_XDECREF(numbers);
    return result;
}

/* Hold a formula against its row at some points, among them ties of neighbours and nan. */
static int is_right(PyObject *operation, Formula formula, int arity) {
    double value, partial[MOST];
    int count = sizeof(POINTS) / sizeof(*POINTS), state = 1;
    for (int i = 0; i < (arity == 1 ? count : 3 * count) && state == 1; i++) {
        double at[MOST];
        for (int place = 0; place < arity; place++)
            at[place] = POINTS[(i + place * (i / count)) % count];
        if (formula(at, &value, partial))
            state = agrees(operation, at, arity, value, partial);
    }
    return state;
}

static const struct {
    const char *name;
    Row **row;
} OPERATORS[] = {
    {"add", &python.add_row},           {"subtract", &python.subtract_row},
    {"multiply", &python.multiply_row}, {"divide", &python.divide_row},
    {"power", &python.power_row},       {"negative", &python.negative_row},
    {"abs", &python.absolute_row},
};

static int named_row(PyObject *operation, const char *name, Row *row) {
    for (size_t i = 0; i < sizeof(OPERATORS) / sizeof(*OPERATORS); i++)
        if (strcmp(name, OPERATORS[i].name) == 0)
            *OPERATORS[i].row = row;
    for (size_t i = 0; i < sizeof(FORMULAS) / sizeof(*FORMULAS); i++)
        if (strcmp(name, FORMULAS[i].name) == 0) {
            int state = is_right(operation, FORMULAS[i].formula, FORMULAS[i].arity);
            if (state < 0)
                return -1;
            row->formula = state ? FORMULAS[i].formula : NULL;
            Py_XSETREF(row->value, Py_XNewRef(VALUE_OF(operation)));
            Py_XSETREF(row->partials, Py_XNewRef(PARTIALS_OF(operation)));
        }
    return 0;
}

/* Get to know a row of the table. */
static int known_row(PyObject *operation) {
    if (place_of_slot(operation, "value", &place_of_value) < 0 ||
        place_of_slot(operation, "partials", &place_of_partials) < 0 ||
        take_calls(Py_TYPE(operation)) < 0)
        return -1;
    PyObject *name = PyObject_GetAttrString(operation, "name");
    PyObject *arity = name != NULL ? PyObject_GetAttrString(operation, "arity") : NULL;
    PyObject *whole = arity != NULL ? PyObject_GetAttrString(operation, "static") : NULL;
    const char *text = whole != NULL ? PyUnicode_AsUTF8(name) : NULL;
    Row *row = text != NULL ? new_row(operation) : NULL;
    int state = -1;
    if (row != NULL) {
        row->arity = PyLong_AsLong(arity);
        row->is_static = PyObject_IsTrue(whole);
        state = row->arity < 0 || row->is_static < 0 ? -1 : named_row(operation, text, row);
    }
    Py_XDECREF(name);
    Py_XDECREF(arity);
    Py_XDECREF(whole);
    return state;
}

/* registered(*operations): get to know the rows of the table. */
PyObject *registered(PyObject *module, PyObject *const *operations, Py_ssize_t count) {
    (void)module;
    for (Py_ssize_t i = 0; i < count; i++)
        if (known_row(operations[i]) < 0)
            return NULL;
    Py_RETURN_NONE;
}
