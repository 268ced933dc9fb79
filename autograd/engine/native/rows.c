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

static PyObject *by_specification(PyObject *operation, PyObject *const *operands, Py_ssize_t count) {
    PyObject *packed = PyTuple_New(count);
    for (Py_ssize_t i = 0; packed != NULL && i < count; i++)
        PyTuple_SET_ITEM(packed, i, Py_NewRef(operands[i]));
    if (packed == NULL)
        return NULL;
    PyObject *result = PyObject_CallFunctionObjArgs(python.apply, operation, packed, NULL);
    Py_DECREF(packed);
    return result;
}

/* -- with the row's own value and rules ---------------------------------------------------------- */

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

/* Read the numbers of the operands; -1 with an error set. */
static int read_numbers(PyObject *operation, PyObject *const *operands, Py_ssize_t count,
                        double *numbers) {
    for (Py_ssize_t i = 0; i < count; i++) {
        if (is_node(operands[i]))
            numbers[i] = ((Node *)operands[i])->data;
        else if (PyFloat_CheckExact(operands[i]))
            numbers[i] = PyFloat_AS_DOUBLE(operands[i]);
        else {
            PyObject *name = PyObject_GetAttrString(operation, "name");
            const char *text = name != NULL ? PyUnicode_AsUTF8(name) : NULL;
            int state = text != NULL ? real_number(operands[i], text, &numbers[i]) : -1;
            Py_XDECREF(name);
            if (state < 0)
                return -1;
        }
    }
    return 0;
}

/* Do what _recorded of value.py does, by the row's own value and rules. */
static int evaluated(PyObject *operation, PyObject *const *operands, Py_ssize_t count,
                     const double *numbers, double *result, double *partials) {
    PyObject *all[MOST + 1] = {NULL}; /* the result and the operands, for the rules */
    int state = 0;
    for (Py_ssize_t i = 0; i < count && state == 0; i++)
        state = (all[i + 1] = PyFloat_FromDouble(numbers[i])) != NULL ? 0 : -1;
    if (state == 0)
        all[0] = PyObject_Vectorcall(VALUE_OF(operation), all + 1, (size_t)count, NULL);
    state = all[0] != NULL ? real_number(all[0], "the result", result) : -1;
    for (Py_ssize_t i = 0; i < count && state == 0; i++)
        if (is_node(operands[i])) {
            PyObject *partial = partial_by(operation, i, all, count);
            state = partial != NULL ? real_number(partial, "the partial", &partials[i]) : -1;
            Py_XDECREF(partial);
        }
    for (Py_ssize_t i = 0; i <= count; i++)
        Py_XDECREF(all[i]);
    return state;
}

/* Make the node of a row with more than two operands: tuples of them and of their partials. */
static PyObject *made_of_many(PyObject *operation, PyObject *const *operands, Py_ssize_t count,
                              const double *numbers, double result, const double *partials) {
    PyObject *left = PyTuple_New(count), *right = PyTuple_New(count), *node = NULL;
    for (Py_ssize_t i = 0; left != NULL && right != NULL && i < count; i++) {
        int is_value = is_node(operands[i]);
        PyObject *number = PyFloat_FromDouble(is_value ? partials[i] : numbers[i]);
        if (number == NULL)
            Py_CLEAR(left);
        else {
            PyTuple_SET_ITEM(left, i, is_value ? Py_NewRef(operands[i]) : number);
            PyTuple_SET_ITEM(right, i, is_value ? number : Py_NewRef(Py_None));
        }
    }
    if (left != NULL && right != NULL)
        node = made(operation, result, left, right, Py_None, Py_None);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return node;
}

/* -- applying a row ---------------------------------------------------------------------------- */

/* Return whether the row has the value and the rules still with which it was registered. */
static int is_as_registered(Row *row) {
    return VALUE_OF(row->operation) == row->value && PARTIALS_OF(row->operation) == row->partials;
}

/* Make the node of a row at operands that have numbers, outside all modes that Python sees to. */
PyObject *applied(Row *row, PyObject *const *operands, Py_ssize_t count, int mode) {
    double numbers[MOST], partials[MOST], result;
    if (read_numbers(row->operation, operands, count, numbers) < 0)
        return NULL;
    int is_done = row->formula != NULL && is_as_registered(row) &&
                  row->formula(numbers, &result, partials);
    if (mode == UNRECORDED)
        return is_done ? new_leaf(result) : by_specification(row->operation, operands, count);
    if (!is_done &&
        evaluated(row->operation, operands, count, numbers, &result, partials) < 0)
        return NULL;
    if (count == 1)
        return made_of_one(row, (Node *)operands[0], result, partials[0], mode);
    if (count == 2)
        return made_of_two(row, operands, numbers, result, partials);
    return made_of_many(row->operation, operands, count, numbers, result, partials);
}

