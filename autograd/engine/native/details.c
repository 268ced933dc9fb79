/* Details of nodes, shared by all that were made by one row of the table in one scope. */

#include "native.h"

/* Rows by the address of their operation: open addressing, at most half full. */
static Row **slots;
static size_t slot_count, row_count;

static size_t place_of(PyObject *operation) {
    uint64_t hash = (uint64_t)(uintptr_t)operation * UINT64_C(0x9E3779B97F4A7C15);
    size_t place = (size_t)(hash >> 32) & (slot_count - 1);
    while (slots[place] != NULL && slots[place]->operation != operation)
        place = (place + 1) & (slot_count - 1);
    return place;
}

Row *row_of(PyObject *operation) { return slot_count ? slots[place_of(operation)] : NULL; }

static int grown(void) {
    Row **before = slots;
    size_t count_before = slot_count;
    size_t count = slot_count ? 2 * slot_count : 256;
    Row **after = PyMem_Calloc(count, sizeof(Row *));
    if (after == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    slots = after;
    slot_count = count;
    for (size_t i = 0; i < count_before; i++)
        if (before[i] != NULL)
            slots[place_of(before[i]->operation)] = before[i];
    PyMem_Free(before);
    return 0;
}

Row *new_row(PyObject *operation) {
    if (2 * (row_count + 1) > slot_count && grown() < 0)
        return NULL;
    size_t place = place_of(operation);
    if (slots[place] != NULL)
        return slots[place];
    Row *row = PyMem_Calloc(1, sizeof(Row));
    if (row == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    row->details = new_details(operation, NULL, NULL, 0);
    if (row->details == NULL) {
        PyMem_Free(row);
        return NULL;
    }
    row->details->users = FOR_EVER;
    row->operation = Py_NewRef(operation);
    slots[place] = row;
    row_count++;
    return row;
}

Details *new_details(PyObject *op, PyObject *scope, PyObject *label, long long level) {
    Details *details = PyMem_Malloc(sizeof(Details));
    if (details == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    details->users = 1;
    details->op = Py_XNewRef(op);
    details->scope = Py_XNewRef(scope);
    details->label = Py_XNewRef(label);
    details->level = level;
    return details;
}

void delete_details(Details *details) {
    Py_XDECREF(details->op);
    Py_XDECREF(details->scope);
    Py_XDECREF(details->label);
    PyMem_Free(details);
}

/* Return a new reference to details without label and level, shared where the row is known. */
Details *details_of(PyObject *op, PyObject *scope) {
    Row *row = op != NULL && op != Py_None ? row_of(op) : NULL;
    Details *shared = NULL;
    if (scope == NULL)
        shared = row != NULL ? row->details : op == Py_None ? leaf_details : NULL;
    else if (row != NULL) {
        shared = row->scoped;
        if (shared == NULL || shared->scope != scope) {
            Details *fresh = new_details(op, scope, NULL, 0);
            if (fresh == NULL)
                return NULL;
            row->scoped = fresh;
            release_details(shared);
            shared = fresh;
        }
    }
    if (shared == NULL)
        return new_details(op, scope, NULL, 0);
    return shared_details(shared);
}

/* Where the state of a context keeps its settings: slots of modes.py's State. */
static struct {
    Py_ssize_t scope, special, recorder, anomaly;
} places;

int places_in_state(PyObject *state) {
    return place_of_slot(state, "scope", &places.scope) < 0 ||
                   place_of_slot(state, "special", &places.special) < 0 ||
                   place_of_slot(state, "recorder", &places.recorder) < 0 ||
                   place_of_slot(state, "anomaly", &places.anomaly) < 0
               ? -1
               : 0;
}

/* Return a new reference to the scope of this context, or to None. */
PyObject *current_scope(void) {
    PyObject *state;
    if (PyContextVar_Get(python.state, NULL, &state) < 0)
        return NULL;
    if (state == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the modes of this context have no state");
        return NULL;
    }
    PyObject *scope = Py_XNewRef(SLOT(state, places.scope));
    Py_DECREF(state);
    return scope;
}

/* Return what becomes of operations in this context, while some context is in a mode. */
int mode_of_context(void) {
    PyObject *state = NULL;
    int mode = BY_PYTHON;
    if (PyContextVar_Get(python.state, NULL, &state) < 0)
        PyErr_Clear(); /* Python's side meets it again */
    else if (state != NULL && SLOT(state, places.special) == Py_False)
        mode = RECORDING;
    else if (state != NULL && SLOT(state, places.recorder) == Py_None &&
             SLOT(state, places.anomaly) == Py_False && derivatives_of_thread == NULL)
        mode = UNRECORDED;
    Py_XDECREF(state);
    return mode;
}

/* Return a new reference to the details of what the row makes in the scope of this context. */
Details *details_in_scope(Row *row) {
    PyObject *scope = current_scope();
    if (scope == NULL)
        return NULL;
    Details *details = row->scoped;
    if (details != NULL && details->scope == scope)
        details = shared_details(details);
    else
        details = details_of(row->operation, scope == Py_None ? NULL : scope);
    Py_DECREF(scope);
    return details;
}
