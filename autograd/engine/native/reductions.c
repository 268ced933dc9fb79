/* The sums of reductions.py, without a step of Python's for each term. */

#include "native.h"

#define PAUSE 8192 /* terms between two looks at signals and other threads */

static int looked_at_the_world(Py_ssize_t step) {
    if (step % PAUSE != PAUSE - 1)
        return 0;
    if (PyErr_CheckSignals() < 0)
        return -1;
    Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS
    return 0;
}

/* are_terms(list): return whether all are Values and floats, which need no conversion. */
PyObject *are_terms(PyObject *module, PyObject *list) {
    (void)module;
    if (!PyList_CheckExact(list))
        Py_RETURN_FALSE;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyTypeObject *type = Py_TYPE(PyList_GET_ITEM(list, i));
        if (type != value_type && type != &PyFloat_Type)
            Py_RETURN_FALSE;
    }
    Py_RETURN_TRUE;
}

/* Put the sums of neighbours in their place; an odd one out goes to the end. */
static int halved(PyObject **terms, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i + 1 < count; i += 2) {
        PyObject *sum = PyNumber_Add(terms[i], terms[i + 1]);
        Py_CLEAR(terms[i]);
        Py_CLEAR(terms[i + 1]);
        terms[i / 2] = sum;
        if (sum == NULL || looked_at_the_world(i / 2) < 0)
            return -1;
    }
    if (count % 2 && count > 1) {
        terms[count / 2] = terms[count - 1];
        terms[count - 1] = NULL;
    }
    return 0;
}

/* added(list): the sum of one term or more, in pairs, as _combined of reductions.py adds them. */
PyObject *added(PyObject *module, PyObject *list) {
    (void)module;
    Py_ssize_t count = PyList_CheckExact(list) ? PyList_GET_SIZE(list) : 0;
    if (count == 0)
        return PyErr_Format(PyExc_TypeError, "added takes a list with a term, not %R", list);
    PyObject **terms = PyMem_Malloc((size_t)count * sizeof(*terms));
    if (terms == NULL)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++)
        terms[i] = Py_NewRef(PyList_GET_ITEM(list, i));
    int state = 0;
    for (Py_ssize_t left = count; left > 1 && state == 0; left = (left + 1) / 2)
        state = halved(terms, left);
    PyObject *sum = state == 0 ? Py_NewRef(terms[0]) : NULL;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XDECREF(terms[i]);
    PyMem_Free(terms);
    return sum;
}

/* products(left, right): the list of the products of two lists of one length, term by term. */
PyObject *products(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2 || !PyList_CheckExact(args[0]) || !PyList_CheckExact(args[1]))
        return PyErr_Format(PyExc_TypeError, "products takes two lists");
    Py_ssize_t terms = Py_MIN(PyList_GET_SIZE(args[0]), PyList_GET_SIZE(args[1]));
    PyObject *result = PyList_New(terms);
    for (Py_ssize_t i = 0; result != NULL && i < terms; i++) {
        PyObject *product =
            PyNumber_Multiply(PyList_GET_ITEM(args[0], i), PyList_GET_ITEM(args[1], i));
        if (product == NULL || looked_at_the_world(i) < 0) {
            Py_XDECREF(product);
            Py_CLEAR(result);
        } else
            PyList_SET_ITEM(result, i, product);
    }
    return result;
}
