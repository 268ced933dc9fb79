/* The module autograd.engine._native: the base type of nodes, and what the Python side calls. */

#include "native.h"

#ifndef SOURCES /* hatch_build.py gives a digest of them, for a test */
#define SOURCES ""
#endif
#define INTERFACE 11 /* accelerator.py names the same number: the two are of one version */

Specification python;
static PyInterpreterState *home; /* of the interpreter whose types and rows these are */

/* The names that the base type has too: the Python classes hand theirs over and do without. */
static const struct {
    const char *name;
    PyObject **python;
} ADOPTED[] = {
    {"__add__", &python.add},           {"__radd__", &python.radd},
    {"__sub__", &python.subtract},      {"__rsub__", &python.rsubtract},
    {"__mul__", &python.multiply},      {"__rmul__", &python.rmultiply},
    {"__truediv__", &python.divide},    {"__rtruediv__", &python.rdivide},
    {"__pow__", &python.power},         {"__rpow__", &python.rpower},
    {"__lt__", &python.less},           {"__le__", &python.less_equal},
    {"__gt__", &python.greater},        {"__ge__", &python.greater_equal},
    {"__eq__", &python.equal},
    {"__neg__", &python.negative},      {"__abs__", &python.absolute},
    {"_apply", &python.apply},          {"data", &python.data},
    {"grad", &python.grad},             {"label", &python.label},
    {"__init__", NULL},                 {"scope", NULL},
    {"args", NULL},                     {"partials", NULL},
};

/* Let the collector pass over the instances of a class that adds nothing to the base type.

   A class statement makes every class one of those that the collector follows, which costs 16 bytes
   and half of the time of a node. This one has no fields of its own, so what it inherits is enough.
   Subclasses of it are followed again, with whatever attributes they have. */
static int untracked(PyTypeObject *kind) {
    if (kind->tp_basicsize != node_type->tp_basicsize || kind->tp_dictoffset != 0 ||
        kind->tp_weaklistoffset != node_type->tp_weaklistoffset) {
        PyErr_Format(PyExc_TypeError, "%R has fields of its own", (PyObject *)kind);
        return -1;
    }
    kind->tp_flags &= ~Py_TPFLAGS_HAVE_GC;
    kind->tp_traverse = NULL;
    kind->tp_clear = NULL;
    kind->tp_dealloc = node_dealloc;
    kind->tp_alloc = node_alloc;
    kind->tp_free = free_place;
    return 0;
}

/* adopted(class): take over what the base type has; return the class, which has no instance yet. */
static PyObject *adopted(PyObject *module, PyObject *kind) {
    (void)module;
    if (!PyType_Check(kind) || !PyType_IsSubtype((PyTypeObject *)kind, node_type))
        return PyErr_Format(PyExc_TypeError, "adopted takes a class of nodes, not %R", kind);
    if (untracked((PyTypeObject *)kind) < 0)
        return NULL;
    for (size_t i = 0; i < sizeof(ADOPTED) / sizeof(*ADOPTED); i++) {
        PyObject *own = PyDict_GetItemString(((PyTypeObject *)kind)->tp_dict, ADOPTED[i].name);
        if (own == NULL)
            continue;
        if (strcmp(ADOPTED[i].name, "_apply") == 0)
            own = PyObject_GetAttrString(kind, "_apply"); /* a static method's function */
        else
            Py_INCREF(own);
        if (own == NULL)
            return NULL;
        if (ADOPTED[i].python != NULL)
            Py_XSETREF(*ADOPTED[i].python, Py_NewRef(own));
        Py_DECREF(own);
        if (PyObject_SetAttrString(kind, ADOPTED[i].name, NULL) < 0)
            return NULL;
    }
    return Py_NewRef(kind);
}

