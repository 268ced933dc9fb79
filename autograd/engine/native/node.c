/* The fields of a node, as the Python side reads and writes them, and how nodes are made. */

#include "native.h"

PyTypeObject *node_type, *value_type;
uint64_t epoch;
Details *leaf_details;

/* -- making nodes ---------------------------------------------------------------------------- */

/* Read a number as the table's ``real`` does; ``what`` names it in an error. */
int real_number(PyObject *number, const char *what, double *result) {
    if (PyFloat_CheckExact(number)) {
        *result = PyFloat_AS_DOUBLE(number);
        return 0;
    }
    if (PyLong_CheckExact(number)) {
        double whole = PyLong_AsDouble(number);
        if (whole != -1.0 || !PyErr_Occurred()) {
            *result = whole;
            return 0;
        }
        PyErr_Clear(); /* too large: Python says so */
    }
    PyObject *converted = PyObject_CallFunction(python.real, "Os", number, what);
    if (converted == NULL)
        return -1;
    *result = PyFloat_AsDouble(converted);
    Py_DECREF(converted);
    return *result == -1.0 && PyErr_Occurred() ? -1 : 0;
}

/* Return a new reference to the details of a leaf that is made here and now. */
Details *details_of_leaf(void) {
    Details *details = NULL;
    if (!in_a_scope())
        return shared_details(leaf_details);
    PyObject *scope = current_scope();
    if (scope != NULL)
        details = details_of(Py_None, scope == Py_None ? NULL : scope);
    Py_XDECREF(scope);
    return details;
}

/* Make a leaf of class Value: also the result of an operation that is not recorded. */
PyObject *new_leaf(double data) {
    About about = {.epoch = epoch, .is_filled = 1};
    return (PyObject *)new_node(details_of_leaf(), data, about);
}

/* Value(number), without a frame or a tuple on the way; all else as a call of any class. */
PyObject *value_called(PyObject *type, PyObject *const *args, size_t flags, PyObject *names) {
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    PyTypeObject *kind = (PyTypeObject *)type;
    if (count == 1 && names == NULL && PyFloat_CheckExact(args[0]) && kind->tp_init == node_init &&
        kind->tp_new == PyBaseObject_Type.tp_new)
        return new_leaf(PyFloat_AS_DOUBLE(args[0]));
    PyObject *operands = PyTuple_New(count), *named = names != NULL ? PyDict_New() : NULL, *made = NULL;
    int is_complete = operands != NULL && (names == NULL || named != NULL);
    for (Py_ssize_t i = 0; is_complete && i < count; i++)
        PyTuple_SET_ITEM(operands, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; is_complete && names != NULL && i < PyTuple_GET_SIZE(names); i++)
        is_complete = PyDict_SetItem(named, PyTuple_GET_ITEM(names, i), args[count + i]) == 0;
    if (is_complete)
        made = PyType_Type.tp_call(type, operands, named);
    Py_XDECREF(operands);
    Py_XDECREF(named);
    return made;
}

static void set_kinds(Node *node, int left, int right) {
    node->about.left_kind = (unsigned)left;
    node->about.right_kind = (unsigned)right;
    node->about.left_edge = left == NODE && node->about.has_left_partial;
    node->about.right_edge = right == NODE && node->about.has_right_partial;
    node->about.is_wide = left == TUPLE && right == TUPLE;
}

static void set_operands(Node *node, PyObject *left, PyObject *right) {
    PyObject *left_before = node->left, *right_before = node->right;
    node->left = Py_XNewRef(left);
    node->right = Py_XNewRef(right);
    replacements++; /* whoever walks holds plain pointers */
    Py_XDECREF(left_before);
    Py_XDECREF(right_before);
}

