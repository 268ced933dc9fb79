/* Derivatives of functions: the leaves that stand for the numbers of an argument, and their slopes.

   autograd/transforms/call.py is the specification. What is no float, and what depends on Values from
   outside, goes there. */

#include "native.h"

/* The details of all leaves of one derivative: shared, for nothing but their number tells them apart. */
static Details *details_of_level(long long level) {
    Details *plain = details_of_leaf();
    if (plain == NULL)
        return NULL;
    Details *details = new_details(Py_None, plain->scope, NULL, level);
    release_details(plain);
    return details;
}

static PyObject *leaf_with(Details *details, double data) {
    About about = {.epoch = epoch, .is_filled = 1};
    return (PyObject *)new_node(shared_details(details), data, about);
}

/* Whether something is a float, or a whole number that fits into one. */
static int is_plain(PyObject *number, double *data) {
    if (PyFloat_CheckExact(number))
        *data = PyFloat_AS_DOUBLE(number);
    else if (!PyLong_CheckExact(number))
        return 0;
    else {
        *data = PyLong_AsDouble(number);
        if (*data == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return 0;
        }
    }
    return 1;
}

/* Return leaves for numbers, as a list; None where one of them is not plain. */
static PyObject *new_leaves(PyObject *const *numbers, Py_ssize_t count, long long level) {
    Details *details = details_of_level(level);
    PyObject *leaves = details != NULL ? PyList_New(count) : NULL;
    for (Py_ssize_t i = 0; leaves != NULL && i < count; i++) {
        double data;
        if (!is_plain(numbers[i], &data)) {
            Py_SETREF(leaves, Py_NewRef(Py_None));
            break;
        }
        PyObject *leaf = leaf_with(details, data);
        if (leaf == NULL)
            Py_CLEAR(leaves);
        else
            PyList_SET_ITEM(leaves, i, leaf);
    }
    release_details(details);
    return leaves;
}

static int are_nodes(PyObject *const *leaves, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++)
        if (!is_node(leaves[i]))
            return 0;
    return 1;
}

#define ITEMS(sequence) PySequence_Fast_ITEMS(sequence), PySequence_Fast_GET_SIZE(sequence)

/* leaves_of(numbers, level): leaves for a list of numbers in a derivative of that level; None where one
   of them is neither a float nor an int. */
PyObject *leaves_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2 || !PyList_CheckExact(args[0]))
        return PyErr_Format(PyExc_TypeError, "leaves_of takes a list of numbers and a level");
    long long level = PyLong_AsLongLong(args[1]);
    if (level == -1 && PyErr_Occurred())
        return NULL;
    return new_leaves(ITEMS(args[0]), level);
}

/* slopes_of(root, gradient, leaves, level): d(root)/d(leaf) x gradient for each leaf, as floats; None where
   a product is nan or a leaf under the root has a smaller level. */
PyObject *slopes_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 4 || !PyFloat_CheckExact(args[1]) || !PyList_CheckExact(args[2]) ||
        !are_nodes(ITEMS(args[2])))
        return PyErr_Format(PyExc_TypeError, "slopes_of takes a Value, a float, leaves and a level");
    long long level = PyLong_AsLongLong(args[3]);
    if (level == -1 && PyErr_Occurred())
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(args[2]);
    PyObject *slopes = PyList_New(size); /* this may run Python: before the sweep; floats do not */
    int state = slopes == NULL ? BROKEN : swept_inside(args[0], PyFloat_AS_DOUBLE(args[1]), args[2], level);
    for (Py_ssize_t i = 0; state == DONE && i < size && i < PyList_GET_SIZE(args[2]); i++) {
        PyObject *slope = PyFloat_FromDouble(adjoint_of((Node *)PyList_GET_ITEM(args[2], i)));
        if (slope == NULL)
            state = BROKEN;
        else
            PyList_SET_ITEM(slopes, i, slope);
    }
    if (state == DONE)
        return slopes;
    Py_XDECREF(slopes);
    return state == BROKEN ? NULL : Py_NewRef(Py_None);
}

/* -- one call of a function, with leaves in the place of one argument ---------------------------- */

