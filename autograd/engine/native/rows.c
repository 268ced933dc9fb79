/* Rows of the table as they are applied to Values: by a formula in C where there is one, else with the
   row's own value and rules, which are called from here; only the rest of the way is Python's. */

#include "native.h"

Py_ssize_t place_of_value, place_of_partials;

/* Find where an object of that kind keeps what its class names in __slots__. */
int place_of_slot(PyObject *object, const char *name, Py_ssize_t *place) {
    PyObject *member = PyObject_GetAttrString((PyObject *)Py_TYPE(object), name);
    if (member == NULL)
        return -1;
    int is_slot = Py_IS_TYPE(member, &PyMemberDescr_Type);
    if (is_slot)
        *place = ((PyMemberDescrObject *)member)->d_member->offset;
    else
        PyErr_Format(PyExc_TypeError, "%s of %R is no slot", name, object);
    Py_DECREF(member);
    return is_slot ? 0 : -1;
}

static PyObject *by_specification(PyObject *operation, PyObject *operand) {
    PyObject *operands = PyTuple_Pack(1, operand);
    if (operands == NULL)
        return NULL;
    PyObject *result = PyObject_CallFunctionObjArgs(python.apply, operation, operands, NULL);
    Py_DECREF(operands);
    return result;
}

/* -- with the row's own value and rules ---------------------------------------------------------- */

#define MOST 4 /* operands of a row; with more of them it is left to Python */

/* Return the partial by an operand: as Operation.partial does, which is asked where that is no float. */
static PyObject *partial_by(PyObject *operation, Py_ssize_t place, PyObject *const *numbers,
                            Py_ssize_t count) {
    PyObject *rules = PARTIALS_OF(operation);
    if (rules != NULL && PyTuple_CheckExact(rules) && place < PyTuple_GET_SIZE(rules)) {
        PyObject *partial = PyObject_Vectorcall(PyTuple_GET_ITEM(rules, place), numbers,
                                                (size_t)count + 1, NULL);
        if (partial != NULL && PyFloat_CheckExact(partial))
            return partial;
        if (partial == NULL && !PyErr_ExceptionMatches(PyExc_ArithmeticError))
            return NULL;
        PyErr_Clear();
        Py_XDECREF(partial);
    }
    PyObject *operands = PyTuple_New(count);
    for (Py_ssize_t i = 0; operands != NULL && i < count; i++)
        PyTuple_SET_ITEM(operands, i, Py_NewRef(numbers[i + 1]));
    PyObject *partial = operands == NULL ? NULL
                                         : PyObject_CallMethod(operation, "partial", "nOO", place,
                                                               numbers[0], operands);
    Py_XDECREF(operands);
    return partial;
}

/* Fill numbers with the result and the operands, and partials; -1 with an error set. */
static int evaluated(PyObject *operation, PyObject *const *operands, Py_ssize_t count,
                     PyObject **numbers, PyObject **partials, double *result) {
    const char *name = NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        double number;
        if (is_node(operands[i]))
            number = ((Node *)operands[i])->data;
        else {
            PyObject *text = name == NULL ? PyObject_GetAttrString(operation, "name") : NULL;
            name = text != NULL ? PyUnicode_AsUTF8(text) : name;
            Py_XDECREF(text); /* the row keeps it */
            if (name == NULL || real_number(operands[i], name, &number) < 0)
                return -1;
        }
        numbers[i + 1] = PyFloat_FromDouble(number);
        if (numbers[i + 1] == NULL)
            return -1;
    }
    numbers[0] = PyObject_Vectorcall(VALUE_OF(operation), numbers + 1, (size_t)count, NULL);
    if (numbers[0] == NULL || real_number(numbers[0], "the result", result) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < count; i++)
        if (is_node(operands[i])) {
            partials[i] = partial_by(operation, i, numbers, count);
            if (partials[i] == NULL)
                return -1;
        }
    return 0;
}