/* Return whether each Value among the operands has a number (a traced one has none), and one is a Value. */
static int are_filled(PyObject *const *operands, Py_ssize_t count) {
    int has_value = 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (is_node(operands[i])) {
            if (!((Node *)operands[i])->about.is_filled)
                return 0;
            has_value = 1;
        }
    return has_value;
}

/* Value._apply(operation, operands) */
PyObject *node_apply(PyObject *none, PyObject *const *args, Py_ssize_t count) {
    int mode = current_mode();
    (void)none;
    if (count == 2 && mode != BY_PYTHON && PyTuple_CheckExact(args[1])) {
        PyObject *const *operands = &PyTuple_GET_ITEM(args[1], 0);
        Py_ssize_t many = PyTuple_GET_SIZE(args[1]);
        Row *row = row_of(args[0]);
        if (row != NULL && many == row->arity && many <= MOST && are_filled(operands, many))
            return applied(row, operands, many, mode);
    }
    return PyObject_Vectorcall(python.apply, args, (size_t)count, NULL);
}

/* -- maximum(x, y): rows as functions ------------------------------------------------------------- */

/* Operation.__call__: of Values a node, of floats a float; with all else Python's goes on. */
static PyObject *row_called(PyObject *self, PyObject *const *args, Py_ssize_t count,
                            PyObject *names) {
    Row *row = row_of(self);
    int mode = current_mode();
    if (row != NULL && names == NULL && count == row->arity && count <= MOST && !row->is_static &&
        mode != BY_PYTHON) {
        Py_ssize_t floats = 0, values = 0;
        for (Py_ssize_t i = 0; i < count; i++) {
            floats += PyFloat_CheckExact(args[i]);
            values += Py_TYPE(args[i]) == value_type && ((Node *)args[i])->about.is_filled;
        }
        if (floats == count)
            return PyObject_Vectorcall(VALUE_OF(self), args, (size_t)count, NULL);
        if (floats + values == count)
            return applied(row, args, count, mode);
    }
    PyObject *operands[MOST + 1];
    Py_ssize_t all = count + (names != NULL ? PyTuple_GET_SIZE(names) : 0);
    PyObject **passed = all < MOST ? operands : PyMem_Malloc((size_t)(all + 1) * sizeof(*passed));
    if (passed == NULL)
        return PyErr_NoMemory();
    passed[0] = self;
    memcpy(passed + 1, args, (size_t)all * sizeof(*passed));
    PyObject *result = PyObject_Vectorcall(python.call, passed, (size_t)count + 1, names);
    if (passed != operands)
        PyMem_Free(passed);
    return result;
}

static PyMethodDef call_definition = {
    "__call__", (PyCFunction)(void (*)(void))row_called, METH_FASTCALL | METH_KEYWORDS,
    "Apply the operation: of numbers a float, of Values a Value, of arrays an array."};

/* Let the calls of rows come here first; once for their class. */
int take_calls(PyTypeObject *operations) {
    if (python.call != NULL)
        return 0;
    python.call = PyObject_GetAttrString((PyObject *)operations, "__call__");
    PyObject *method = PyDescr_NewMethod(operations, &call_definition);
    int state = python.call != NULL && method != NULL
                    ? PyObject_SetAttrString((PyObject *)operations, "__call__", method)
                    : -1;
    Py_XDECREF(method);
    return state;
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
        return PyObject_Vectorcall(row->operation, args, count, names); /* it says what it takes */
    if (!is_node(args[0])) { /* it says what it was given */
        PyObject *node = PyImport_ImportModule("autograd.engine.node");
        if (node != NULL) {
            PyObject_CallMethod(node, "refuse_call", "OO", ((Method *)self)->name, args[0]);
            Py_DECREF(node);
        }
        return NULL;
    }
    int mode = current_mode();
    if (mode == BY_PYTHON || !((Node *)args[0])->about.is_filled)
        return by_specification(row->operation, args, 1);
    return applied(row, args, 1, mode);
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