/* A tree of numbers, lists, tuples and dicts is mapped in three steps: its numbers become leaves; the tree
   of leaves that the function gets is copied, for it may change its own; and there leaves become slopes. */
#define DEEPEST 50 /* what is nested deeper is Python's */
typedef struct {
    enum { TO_LEAVES, TO_A_COPY, TO_SLOPES } step;
    Details *details;
    PyObject *leaves; /* in the order of the numbers */
    double *slope;    /* the next one, in that order */
} Map;

static PyObject *mapped(PyObject *tree, Map *map, int depth);

static PyObject *mapped_number(PyObject *number, Map *map) {
    double data;
    if (map->step == TO_A_COPY)
        return Py_NewRef(number);
    if (map->step == TO_SLOPES)
        return PyFloat_FromDouble(*map->slope++);
    if (!is_plain(number, &data))
        return NULL;
    PyObject *leaf = leaf_with(map->details, data);
    if (leaf != NULL && PyList_Append(map->leaves, leaf) < 0)
        Py_CLEAR(leaf);
    return leaf;
}

static PyObject *mapped_dict(PyObject *dict, Map *map, int depth) {
    PyObject *key, *part, *result = PyDict_New();
    Py_ssize_t place = 0;
    while (result != NULL && PyDict_Next(dict, &place, &key, &part)) {
        Py_INCREF(key);
        Py_INCREF(part);
        PyObject *other = PyUnicode_CheckExact(key) ? mapped(part, map, depth) : NULL;
        if (other == NULL || PyDict_SetItem(result, key, other) < 0)
            Py_CLEAR(result);
        Py_XDECREF(other);
        Py_DECREF(part);
        Py_DECREF(key);
    }
    return result;
}

/* Return the tree with its numbers replaced; NULL, with or without an error, where it cannot be. */
static PyObject *mapped(PyObject *tree, Map *map, int depth) {
    int is_tuple = PyTuple_CheckExact(tree);
    if (!is_tuple && !PyList_CheckExact(tree) && !PyDict_CheckExact(tree))
        return mapped_number(tree, map);
    if (depth == DEEPEST)
        return NULL;
    if (PyDict_CheckExact(tree))
        return mapped_dict(tree, map, depth + 1);
    Py_ssize_t size = PySequence_Fast_GET_SIZE(tree);
    PyObject *result = is_tuple ? PyTuple_New(size) : PyList_New(size);
    for (Py_ssize_t i = 0; result != NULL && i < size; i++) {
        PyObject *part = i < PySequence_Fast_GET_SIZE(tree) ? PySequence_Fast_GET_ITEM(tree, i) : NULL;
        Py_XINCREF(part);
        PyObject *other = part != NULL ? mapped(part, map, depth + 1) : NULL;
        Py_XDECREF(part);
        if (other == NULL)
            Py_CLEAR(result);
        else
            PySequence_Fast_ITEMS(result)[i] = other;
    }
    return result;
}

/* -- the derivatives that a thread is taking ---------------------------------------------------- */

THREAD_LOCAL PyObject *derivatives_of_thread; /* the leaves of each, the outermost first; NULL outside all */

/* derivatives(): a tuple of them. */
PyObject *derivatives(PyObject *module, PyObject *none) {
    (void)module;
    (void)none;
    return derivatives_of_thread != NULL ? Py_NewRef(derivatives_of_thread) : PyTuple_New(0);
}

/* set_derivatives(tuple): say which they are. */
PyObject *set_derivatives(PyObject *module, PyObject *those) {
    (void)module;
    if (!PyTuple_CheckExact(those))
        return PyErr_Format(PyExc_TypeError, "set_derivatives takes a tuple");
    Py_XSETREF(derivatives_of_thread, PyTuple_GET_SIZE(those) > 0 ? Py_NewRef(those) : NULL);
    Py_RETURN_NONE;
}