/* Value(data, label=""): make a leaf of what type() has allocated; once more, make it afresh. */
int node_init(PyObject *self, PyObject *args, PyObject *named) {
    static char *names[] = {"data", "label", "_op", "requires_grad", "name", NULL};
    Node *node = (Node *)self;
    PyObject *data, *label = NULL, *op = NULL, *others[2] = {NULL, NULL};
    double number;
    if (!PyArg_ParseTupleAndKeywords(args, named, "O|OOOO:Value", names, &data, &label, &op,
                                     &others[0], &others[1]))
        return -1;
    if (real_number(data, "Value", &number) < 0)
        return -1;
    Details *details = details_of_leaf(), *before = node->details;
    if (details == NULL)
        return -1;
    node->details = details;
    release_details(before);
    node->data = number;
    node->grad = 0.0;
    node->about.epoch = epoch;
    node->about.is_filled = 1;
    node->about.has_left_partial = node->about.has_right_partial = 0;
    set_kinds(node, NOTHING, NOTHING);
    set_operands(node, NULL, NULL);
    int is_labelled = label != NULL && (!PyUnicode_CheckExact(label) || PyUnicode_GET_LENGTH(label) > 0);
    if (is_labelled && PyObject_SetAttrString(self, names[1], label) < 0)
        return -1; /* a tuple, as in micrograd, is refused */
    for (int i = 0; i < 2; i++)
        if (others[i] != NULL && PyObject_SetAttrString(self, names[3 + i], others[i]) < 0)
            return -1; /* refused, with advice */
    return 0;
}

/* -- details --------------------------------------------------------------------------------- */

static int set_details(Node *node, PyObject *op, PyObject *scope, PyObject *label,
                       long long level) {
    Details *before = node->details, *details;
    if (label == NULL && level == 0)
        details = details_of(op, scope);
    else
        details = new_details(op, scope, label, level);
    if (details == NULL)
        return -1;
    node->details = details;
    release_details(before);
    return 0;
}

static int is_deleted(PyObject *value, const char *name) {
    if (value == NULL)
        PyErr_Format(PyExc_AttributeError, "%s of a node cannot be deleted", name);
    return value == NULL;
}

static PyObject *missing(const char *name) {
    PyErr_SetString(PyExc_AttributeError, name);
    return NULL;
}

static PyObject *get_op(PyObject *self, void *closure) {
    Details *details = ((Node *)self)->details;
    (void)closure;
    return details != NULL && details->op != NULL ? Py_NewRef(details->op) : missing("op");
}

static int set_op(PyObject *self, PyObject *op, void *closure) {
    Details *details = ((Node *)self)->details;
    (void)closure;
    if (is_deleted(op, "op"))
        return -1;
    return details == NULL ? set_details((Node *)self, op, NULL, NULL, 0)
                           : set_details((Node *)self, op, details->scope, details->label,
                                         details->level);
}

static PyObject *get_scope(PyObject *self, void *closure) {
    Details *details = ((Node *)self)->details;
    if (details != NULL && details->scope != NULL)
        return Py_NewRef(details->scope);
    return closure != NULL ? missing("_scope") : Py_NewRef(Py_None);
}

static int set_scope(PyObject *self, PyObject *scope, void *closure) {
    Details *details = ((Node *)self)->details;
    (void)closure;
    if (is_deleted(scope, "_scope"))
        return -1;
    scope = scope == Py_None ? NULL : scope;
    return details == NULL ? set_details((Node *)self, NULL, scope, NULL, 0)
                           : set_details((Node *)self, details->op, scope, details->label,
                                         details->level);
}

static PyObject *get_label(PyObject *self, void *closure) {
    Details *details = ((Node *)self)->details;
    if (details != NULL && details->label != NULL)
        return Py_NewRef(details->label);
    return closure != NULL ? missing("_label") : PyUnicode_FromStringAndSize(NULL, 0);
}

static int set_private_label(PyObject *self, PyObject *label, void *closure) {
    Details *details = ((Node *)self)->details;
    (void)closure;
    if (is_deleted(label, "_label"))
        return -1;
    if (PyUnicode_Check(label) && PyUnicode_GET_LENGTH(label) == 0)
        label = NULL;
    return details == NULL ? set_details((Node *)self, NULL, NULL, label, 0)
                           : set_details((Node *)self, details->op, details->scope, label,
                                         details->level);
}

static int set_label(PyObject *self, PyObject *label, void *closure) {
    if (label != NULL && PyUnicode_CheckExact(label))
        return set_private_label(self, label, closure);
    return Py_TYPE(python.label)->tp_descr_set(python.label, self, label);
}

static PyObject *get_level(PyObject *self, void *closure) {
    Details *details = ((Node *)self)->details;
    (void)closure;
    return details != NULL && details->level ? PyLong_FromLongLong(details->level)
                                             : missing("_level");
}