static PyObject *wide_node(PyObject *operation, double result, PyObject *const *operands,
                           PyObject *const *numbers, PyObject *const *partials, Py_ssize_t count) {
    PyObject *left = PyTuple_New(count), *right = PyTuple_New(count), *node = NULL;
    for (Py_ssize_t i = 0; left != NULL && right != NULL && i < count; i++) {
        PyTuple_SET_ITEM(left, i, Py_NewRef(is_node(operands[i]) ? operands[i] : numbers[i + 1]));
        PyTuple_SET_ITEM(right, i, Py_NewRef(is_node(operands[i]) ? partials[i] : Py_None));
    }
    if (left != NULL && right != NULL)
        node = made(operation, result, left, right, Py_None, Py_None);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return node;
}

/* Do what _recorded of value.py does: make the node of any row. */
static PyObject *recorded(PyObject *operation, PyObject *const *operands, Py_ssize_t count) {
    PyObject *numbers[MOST + 1] = {NULL}, *partials[MOST] = {NULL}, *node = NULL;
    double result;
    if (evaluated(operation, operands, count, numbers, partials, &result) == 0) {
        if (count > 2)
            node = wide_node(operation, result, operands, numbers, partials, count);
        else {
            PyObject *sides[2] = {Py_None, Py_None}, *slopes[2] = {Py_None, Py_None};
            for (Py_ssize_t i = 0; i < count; i++) {
                sides[i] = is_node(operands[i]) ? operands[i] : numbers[i + 1];
                slopes[i] = is_node(operands[i]) ? partials[i] : Py_None;
            }
            node = made(operation, result, sides[0], sides[1], slopes[0], slopes[1]);
        }
    }
    for (Py_ssize_t i = 0; i <= count; i++)
        Py_XDECREF(numbers[i]);
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XDECREF(partials[i]);
    return node;
}

/* Return whether all Values among the operands have numbers; a traced one has none. */
static int are_filled(PyObject *const *operands, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++)
        if (is_node(operands[i]) && !((Node *)operands[i])->about.is_filled)
            return 0;
    return 1;
}

/* -- applying a row ---------------------------------------------------------------------------- */

/* Return whether the row has the value and the rules still with which it was registered. */
static int is_as_registered(Row *row) {
    return VALUE_OF(row->operation) == row->value && PARTIALS_OF(row->operation) == row->partials;
}

/* Make the node of a row at an operand that has a number, outside all modes that Python sees to. */
PyObject *applied(Row *row, Node *operand, int mode) {
    double value, partial;
    if (row->formula != NULL && is_as_registered(row) &&
        row->formula(operand->data, &value, &partial))
        return made_of_one(row, operand, value, partial, mode);
    if (mode != RECORDING)
        return by_specification(row->operation, (PyObject *)operand);
    return recorded(row->operation, (PyObject **)&operand, 1);
}

/* Value._apply(operation, operands) */
PyObject *node_apply(PyObject *none, PyObject *const *args, Py_ssize_t count) {
    int mode = current_mode();
    (void)none;
    if (count == 2 && mode != BY_PYTHON && PyTuple_CheckExact(args[1])) {
        PyObject *const *operands = &PyTuple_GET_ITEM(args[1], 0);
        Py_ssize_t many = PyTuple_GET_SIZE(args[1]);
        Row *row = row_of(args[0]);
        if (row != NULL && many > 0 && many <= MOST && are_filled(operands, many)) {
            if (many == 1 && is_node(operands[0]))
                return applied(row, (Node *)operands[0], mode);
            if (many > 1 && mode == RECORDING)
                return recorded(args[0], operands, many);
        }
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
    int mode = current_mode();
    if (mode == BY_PYTHON || !((Node *)args[0])->about.is_filled)
        return by_specification(row->operation, args[0]);
    return applied(row, (Node *)args[0], mode);
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

int prepare_rows(void) {
    method_type = (PyTypeObject *)PyType_FromSpec(&method_spec);
    return method_type != NULL ? 0 : -1;
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