/* connect(Value, active, scoped, state, real, check_assignment): begin to serve. */
static PyObject *connect(PyObject *module, PyObject *args) {
    PyObject *value, *active, *scoped, *state, *real, *check, *now = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!O!OO", &PyType_Type, &value, &PySet_Type, &active,
                          &PySet_Type, &scoped, &PyContextVar_Type, &state, &real, &check))
        return NULL;
    if (PyContextVar_Get(state, NULL, &now) < 0)
        return NULL;
    int is_known = now != NULL && places_in_state(now) == 0;
    Py_XDECREF(now);
    if (!is_known)
        return NULL;
    if (!PyType_IsSubtype((PyTypeObject *)value, node_type) ||
        ((PyTypeObject *)value)->tp_basicsize != sizeof(Node) ||
        PyType_HasFeature((PyTypeObject *)value, Py_TPFLAGS_HAVE_GC))
        return PyErr_Format(PyExc_TypeError, "%R has more than the base type of nodes", value);
    for (size_t i = 0; i < sizeof(ADOPTED) / sizeof(*ADOPTED); i++)
        if (ADOPTED[i].python != NULL && *ADOPTED[i].python == NULL)
            return PyErr_Format(PyExc_TypeError, "%s was not handed over", ADOPTED[i].name);
    Py_XSETREF(python.active, Py_NewRef(active));
    Py_XSETREF(python.scoped, Py_NewRef(scoped));
    Py_XSETREF(python.state, Py_NewRef(state));
    Py_XSETREF(python.real, Py_NewRef(real));
    Py_XSETREF(python.check_assignment, Py_NewRef(check));
    ((PyTypeObject *)value)->tp_vectorcall = value_called;
    value_type = (PyTypeObject *)Py_NewRef(value);
    Py_RETURN_NONE;
}