static int set_level(PyObject *self, PyObject *number, void *closure) {
    Details *details = ((Node *)self)->details;
    (void)closure;
    if (is_deleted(number, "_level"))
        return -1;
    long long level = PyLong_AsLongLong(number);
    if (level == -1 && PyErr_Occurred())
        return -1;
    return details == NULL ? set_details((Node *)self, NULL, NULL, NULL, level)
                           : set_details((Node *)self, details->op, details->scope,
                                         details->label, level);
}

/* -- numbers --------------------------------------------------------------------------------- */

/* The fields that are doubles, by their place in the struct, and their names. */
typedef struct {
    const char *name;
    size_t offset;
} Field;
static Field data_field = {"_data", offsetof(Node, data)};
static Field grad_field = {"_grad", offsetof(Node, grad)};
static Field adjoint_field = {"_adjoint", offsetof(Node, walk)};

static PyObject *get_double(PyObject *self, void *field) {
    if (!((Node *)self)->about.is_filled)
        return missing(((Field *)field)->name);
    if (field == &adjoint_field)
        return PyFloat_FromDouble(adjoint_of((Node *)self));
    return PyFloat_FromDouble(*(double *)((char *)self + ((Field *)field)->offset));
}

static int set_double(PyObject *self, PyObject *number, void *field) {
    if (is_deleted(number, ((Field *)field)->name))
        return -1;
    double result = PyFloat_AsDouble(number);
    if (result == -1.0 && PyErr_Occurred())
        return -1;
    *(double *)((char *)self + ((Field *)field)->offset) = result;
    ((Node *)self)->about.is_filled |= field == &data_field;
    return 0;
}

static PyObject *get_data(PyObject *self, void *closure) {
    (void)closure;
    if (current_mode() == BY_PYTHON || !((Node *)self)->about.is_filled)
        return Py_TYPE(python.data)->tp_descr_get(python.data, self, (PyObject *)Py_TYPE(self));
    return PyFloat_FromDouble(((Node *)self)->data);
}

/* Refuse an assignment in a function that is traced; Python knows, and has the words. */
static int check_assignment(const char *what) {
    if (current_mode() != BY_PYTHON)
        return 0;
    PyObject *checked = PyObject_CallFunction(python.check_assignment, "s", what);
    Py_XDECREF(checked);
    return checked == NULL ? -1 : 0;
}

/* Assign a leaf's number; the same number again is no edit. */
static int set_data(PyObject *self, PyObject *number, void *closure) {
    Node *node = (Node *)self;
    double result;
    (void)closure;
    if (is_deleted(number, "data") || check_assignment("data") < 0 ||
        real_number(number, "data", &result) < 0)
        return -1;
    if (node->details == NULL || node->details->op != Py_None) { /* an error */
        PyObject *converted = PyFloat_FromDouble(result);
        int state = converted == NULL
                        ? -1
                        : Py_TYPE(python.data)->tp_descr_set(python.data, self, converted);
        Py_XDECREF(converted);
        return state;
    }
    if (memcmp(&result, &node->data, sizeof(double)) != 0)
        node->about.epoch = ++epoch;
    node->data = result;
    return 0;
}

static PyObject *get_grad(PyObject *self, void *closure) {
    (void)closure;
    if (current_mode() == BY_PYTHON || !((Node *)self)->about.is_filled)
        return Py_TYPE(python.grad)->tp_descr_get(python.grad, self, (PyObject *)Py_TYPE(self));
    return PyFloat_FromDouble(((Node *)self)->grad);
}

static int set_grad(PyObject *self, PyObject *number, void *closure) {
    (void)closure;
    if (is_deleted(number, "grad") || check_assignment("grad") < 0)
        return -1;
    return real_number(number, "grad", &((Node *)self)->grad);
}

static PyObject *get_epoch(PyObject *self, void *closure) {
    (void)closure;
    if (!((Node *)self)->about.is_filled)
        return missing("_epoch");
    return PyLong_FromUnsignedLongLong(((Node *)self)->about.epoch);
}

/* Set when a node was recorded or edited; what is recorded from now on is younger. */
static int set_epoch(PyObject *self, PyObject *number, void *closure) {
    (void)closure;
    if (is_deleted(number, "_epoch"))
        return -1;
    unsigned long long time = PyLong_AsUnsignedLongLong(number);
    if (time == (unsigned long long)-1 && PyErr_Occurred())
        return -1;
    ((Node *)self)->about.epoch = time;
    epoch = Py_MAX(epoch, ((Node *)self)->about.epoch);
    return 0;
}