/* Call the function while one more derivative is being taken. */
static PyObject *called_inside(PyObject *f, PyObject *operands, PyObject *named, PyObject *leaves) {
    PyObject *outer = derivatives_of_thread; /* the reference is ours while it is not there */
    Py_ssize_t depth = outer != NULL ? PyTuple_GET_SIZE(outer) : 0;
    PyObject *inner = PyTuple_New(depth + 1);
    if (inner == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < depth; i++)
        PyTuple_SET_ITEM(inner, i, Py_NewRef(PyTuple_GET_ITEM(outer, i)));
    PyTuple_SET_ITEM(inner, depth, Py_NewRef(leaves));
    derivatives_of_thread = inner;
    PyObject *result = PyObject_Call(f, operands, named);
    inner = derivatives_of_thread;
    derivatives_of_thread = outer;
    Py_XDECREF(inner);
    return result;
}

/* Return the value and the slopes of what the function returned; None where that is left to Python. */
static PyObject *value_and_slopes(PyObject *result, PyObject *kept, Map *map, long long level) {
    if (!is_node(result))
        return Py_NewRef(Py_None);
    int state = swept_inside(result, 1.0, map->leaves, level);
    if (state != DONE)
        return state == BROKEN ? NULL : Py_NewRef(Py_None);
    /* Containers may run Python, which may walk: all is read before. */
    double number = ((Node *)result)->data;
    Py_ssize_t size = PyList_GET_SIZE(map->leaves);
    double *slopes = PyMem_New(double, size + 1);
    if (slopes == NULL)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < size; i++)
        slopes[i] = adjoint_of((Node *)PyList_GET_ITEM(map->leaves, i));
    map->step = TO_SLOPES;
    map->slope = slopes;
    PyObject *value = PyFloat_FromDouble(number), *tree = mapped(kept, map, 0);
    PyObject *both = value != NULL && tree != NULL ? PyTuple_Pack(2, value, tree) : NULL;
    Py_XDECREF(value);
    Py_XDECREF(tree);
    PyMem_Free(slopes);
    return both;
}

static PyObject *with_operand(PyObject *operands, Py_ssize_t place, PyObject *operand) {
    PyObject *others = PyTuple_New(PyTuple_GET_SIZE(operands));
    for (Py_ssize_t i = 0; others != NULL && i < PyTuple_GET_SIZE(operands); i++)
        PyTuple_SET_ITEM(others, i, Py_NewRef(i == place ? operand : PyTuple_GET_ITEM(operands, i)));
    return others;
}

/* differentiated(f, place, args, named, levels): the value of f, and its slopes by the argument in that
   place, in its structure. None, and nothing was done, where that is more than numbers, lists, tuples and
   dicts; a list of result, leaves, a tree of these and level where the rest is Python's. */
PyObject *differentiated(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    Py_ssize_t place = count == 5 ? PyLong_AsSsize_t(args[1]) : -1;
    if (place < 0 || !PyTuple_CheckExact(args[2]) || !PyDict_CheckExact(args[3]))
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "differentiated takes a function, "
                                                      "a place, arguments, named ones and levels");
    if (place >= PyTuple_GET_SIZE(args[2]))
        Py_RETURN_NONE;
    PyObject *given = NULL, *kept = NULL, *operands = NULL, *result = NULL, *found = NULL;
    Map map = {.step = TO_LEAVES};
    PyObject *next = PyIter_Next(args[4]);
    long long level = next != NULL ? PyLong_AsLongLong(next) : -1;
    if (level >= 0 && (map.details = details_of_level(level)) != NULL)
        map.leaves = PyList_New(0);
    if (map.leaves == NULL)
        goto done;
    given = mapped(PyTuple_GET_ITEM(args[2], place), &map, 0);
    if (given == NULL) {
        found = PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
        goto done;
    }
    map.step = TO_A_COPY;
    kept = mapped(given, &map, 0);
    operands = kept != NULL ? with_operand(args[2], place, given) : NULL;
    if (operands == NULL)
        goto done;
    PyObject *named = PyDict_GET_SIZE(args[3]) ? args[3] : NULL;
    result = called_inside(args[0], operands, named, map.leaves);
    found = result != NULL ? value_and_slopes(result, kept, &map, level) : NULL;
    if (found == Py_None)
        Py_SETREF(found, Py_BuildValue("[OOOO]", result, map.leaves, kept, next));
done:
    release_details(map.details);
    Py_XDECREF(next);
    Py_XDECREF(map.leaves);
    Py_XDECREF(given);
    Py_XDECREF(kept);
    Py_XDECREF(operands);
    Py_XDECREF(result);
    return found;
}
