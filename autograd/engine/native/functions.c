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

static PyObject *value_name, *partials_name;

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
            Py_XSETREF(row->value, PyObject_GetAttr(operation, value_name));
            Py_XSETREF(row->partials, PyObject_GetAttr(operation, partials_name));
        }
    return 0;
}

/* registered(operation): get to know a row of the table; return whether a formula computes it. */
PyObject *registered(PyObject *module, PyObject *operation) {
    (void)module;
    PyObject *name = PyObject_GetAttrString(operation, "name");
    const char *text = name != NULL ? PyUnicode_AsUTF8(name) : NULL;
    Row *row = text != NULL ? new_row(operation) : NULL;
    int state = row != NULL ? named_row(operation, text, row) : -1;
    Py_XDECREF(name);
    return state < 0 ? NULL : PyBool_FromLong(row->formula != NULL);
}

/* -- applying a row ---------------------------------------------------------------------------- */

static PyObject *by_specification(PyObject *operation, PyObject *operand) {
    PyObject *operands = PyTuple_Pack(1, operand);
    if (operands == NULL)
        return NULL;
    PyObject *result = PyObject_CallFunctionObjArgs(python.apply, operation, operands, NULL);
    Py_DECREF(operands);
    return result;
}

/* Return whether the row has the value and the rules still with which it was registered. */
static int unchanged(Row *row) {
    PyObject *value = PyObject_GetAttr(row->operation, value_name);
    PyObject *partials = PyObject_GetAttr(row->operation, partials_name);
    int result = value == row->value && partials == row->partials;
    if (value == NULL || partials == NULL)
        result = -1;
    Py_XDECREF(value);
    Py_XDECREF(partials);
    return result;
}

/* Make the node of a row at an operand that has a number, outside all modes. */
PyObject *applied(Row *row, Node *operand) {
    double value, partial;
    int is_as_registered = row->formula != NULL ? unchanged(row) : 0;
    if (is_as_registered < 0)
        return NULL;
    if (!is_as_registered || !row->formula(operand->data, &value, &partial))
        return by_specification(row->operation, (PyObject *)operand);
    return made_of_one(row, operand, value, partial);
}

/* Value._apply(operation, operands) */
PyObject *node_apply(PyObject *none, PyObject *const *args, Py_ssize_t count) {
    (void)none;
    if (count == 2 && !in_a_mode() && PyTuple_CheckExact(args[1]) &&
        PyTuple_GET_SIZE(args[1]) == 1) {
        PyObject *operand = PyTuple_GET_ITEM(args[1], 0);
        Row *row = row_of(args[0]);
        if (row != NULL && row->formula != NULL && is_node(operand) &&
            ((Node *)operand)->about.is_filled)
            return applied(row, (Node *)operand);
    }
    return PyObject_Vectorcall(python.apply, args, (size_t)count, NULL);
}

/* -- x.relu() and its like: methods that find their row without a frame of Python ------------- */

typedef struct {
    PyObject_HEAD
    Row *row;
    PyObject *name, *doc;
    vectorcallfunc call;
} Method;

static PyTypeObject *method_type;

static PyObject *method_called(PyObject *self, PyObject *const *args, size_t count,
                               PyObject *names) {
    Row *row = ((Method *)self)->row;
    if (PyVectorcall_NARGS(count) != 1 || (names != NULL && PyTuple_GET_SIZE(names) > 0))
        return PyErr_Format(PyExc_TypeError, "%U() takes no operand besides the Value itself",
                            ((Method *)self)->name);
    if (!is_node(args[0]))
        return PyErr_Format(PyExc_TypeError, "%U() is a method of Value, and was given a %.100s",
                            ((Method *)self)->name, Py_TYPE(args[0])->tp_name);
    if (in_a_mode() || !((Node *)args[0])->about.is_filled)
        return by_specification(row->operation, args[0]);
    return applied(row, (Node *)args[0]);
}

static PyObject *method_bound(PyObject *self, PyObject *instance, PyObject *owner) {
    (void)owner;
    return instance == NULL ? Py_NewRef(self) : PyMethod_New(self, instance);
}

static void method_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(((Method *)self)->name);
    Py_XDECREF(((Method *)self)->doc);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef method_members[] = {
    {"__name__", T_OBJECT, offsetof(Method, name), READONLY, NULL},
    {"__qualname__", T_OBJECT, offsetof(Method, name), READONLY, NULL},
    {"__doc__", T_OBJECT, offsetof(Method, doc), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Method, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot method_slots[] = {
    {Py_tp_dealloc, method_dealloc},
    {Py_tp_descr_get, method_bound},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, method_members},
    {0, NULL},
};

static PyType_Spec method_spec = {
    "autograd.engine._native.Method", sizeof(Method), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR |
        Py_TPFLAGS_DISALLOW_INSTANTIATION,
    method_slots};

int prepare_functions(void) {
    value_name = PyUnicode_InternFromString("value");
    partials_name = PyUnicode_InternFromString("partials");
    method_type = (PyTypeObject *)PyType_FromSpec(&method_spec);
    return value_name != NULL && partials_name != NULL && method_type != NULL ? 0 : -1;
}

/* method(operation): return the method of Value for a registered row with one operand. */
PyObject *method_of_row(PyObject *module, PyObject *operation) {
    (void)module;
    Row *row = row_of(operation);
    if (row == NULL)
        return PyErr_Format(PyExc_ValueError, "%R is not registered", operation);
    Method *method = PyObject_New(Method, method_type);
    if (method == NULL)
        return NULL;
    method->row = row;
    method->call = method_called;
    method->doc = NULL;
    method->name = PyObject_GetAttrString(operation, "name");
    if (method->name != NULL)
        method->doc = PyObject_GetAttrString(operation, "__doc__");
    if (method->doc == NULL)
        Py_CLEAR(method);
    return (PyObject *)method;
}