/* Walks in Python mark nodes here; those in C have their own way. */
static PyObject *get_mark(PyObject *self, void *closure) {
    (void)closure;
    return ((Node *)self)->about.is_filled ? PyLong_FromLong(0) : missing("_mark");
}

static int set_mark(PyObject *self, PyObject *number, void *closure) {
    (void)self;
    (void)closure;
    return is_deleted(number, "_mark") ? -1 : 0;
}

/* -- operands and partials --------------------------------------------------------------------- */

static PyObject *operand_at(int kind, PyObject *operand, double number) {
    if (kind == NUMBER)
        return PyFloat_FromDouble(number);
    return kind == NOTHING ? Py_NewRef(Py_None) : Py_NewRef(operand);
}

static PyObject *get_left(PyObject *self, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    return node->about.is_filled ? operand_at(node->about.left_kind, node->left, node->left_partial)
                           : missing("_left");
}

static PyObject *get_right(PyObject *self, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    return node->about.is_filled ? operand_at(node->about.right_kind, node->right, node->right_partial)
                           : missing("_right");
}

static int kind_of(PyObject *operand) {
    if (operand == Py_None)
        return NOTHING;
    if (is_node(operand))
        return NODE;
    if (PyFloat_Check(operand))
        return NUMBER;
    if (PyTuple_CheckExact(operand))
        return TUPLE;
    PyErr_Format(PyExc_TypeError, "an operand is a Value, a float, a tuple or None, not %.100s",
                 Py_TYPE(operand)->tp_name);
    return -1;
}

static int set_left(PyObject *self, PyObject *operand, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    int kind = is_deleted(operand, "_left") ? -1 : kind_of(operand);
    if (kind < 0)
        return -1;
    if (kind == NUMBER) {
        node->left_partial = PyFloat_AS_DOUBLE(operand);
        node->about.has_left_partial = 0;
    }
    set_kinds(node, kind, node->about.right_kind);
    set_operands(node, kind == NODE || kind == TUPLE ? operand : NULL, node->right);
    return 0;
}

static int set_right(PyObject *self, PyObject *operand, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    int kind = is_deleted(operand, "_right") ? -1 : kind_of(operand);
    if (kind < 0)
        return -1;
    if (kind == NUMBER) {
        node->right_partial = PyFloat_AS_DOUBLE(operand);
        node->about.has_right_partial = 0;
    }
    set_kinds(node, node->about.left_kind, kind);
    set_operands(node, node->left, kind == NODE || kind == TUPLE ? operand : NULL);
    return 0;
}

static PyObject *get_left_partial(PyObject *self, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    return node->about.has_left_partial ? PyFloat_FromDouble(node->left_partial) : Py_NewRef(Py_None);
}

static PyObject *get_right_partial(PyObject *self, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    return node->about.has_right_partial ? PyFloat_FromDouble(node->right_partial) : Py_NewRef(Py_None);
}

static int set_left_partial(PyObject *self, PyObject *partial, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    if (is_deleted(partial, "_left_partial"))
        return -1;
    node->about.has_left_partial = partial != Py_None && node->about.left_kind != NUMBER;
    if (node->about.has_left_partial) {
        node->left_partial = PyFloat_AsDouble(partial);
        if (node->left_partial == -1.0 && PyErr_Occurred())
            return -1;
    }
    set_kinds(node, node->about.left_kind, node->about.right_kind);
    return 0;
}

static int set_right_partial(PyObject *self, PyObject *partial, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    if (is_deleted(partial, "_right_partial"))
        return -1;
    node->about.has_right_partial = partial != Py_None && node->about.right_kind != NUMBER;
    if (node->about.has_right_partial) {
        node->right_partial = PyFloat_AsDouble(partial);
        if (node->right_partial == -1.0 && PyErr_Occurred())
            return -1;
    }
    set_kinds(node, node->about.left_kind, node->about.right_kind);
    return 0;
}