static PyMethodDef node_methods[] = {
    {"_apply", (PyCFunction)(void (*)(void))node_apply, METH_FASTCALL | METH_STATIC, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef node_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Node, weak_references), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot node_slots[] = {
    {Py_tp_doc, "The fields of a node, and the arithmetic of every day."},
    {Py_tp_dealloc, node_dealloc},
    {Py_tp_init, node_init},
    {Py_tp_getset, node_fields},
    {Py_tp_members, node_members},
    {Py_tp_methods, node_methods},
    {Py_nb_add, node_add},
    {Py_nb_subtract, node_subtract},
    {Py_nb_multiply, node_multiply},
    {Py_nb_true_divide, node_divide},
    {Py_nb_power, node_power},
    {Py_nb_negative, node_negative},
    {Py_nb_absolute, node_absolute},
    {Py_tp_richcompare, node_compared},
    {Py_tp_hash, node_hash},
    {0, NULL},
};

static PyType_Spec node_spec = {"autograd.engine._native.Slots", sizeof(Node), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, node_slots};

/* is_at_home(): return whether this is the interpreter that loaded the module first. */
static PyObject *is_at_home(PyObject *module, PyObject *none) {
    (void)module;
    (void)none;
    return PyBool_FromLong(home == PyInterpreterState_Get());
}

/* Mode.__exit__ in the common case: no line of Python, into which Ctrl-C could fall before it. */

static PyObject *modes_state, *left_in_python; /* the context variable; what does the rest */
static PyObject *mode_name, *outer_name;

static PyObject *leave(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    PyObject *state = NULL, *mode = NULL, *outer = NULL, *result = NULL;
    (void)module;
    if (PyContextVar_Get(modes_state, NULL, &state) < 0)
        return NULL;
    if (state != NULL && count > 0) {
        mode = PyObject_GetAttr(state, mode_name);
        outer = mode != NULL ? PyObject_GetAttr(state, outer_name) : NULL;
        if (outer == NULL)
            goto done;
        if (mode == args[0] && outer != Py_None) {
            PyObject *token = PyContextVar_Set(modes_state, outer);
            result = token != NULL ? Py_NewRef(Py_None) : NULL;
            Py_XDECREF(token);
            goto done;
        }
    }
    result = PyObject_Vectorcall(left_in_python, args, (size_t)count, NULL);
done:
    Py_XDECREF(state);
    Py_XDECREF(mode);
    Py_XDECREF(outer);
    return result;
}

static PyMethodDef leave_definition = {"__exit__", (PyCFunction)(void (*)(void))leave,
                                       METH_FASTCALL, NULL};

/* leaving(state, exit): return what takes the place of a method ``__exit__`` of modes. */
static PyObject *leaving(PyObject *module, PyObject *args) {
    PyObject *state, *in_python;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O", &PyContextVar_Type, &state, &in_python))
        return NULL;
    Py_XSETREF(modes_state, Py_NewRef(state));
    Py_XSETREF(left_in_python, Py_NewRef(in_python));
    Py_XSETREF(mode_name, PyUnicode_InternFromString("mode"));
    Py_XSETREF(outer_name, PyUnicode_InternFromString("outer"));
    if (mode_name == NULL || outer_name == NULL)
        return NULL;
    PyObject *function = PyCFunction_New(&leave_definition, NULL);
    PyObject *method = function != NULL ? PyInstanceMethod_New(function) : NULL;
    Py_XDECREF(function);
    return method;
}

static PyMethodDef functions[] = {
    {"leaving", leaving, METH_VARARGS, NULL},
    {"is_at_home", is_at_home, METH_NOARGS, NULL},
    {"adopted", adopted, METH_O, NULL},
    {"connect", connect, METH_VARARGS, NULL},
    {"registered", (PyCFunction)(void (*)(void))registered, METH_FASTCALL, NULL},
    {"method", method_of_row, METH_O, NULL},
    {"node", (PyCFunction)(void (*)(void))node_made, METH_FASTCALL, NULL},
    {"leaf_of", (PyCFunction)(void (*)(void))leaf_of, METH_FASTCALL, NULL},
    {"derivatives", derivatives, METH_NOARGS, NULL},
    {"set_derivatives", set_derivatives, METH_O, NULL},
    {"leaves_of", (PyCFunction)(void (*)(void))leaves_of, METH_FASTCALL, NULL},
    {"slopes_of", (PyCFunction)(void (*)(void))slopes_of, METH_FASTCALL, NULL},
    {"differentiated", (PyCFunction)(void (*)(void))differentiated, METH_FASTCALL, NULL},
    {"walk_in_turn", walk_in_turn, METH_O, NULL},
    {"are_inside", (PyCFunction)(void (*)(void))are_inside, METH_FASTCALL, NULL},
    {"ordered", (PyCFunction)(void (*)(void))ordered, METH_FASTCALL, NULL},
    {"swept", (PyCFunction)(void (*)(void))swept, METH_FASTCALL, NULL},
    {"are_terms", are_terms, METH_O, NULL},
    {"added", added, METH_O, NULL},
    {"products", (PyCFunction)(void (*)(void))products, METH_FASTCALL, NULL},
    {"backward", (PyCFunction)(void (*)(void))backward, METH_FASTCALL, NULL},
    {"mark_needed", mark_needed, METH_VARARGS, NULL},
    {"mark_reached", mark_reached, METH_VARARGS, NULL},
    {"count_levels", count_levels, METH_VARARGS, NULL},
    {"group_kernels", group_kernels, METH_VARARGS, NULL},
    {"append_traced", (PyCFunction)(void (*)(void))append_traced, METH_FASTCALL, NULL},
    {"order_trace", (PyCFunction)(void (*)(void))order_trace, METH_FASTCALL, NULL},
    {"mark_operands", (PyCFunction)(void (*)(void))mark_operands, METH_FASTCALL, NULL},
    {"add_contributions", (PyCFunction)(void (*)(void))add_contributions, METH_FASTCALL, NULL},
    {"lower_pairs", (PyCFunction)(void (*)(void))lower_pairs, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "The accelerator of autograd.engine.", -1, functions,
    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    if (home != NULL) {
        PyErr_SetString(PyExc_ImportError, "another interpreter of this process has it");
        return NULL;
    }
    home = PyInterpreterState_Get();
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL)
        return NULL;
    leaf_details = new_details(Py_None, NULL, NULL, 0);
    if (leaf_details != NULL)
        leaf_details->users = FOR_EVER;
    node_type = leaf_details != NULL ? (PyTypeObject *)PyType_FromSpec(&node_spec) : NULL;
    if (node_type == NULL || prepare_rows() < 0 ||
        PyModule_AddObjectRef(module, "Slots", (PyObject *)node_type) < 0 ||
        PyModule_AddStringConstant(module, "SOURCES", SOURCES) < 0 ||
        PyModule_AddIntConstant(module, "INTERFACE", INTERFACE) < 0)
        Py_CLEAR(module);
    return module;
}
