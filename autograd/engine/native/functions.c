/* Rows of the table with one operand: formulas in C for some, their own Python for all others.

   A formula does what the row does, operation for operation, at the numbers that it takes; the C
   library's functions are those that Python's math calls. A row takes its formula only if both give
   the same bits at some points: where another library serves Python, the row runs through Python. */

#include "native.h"
#include <math.h>

static int negative(double x, double *value, double *partial) {
    *value = -x;
    *partial = -1.0;
    return 1;
}

static int identity(double x, double *value, double *partial) {
    *value = x;
    *partial = 1.0;
    return 1;
}

static int absolute(double x, double *value, double *partial) {
    *value = fabs(x);
    *partial = x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
    return 1;
}

static int relu(double x, double *value, double *partial) {
    *value = x <= 0.0 ? 0.0 : x;
    *partial = x > 0.0 ? 1.0 : x <= 0.0 ? 0.0 : x;
    return 1;
}

static int exponential(double x, double *value, double *partial) {
    *value = *partial = exp(x);
    return isfinite(*value);
}

static int logarithm(double x, double *value, double *partial) {
    if (!(x > 0.0) || !isfinite(x))
        return 0;
    *value = log(x);
    *partial = 1.0 / (x + 0.0);
    return 1;
}

static int root(double x, double *value, double *partial) {
    if (!(x > 0.0) || !isfinite(x))
        return 0;
    *value = sqrt(x);
    *partial = 0.5 / (*value + 0.0);
    return 1;
}

static int sine(double x, double *value, double *partial) {
    if (!isfinite(x))
        return 0;
    *value = sin(x);
    *partial = cos(x);
    return 1;
}

static int cosine(double x, double *value, double *partial) {
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

static int hyperbolic_tangent(double x, double *value, double *partial) {
    if (!isfinite(x))
        return 0;
    *value = tanh(x);
    *partial = 4.0 * slope_of_logistic(2.0 * x);
    return 1;
}

static int sigmoid(double x, double *value, double *partial) {
    if (!isfinite(x))
        return 0;
    double tail = exp(-fabs(x));
    *value = x >= 0.0 ? 1.0 / (1.0 + tail) : tail / (1.0 + tail);
    *partial = slope_of_logistic(x);
    return 1;
}

static const struct {
    const char *name;
    Formula formula;
} FORMULAS[] = {
    {"negative", negative}, {"identity", identity}, {"abs", absolute},
    {"relu", relu},         {"exp", exponential},   {"log", logarithm},
    {"sqrt", root},         {"sin", sine},          {"cos", cosine},
    {"tanh", hyperbolic_tangent},                   {"sigmoid", sigmoid},
};

/* -- held against the row ---------------------------------------------------------------------- */

static const double POINTS[] = {-0.0, 0.5, -0.75, 1.0, -1.3125, 2.6, -7.0, 0.1, 30.5, 1e-9, 123.4};

static int same_bits(PyObject *number, double expected) {
    double other = PyFloat_AsDouble(number);
    return memcmp(&other, &expected, sizeof(double)) == 0;
}

/* Return whether value and partial of the row at x are these to the bit; -1 where it fails. */
static int agrees(PyObject *operation, double x, double value, double partial) {
    int result = -1;
    PyObject *numbers = Py_BuildValue("(d)", x);
    PyObject *theirs = numbers != NULL ? PyObject_CallMethod(operation, "value", "d", x) : NULL;
    PyObject *slope =
        theirs != NULL ? PyObject_CallMethod(operation, "partial", "iOO", 0, theirs, numbers) : NULL;
    if (slope != NULL)
        result = same_bits(theirs, value) && same_bits(slope, partial);
    Py_XDECREF(numbers);
    Py_XDECREF(theirs);
    Py_XDECREF(slope);
    return result;
}

static int is_right(PyObject *operation, Formula formula) {
    double value, partial;
    for (size_t i = 0; i < sizeof(POINTS) / sizeof(*POINTS); i++)
        if (formula(POINTS[i], &value, &partial)) {
            int state = agrees(operation, POINTS[i], value, partial);
            if (state != 1)
                return state;
        }
    return 1;
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
            int state = is_right(operation, FORMULAS[i].formula);
            if (state < 0)
                return -1;
            row->formula = state ? FORMULAS[i].formula : NULL;
            Py_XSETREF(row->value, Py_XNewRef(VALUE_OF(operation)));
            Py_XSETREF(row->partials, Py_XNewRef(PARTIALS_OF(operation)));
        }
    return 0;
}

/* registered(operation): get to know a row of the table; return whether a formula computes it. */
PyObject *registered(PyObject *module, PyObject *operation) {
    (void)module;
    if (place_of_slot(operation, "value", &place_of_value) < 0 ||
        place_of_slot(operation, "partials", &place_of_partials) < 0)
        return NULL;
    PyObject *name = PyObject_GetAttrString(operation, "name");
    const char *text = name != NULL ? PyUnicode_AsUTF8(name) : NULL;
    Row *row = text != NULL ? new_row(operation) : NULL;
    int state = row != NULL ? named_row(operation, text, row) : -1;
    Py_XDECREF(name);
    return state < 0 ? NULL : PyBool_FromLong(row->formula != NULL);
}