/* Return one or two things as a tuple; takes over the references. */
static PyObject *as_tuple(PyObject *left, PyObject *right, int count) {
    PyObject *both = left != NULL && right != NULL ? PyTuple_New(count) : NULL;
    if (both == NULL) {
        Py_XDECREF(left);
        Py_XDECREF(right);
        return NULL;
    }
    PyTuple_SET_ITEM(both, 0, left);
    if (count == 2)
        PyTuple_SET_ITEM(both, 1, right);
    else
        Py_DECREF(right);
    return both;
}

static int is_leaf(Node *node) { return node->details == NULL || node->details->op == Py_None; }

static PyObject *get_args(PyObject *self, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    if (is_leaf(node))
        return PyTuple_New(0);
    if (node->about.left_kind == TUPLE)
        return Py_NewRef(node->left);
    return as_tuple(get_left(self, NULL), get_right(self, NULL), node->about.right_kind ? 2 : 1);
}

static PyObject *get_partials(PyObject *self, void *closure) {
    Node *node = (Node *)self;
    (void)closure;
    if (is_leaf(node))
        return PyTuple_New(0);
    if (node->about.left_kind == TUPLE)
        return Py_NewRef(node->about.right_kind == TUPLE ? node->right : Py_None);
    return as_tuple(get_left_partial(self, NULL), get_right_partial(self, NULL),
                    node->about.right_kind ? 2 : 1);
}

/* Make a node as value.py's _node does; the operation is None for a leaf. */
PyObject *made(PyObject *operation, double data, PyObject *left, PyObject *right,
               PyObject *left_partial, PyObject *right_partial) {
    Row *row = operation == Py_None ? NULL : row_of(operation);
    About about = {.epoch = epoch, .is_filled = 1};
    PyObject *self =
        (PyObject *)new_node(row != NULL ? details_of_row(row) : details_of_leaf(), data, about);
    if (self == NULL)
        return NULL;
    if ((row == NULL && operation != Py_None && set_op(self, operation, NULL) < 0) ||
        set_left(self, left, NULL) < 0 || set_right(self, right, NULL) < 0 ||
        set_left_partial(self, left_partial, NULL) < 0 ||
        set_right_partial(self, right_partial, NULL) < 0)
        Py_CLEAR(self);
    return self;
}

/* node(operation, data, left, right, left_partial, right_partial): what value.py calls _node. */
PyObject *node_made(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    double data;
    (void)module;
    if (count != 6)
        return PyErr_Format(PyExc_TypeError, "node takes six arguments, and was given %zd", count);
    if (real_number(args[1], "the result", &data) < 0)
        return NULL;
    return made(args[0], data, args[2], args[3], args[4], args[5]);
}

/* leaf_of(number, level): the leaf that stands for a number in a derivative of that level. */
PyObject *leaf_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    double data;
    (void)module;
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "leaf_of takes two arguments, and was given %zd", count);
    if (real_number(args[0], "the number", &data) < 0)
        return NULL;
    PyObject *self = new_leaf(data);
    if (self != NULL && set_level(self, args[1], NULL) < 0)
        Py_CLEAR(self);
    return self;
}

#define PRIVATE ((void *)1)

PyGetSetDef node_fields[] = {
    {"_data", get_double, set_double, NULL, &data_field},
    {"_grad", get_double, set_double, NULL, &grad_field},
    {"_adjoint", get_double, set_double, NULL, &adjoint_field},
    {"_label", get_label, set_private_label, NULL, PRIVATE},
    {"_scope", get_scope, set_scope, NULL, PRIVATE},
    {"_level", get_level, set_level, NULL, NULL},
    {"_epoch", get_epoch, set_epoch, NULL, NULL},
    {"_mark", get_mark, set_mark, NULL, NULL},
    {"_left", get_left, set_left, NULL, NULL},
    {"_right", get_right, set_right, NULL, NULL},
    {"_left_partial", get_left_partial, set_left_partial, NULL, NULL},
    {"_right_partial", get_right_partial, set_right_partial, NULL, NULL},
    {"op", get_op, set_op, NULL, NULL},
    {"data", get_data, set_data, NULL, NULL},
    {"grad", get_grad, set_grad, NULL, NULL},
    {"label", get_label, set_label, NULL, NULL},
    {"scope", get_scope, NULL, NULL, NULL},
    {"args", get_args, NULL, NULL, NULL},
    {"partials", get_partials, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
