/* Sweeps over the operands of a compiled program (autograd/ir/operands.py), which lie in arrays. */

#include "native.h"

typedef struct {
    Py_buffer first, second, third, marks, more;
    Py_ssize_t count, thirds; /* numbers; those that have a place in the third array */
} Columns;

static void release(Columns *of) {
    PyBuffer_Release(&of->first);
    PyBuffer_Release(&of->second);
    PyBuffer_Release(&of->third);
    PyBuffer_Release(&of->marks);
    PyBuffer_Release(&of->more);
}

/* Borrow what the arguments hold: three arrays of 32-bit integers, one that is written, and
   perhaps one more of bytes. The operands of a number must be numbers before it. */
static int borrowed(Columns *of, PyObject *args, Py_ssize_t width, int has_more) {
    PyObject *given[5] = {NULL, NULL, NULL, NULL, NULL};
    Py_buffer *places[] = {&of->first, &of->second, &of->third, &of->marks, &of->more};
    memset(of, 0, sizeof(*of));
    Py_ssize_t expected = 4 + has_more;
    if (!PyArg_UnpackTuple(args, "sweep", expected, expected, &given[0], &given[1], &given[2],
                           &given[3], &given[4]))
        return -1;
    for (Py_ssize_t i = 0; i < expected; i++)
        if (PyObject_GetBuffer(given[i], places[i], i == 3 ? PyBUF_WRITABLE : PyBUF_SIMPLE) < 0)
            goto failed;
    of->count = of->first.len / 4;
    of->thirds = of->third.len / 4;
    if (of->second.len / 4 != of->count || of->thirds > of->count ||
        of->marks.len != of->count * width || (has_more && of->more.len != of->count)) {
        PyErr_SetString(PyExc_ValueError, "the columns of a program have different lengths");
        goto failed;
    }
    const int *columns[] = {of->first.buf, of->second.buf, of->third.buf};
    for (int i = 0; i < 3; i++)
        for (Py_ssize_t n = 0; n < (i == 2 ? of->thirds : of->count); n++)
            if (columns[i][n] >= n) {
                PyErr_SetString(PyExc_ValueError, "an operand stands after what is made of it");
                goto failed;
            }
    return 0;
failed:
    release(of);
    return -1;
}

/* mark_needed(first, second, third, wanted): mark what the marked numbers are computed from. */
PyObject *mark_needed(PyObject *module, PyObject *args) {
    Columns of;
    (void)module;
    if (borrowed(&of, args, 1, 0) < 0)
        return NULL;
    const int *first = of.first.buf, *second = of.second.buf, *third = of.third.buf;
    char *wanted = of.marks.buf;
    for (Py_ssize_t n = of.count - 1; n >= 0; n--) {
        if (!wanted[n])
            continue;
        if (first[n] >= 0)
            wanted[first[n]] = 1;
        if (second[n] >= 0)
            wanted[second[n]] = 1;
        if (n < of.thirds && third[n] >= 0)
            wanted[third[n]] = 1;
    }
    release(&of);
    Py_RETURN_NONE;
}

/* mark_reached(first, second, third, marked, ends): mark what is computed from the marked numbers;
   return whether an end is. */
PyObject *mark_reached(PyObject *module, PyObject *args) {
    Columns of;
    (void)module;
    if (borrowed(&of, args, 1, 1) < 0)
        return NULL;
    const int *first = of.first.buf, *second = of.second.buf, *third = of.third.buf;
    const char *ends = of.more.buf;
    char *marked = of.marks.buf;
    int is_reached = 0;
    for (Py_ssize_t n = 0; n < of.count; n++)
        if ((first[n] >= 0 && marked[first[n]]) || (second[n] >= 0 && marked[second[n]]) ||
            (n < of.thirds && third[n] >= 0 && marked[third[n]])) {
            marked[n] = 1;
            is_reached |= ends[n] == 1;
        }
    release(&of);
    return PyBool_FromLong(is_reached);
}

/* count_levels(first, second, third, levels): write how deep each number is; 0 has no operands. */
PyObject *count_levels(PyObject *module, PyObject *args) {
    Columns of;
    (void)module;
    if (borrowed(&of, args, sizeof(int), 0) < 0)
        return NULL;
    const int *columns[] = {of.first.buf, of.second.buf, of.third.buf};
    int *levels = of.marks.buf;
    for (Py_ssize_t n = 0; n < of.count; n++) {
        int level = 0;
        for (int i = 0; i < (n < of.thirds ? 3 : 2); i++)
            if (columns[i][n] >= 0 && levels[columns[i][n]] >= level)
                level = levels[columns[i][n]] + 1;
        levels[n] = level;
    }
    release(&of);
    Py_RETURN_NONE;
}
