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

/* Return d(root)/d(leaf) x gradient for each leaf, as a list of floats, or as a tuple; None where a
   product is nan or a leaf under the root has a smaller level. */
static PyObject *slopes_under(PyObject *root, double gradient, PyObject *leaves, long long level,
                              int as_tuple) {
    Py_ssize_t count = PyList_GET_SIZE(leaves);
    PyObject *slopes = as_tuple ? PyTuple_New(count) : PyList_New(count); /* may run Python; floats do not */
    if (slopes == NULL)
        return NULL;
    int state = swept_inside(root, gradient, leaves, level);
    for (Py_ssize_t i = 0; state == DONE && i < count && i < PyList_GET_SIZE(leaves); i++) {
        PyObject *slope = PyFloat_FromDouble(adjoint_of((Node *)PyList_GET_ITEM(leaves, i)));
        if (slope == NULL)
            state = BROKEN;
        else
            PySequence_Fast_ITEMS(slopes)[i] = slope;
    }
    if (state == DONE)
        return slopes;
    Py_DECREF(slopes);
    return state == BROKEN ? NULL : Py_NewRef(Py_None);
}

/* slopes_of(root, gradient, leaves, level): the same for a call that is made in Python. */
PyObject *slopes_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 4 || !PyFloat_CheckExact(args[1]) || !PyList_CheckExact(args[2]) ||
        !are_nodes(ITEMS(args[2])))
        return PyErr_Format(PyExc_TypeError, "slopes_of takes a Value, a float, leaves and a level");
    long long level = PyLong_AsLongLong(args[3]);
    if (level == -1 && PyErr_Occurred())
        return NULL;
    return slopes_under(args[0], PyFloat_AS_DOUBLE(args[1]), args[2], level, 0);
}

/* -- one call of a function, with leaves in the place of one argument ---------------------------- */

/* Call the function, among the derivatives that are being taken in this context. */
static PyObject *called_inside(PyObject *f, PyObject *operands, PyObject *named, PyObject *leaves) {
    PyObject *outer = NULL, *inner = NULL, *token = NULL, *result = NULL;
    if (PyContextVar_Get(python.transforms, NULL, &outer) < 0)
        return NULL;
    Py_ssize_t depth = PyTuple_GET_SIZE(outer);
    inner = PyTuple_New(depth + 1);
    for (Py_ssize_t i = 0; inner != NULL && i < depth; i++)
        PyTuple_SET_ITEM(inner, i, Py_NewRef(PyTuple_GET_ITEM(outer, i)));
    if (inner != NULL) {
        PyTuple_SET_ITEM(inner, depth, Py_NewRef(leaves));
        token = PyContextVar_Set(python.transforms, inner);
    }
    if (token != NULL) {
        PyObject *type, *error, *trace;
        Py_DECREF(token);
        result = PyObject_Call(f, operands, named);
        PyErr_Fetch(&type, &error, &trace);
        token = PyContextVar_Set(python.transforms, outer);
        if (token == NULL)
            Py_CLEAR(result);
        else
            PyErr_Restore(type, error, trace);
        Py_XDECREF(token);
    }
    Py_XDECREF(inner);
    Py_DECREF(outer);
    return result;
}

/* differentiated(f, place, args, named, levels): the value of f, and its slopes by the argument in that
   place, in its structure. None, and nothing was done, where that is no number and no list or tuple of
   numbers; a list of result, leaves, the class of the argument and level where the rest is Python's. */
PyObject *differentiated(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    Py_ssize_t place = count == 5 ? PyLong_AsSsize_t(args[1]) : -1;
    if (place < 0 || !PyTuple_CheckExact(args[2]) || !PyDict_CheckExact(args[3]))
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "differentiated takes a function, "
                                                      "a place, arguments, named ones and levels");
    if (place >= PyTuple_GET_SIZE(args[2]))
        Py_RETURN_NONE;
    PyObject *argument = PyTuple_GET_ITEM(args[2], place), *found = NULL, *operands = NULL;
    PyObject *leaves = NULL, *given = NULL, *result = NULL, *slopes = NULL;
    int is_tuple = PyTuple_CheckExact(argument), is_number = !is_tuple && !PyList_CheckExact(argument);
    PyObject **numbers = is_number ? &argument : PySequence_Fast_ITEMS(argument);
    Py_ssize_t size = is_number ? 1 : PySequence_Fast_GET_SIZE(argument);
    if (is_number && !PyFloat_CheckExact(argument) && !PyLong_CheckExact(argument))
        Py_RETURN_NONE;
    PyObject *next = PyIter_Next(args[4]);
    long long level = next != NULL ? PyLong_AsLongLong(next) : -1;
    if (level < 0)
        goto done;
    leaves = new_leaves(numbers, size, level);
    if (leaves == Py_None)
        found = Py_NewRef(Py_None);
    operands = leaves != NULL && found == NULL ? PyTuple_New(PyTuple_GET_SIZE(args[2])) : NULL;
    if (operands == NULL)
        goto done;
    given = is_number  ? Py_NewRef(PyList_GET_ITEM(leaves, 0))
            : is_tuple ? PyList_AsTuple(leaves)
                       : PyList_GetSlice(leaves, 0, size);
    if (given == NULL)
        goto done;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(operands); i++)
        PyTuple_SET_ITEM(operands, i,
                         Py_NewRef(i == place ? given : PyTuple_GET_ITEM(args[2], i)));
    result = called_inside(args[0], operands, PyDict_GET_SIZE(args[3]) ? args[3] : NULL, leaves);
    if (result == NULL)
        goto done;
    slopes = is_node(result) ? slopes_under(result, 1.0, leaves, level, is_tuple) : Py_NewRef(Py_None);
    if (slopes == NULL)
        goto done;
    if (slopes == Py_None) {
        found = PyList_New(4);
        if (found != NULL) {
            PyList_SET_ITEM(found, 0, Py_NewRef(result));
            PyList_SET_ITEM(found, 1, Py_NewRef(leaves));
            PyList_SET_ITEM(found, 2, is_number ? Py_NewRef(Py_None) : Py_NewRef((PyObject *)Py_TYPE(argument)));
            PyList_SET_ITEM(found, 3, Py_NewRef(next));
        }
        goto done;
    }
    if (is_number)
        Py_SETREF(slopes, Py_NewRef(PyList_GET_ITEM(slopes, 0)));
    PyObject *value = PyFloat_FromDouble(((Node *)result)->data);
    found = value != NULL ? PyTuple_Pack(2, value, slopes) : NULL;
    Py_XDECREF(value);
done:
    Py_XDECREF(next);
    Py_XDECREF(leaves);
    Py_XDECREF(given);
    Py_XDECREF(operands);
    Py_XDECREF(result);
    Py_XDECREF(slopes);
    return found;
}
