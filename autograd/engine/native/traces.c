/* What is done for each operation of a trace (autograd/ir): put in order, marked where it is needed,
   differentiated backwards, lowered to instructions.

   The Python beside it is the specification. Each function goes on for as long as it meets the common
   case, and returns the place of what it leaves to the Python, which then calls it again. */

#include "native.h"

#define PAUSE 8192 /* operations between two looks at the world */
#define KINDS 16   /* of operations that are remembered */
#define PLACE(operation) (((uintptr_t)(operation) >> 6) % KINDS)

/* Return an integer below a bound; -1 for a constant, and for whatever else stands there. */
static inline Py_ssize_t number_of(PyObject *reference, Py_ssize_t bound) {
    if (!PyLong_CheckExact(reference))
        return -1;
    Py_ssize_t number = PyLong_AsSsize_t(reference);
    if (number == -1 && PyErr_Occurred())
        PyErr_Clear();
    return number < bound ? number : -1;
}

static int paused(Py_ssize_t step) {
    if (step % PAUSE)
        return 0;
    if (PyErr_CheckSignals() < 0)
        return -1;
    Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS
    return 0;
}

/* Borrow operation and operands of a number; 0 where they are not there. */
static inline int recorded(PyObject *operations, PyObject *operands, Py_ssize_t number,
                           PyObject **operation, PyObject **references) {
    if (number < 0 || number >= PyList_GET_SIZE(operations) || number >= PyList_GET_SIZE(operands))
        return 0;
    *operation = PyList_GET_ITEM(operations, number);
    *references = PyList_GET_ITEM(operands, number);
    return PyTuple_CheckExact(*references);
}

static int are_lists(PyObject *const *args, Py_ssize_t given, Py_ssize_t expected,
                     Py_ssize_t lists) {
    int fits = given == expected;
    for (Py_ssize_t i = 0; fits && i < lists; i++)
        fits = PyList_CheckExact(args[i]);
    if (!fits)
        PyErr_SetString(PyExc_TypeError, "a trace is given as lists of operations and operands");
    return fits;
}

/* -- order --------------------------------------------------------------------------------------- */

/* Whether a derivative is taken by an operand: conditions are left out. */
static int is_condition(PyObject *conditions, Py_ssize_t place) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(conditions); i++)
        if (number_of(PyTuple_GET_ITEM(conditions, i), PY_SSIZE_T_MAX) == place)
            return 1;
    return 0;
}

/* order_trace(operations, operands, seen, roots): return the numbers below the roots, operands first;
   seen has a byte for each number, 1 for those that are left out. A signal handler may have appended
   more to the trace by then. */
PyObject *order_trace(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (!are_lists(args, count, 4, 2) || !PyByteArray_CheckExact(args[2]) ||
        !PyList_CheckExact(args[3])) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "order_trace takes marks in a bytearray, and roots");
        return NULL;
    }
    PyObject *operations = args[0], *operands = args[1], *roots = args[3], *order = PyList_New(0);
    struct {
        PyObject *operation, *conditions;
    } known[KINDS] = {{NULL, NULL}};
    Py_ssize_t held = PyList_GET_SIZE(roots), room = held + 64;
    Py_ssize_t *stack = order != NULL ? PyMem_New(Py_ssize_t, room) : NULL;
    Py_buffer seen = {0};
    if (stack == NULL || PyObject_GetBuffer(args[2], &seen, PyBUF_WRITABLE) < 0)
        goto failed;
    if (seen.len > PyList_GET_SIZE(operations)) {
        PyErr_SetString(PyExc_ValueError, "order_trace takes a mark for an operation each");
        goto failed;
    }
    for (Py_ssize_t i = 0; i < held; i++) {
        stack[i] = number_of(PyList_GET_ITEM(roots, held - 1 - i), seen.len);
        if (stack[i] < 0) {
            PyErr_SetString(PyExc_ValueError, "a root is no number of the trace");
            goto failed;
        }
    }
    for (Py_ssize_t step = 1; held > 0; step++) {
        PyObject *operation, *references;
        Py_ssize_t number = stack[--held];
        int is_ready = number < 0;
        if (paused(step) < 0)
            goto failed;
        if (is_ready)
            number = ~number;
        else if (((char *)seen.buf)[number])
            continue;
        else {
            ((char *)seen.buf)[number] = 1;
            if (!recorded(operations, operands, number, &operation, &references)) {
                PyErr_SetString(PyExc_ValueError, "a trace has operands for each operation");
                goto failed;
            }
            is_ready = operation == Py_None;
        }
        if (is_ready) {
            PyObject *found = PyLong_FromSsize_t(number);
            int is_added = found != NULL && PyList_Append(order, found) == 0;
            Py_XDECREF(found);
            if (!is_added)
                goto failed;
            continue;
        }
        size_t kind = PLACE(operation);
        if (known[kind].operation != operation) {
            PyObject *conditions = PyObject_GetAttrString(operation, "conditions");
            if (conditions == NULL || !PyTuple_CheckExact(conditions)) {
                Py_XDECREF(conditions);
                if (!PyErr_Occurred())
                    PyErr_SetString(PyExc_TypeError, "the conditions of an operation are a tuple");
                goto failed;
            }
            known[kind].operation = operation;
            Py_XSETREF(known[kind].conditions, conditions);
        }
        Py_ssize_t width = PyTuple_GET_SIZE(references);
        if (held + width + 1 > room) {
            room = 2 * room + width;
            Py_ssize_t *larger = PyMem_Resize(stack, Py_ssize_t, room);
            if (larger == NULL)
                goto failed;
            stack = larger;
        }
        stack[held++] = ~number;
        for (Py_ssize_t place = width - 1; place >= 0; place--) {
            Py_ssize_t operand = number_of(PyTuple_GET_ITEM(references, place), number);
            if (operand >= 0 && !((char *)seen.buf)[operand] &&
                !is_condition(known[kind].conditions, place))
                stack[held++] = operand;
        }
    }
    goto done;
failed:
    Py_CLEAR(order);
    if (!PyErr_Occurred())
        PyErr_NoMemory();
done:
    for (int i = 0; i < KINDS; i++)
        Py_XDECREF(known[i].conditions);
    if (seen.obj != NULL)
        PyBuffer_Release(&seen);
    PyMem_Free(stack);
    return order;
}

/* -- what is needed ------------------------------------------------------------------------------ */

/* mark_operands(operations, operands, wanted, plain, number): mark what the marked numbers are computed
   from, from this number downwards; return the first marked one whose operation is not plain, or -1. */
PyObject *mark_operands(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    PyObject *operation, *references, *last = NULL;
    Py_buffer wanted;
    (void)module;
    if (!are_lists(args, count, 5, 2) || !PyAnySet_Check(args[3])) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "mark_operands takes the plain operations as a set");
        return NULL;
    }
    Py_ssize_t number = PyLong_AsSsize_t(args[4]);
    if ((number == -1 && PyErr_Occurred()) || PyObject_GetBuffer(args[2], &wanted, PyBUF_WRITABLE) < 0)
        return NULL;
    char *marks = wanted.buf;
    for (; number >= 0 && number < wanted.len; number--) {
        if (!marks[number])
            continue;
        if (!recorded(args[0], args[1], number, &operation, &references))
            break;
        if (operation != last && operation != Py_None) {
            int is_plain = PySet_Contains(args[3], operation);
            if (is_plain <= 0)
                break;
            last = operation;
        }
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(references); i++) {
            Py_ssize_t operand = number_of(PyTuple_GET_ITEM(references, i), number);
            if (operand >= 0)
                marks[operand] = 1;
        }
    }
    PyBuffer_Release(&wanted);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(number);
}

/* append_traced(operations, operands, operation, references): append an operation and its operands; return
   its number. No signal handler runs in between, nor a finaliser. */
PyObject *append_traced(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (!are_lists(args, count, 4, 2))
        return NULL;
    PyObject *number = PyLong_FromSsize_t(PyList_GET_SIZE(args[0]));
    if (number != NULL &&
        (PyList_Append(args[0], args[2]) < 0 || PyList_Append(args[1], args[3]) < 0))
        Py_CLEAR(number);
    return number;
}

/* -- derivatives --------------------------------------------------------------------------------- */

/* What a sweep works on, as the Python has it (autograd/ir/contributions.py). */
typedef struct {
    PyObject *operations, *operands, *contributions, *reached;
    PyObject *multiply, *guarded_multiply, *add, *negative;
} Sweep;

/* Append an operation to the trace; return its number, or NULL. */
static PyObject *appended(Sweep *of, PyObject *operation, PyObject *condition, PyObject *a,
                          PyObject *b) {
    PyObject *operands = condition != NULL ? PyTuple_Pack(3, condition, a, b)
                         : b != NULL       ? PyTuple_Pack(2, a, b)
                                           : PyTuple_Pack(1, a);
    PyObject *number = PyLong_FromSsize_t(PyList_GET_SIZE(of->operations));
    if (operands != NULL)
        PyObject_GC_UnTrack(operands); /* integers alone */
    int is_added = operands != NULL && number != NULL &&
                   PyList_Append(of->operations, operation) == 0 &&
                   PyList_Append(of->operands, operands) == 0;
    Py_XDECREF(operands);
    if (!is_added)
        Py_CLEAR(number);
    return number;
}

/* Whether two conditions are known to be the same: True, or a number. */
static int is_same(PyObject *a, PyObject *b) {
    return a == b || (PyLong_CheckExact(a) && PyLong_CheckExact(b) &&
                      PyLong_AsSsize_t(a) == PyLong_AsSsize_t(b));
}

/* Return the partial by an operand, borrowed: a number, or a constant, or NULL for a rule that is more. */
static PyObject *partial_by(PyObject *rule, PyObject *number, PyObject *operands) {
    if (PyFloat_CheckExact(rule))
        return fabs(PyFloat_AS_DOUBLE(rule)) == 1.0 ? rule : NULL;
    if (!PyLong_CheckExact(rule))
        return NULL;
    Py_ssize_t place = -2 - PyLong_AsSsize_t(rule);
    if (place == -1)
        return number;
    if (place < 0 || place >= PyTuple_GET_SIZE(operands))
        return NULL;
    PyObject *operand = PyTuple_GET_ITEM(operands, place);
    return PyLong_CheckExact(operand) ? operand : NULL;
}

/* Add upstream x partial for each operand of a number; return 0 where the Python has to. */
static int contributed(Sweep *of, PyObject *number, PyObject *operands, PyObject *rules,
                       PyObject *upstream, const char *active, Py_ssize_t bound) {
    PyObject *when = PyDict_GetItemWithError(of->reached, number);
    Py_ssize_t width = PyTuple_GET_SIZE(operands);
    if (when == NULL || !(when == Py_True || PyLong_CheckExact(when)) ||
        !PyLong_CheckExact(upstream) || PyList_GET_SIZE(rules) < width)
        return 0;
    for (int is_sure = 0; is_sure < 2; is_sure++) /* first look, then change */
        for (Py_ssize_t i = 0; i < width; i++) {
            PyObject *operand = PyTuple_GET_ITEM(operands, i), *term;
            Py_ssize_t place = number_of(operand, bound);
            if (place < 0 || !active[place])
                continue;
            PyObject *partial = partial_by(PyList_GET_ITEM(rules, i), number, operands);
            if (partial == NULL)
                return 0;
            PyObject *before = PyDict_GetItemWithError(of->contributions, operand);
            if (!is_sure) {
                PyObject *then = PyDict_GetItemWithError(of->reached, operand);
                if (before != NULL &&
                    (then == NULL || !PyLong_CheckExact(before) || !is_same(then, when)))
                    return 0;
                continue;
            }
            if (PyFloat_CheckExact(partial))
                term = PyFloat_AS_DOUBLE(partial) > 0.0
                           ? Py_NewRef(upstream)
                           : appended(of, of->negative, NULL, upstream, NULL);
            else if (when == Py_True)
                term = appended(of, of->multiply, NULL, upstream, partial);
            else
                term = appended(of, of->guarded_multiply, when, upstream, partial);
            if (term != NULL && before != NULL)
                Py_SETREF(term, appended(of, of->add, NULL, before, term));
            int is_done = term != NULL &&
                          PyDict_SetItem(of->contributions, operand, term) == 0 &&
                          (before != NULL || PyDict_SetItem(of->reached, operand, when) == 0);
            Py_XDECREF(term);
            if (!is_done)
                return -1;
        }
    return 1;
}

/* add_contributions(order, operations, operands, contributions, reached, active, rules, rows, place): sweep
   backwards from this place of the order; return the place of the first number that is not done, or -1. */
PyObject *add_contributions(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    Py_buffer active;
    (void)module;
    if (!are_lists(args, count, 9, 3))
        return NULL;
    if (!PyDict_CheckExact(args[3]) || !PyDict_CheckExact(args[4]) || !PyDict_CheckExact(args[6]) ||
        !PyTuple_CheckExact(args[7]) || PyTuple_GET_SIZE(args[7]) != 4) {
        PyErr_SetString(PyExc_TypeError, "add_contributions takes three dicts, and four rows");
        return NULL;
    }
    PyObject *order = args[0], *rows = args[7], *operation, *references, *last = NULL, *rules = NULL;
    PyObject *held = NULL;
    Sweep of = {args[1], args[2], args[3], args[4], PyTuple_GET_ITEM(rows, 0),
                PyTuple_GET_ITEM(rows, 1), PyTuple_GET_ITEM(rows, 2), PyTuple_GET_ITEM(rows, 3)};
    Py_ssize_t place = PyLong_AsSsize_t(args[8]);
    if ((place == -1 && PyErr_Occurred()) || PyObject_GetBuffer(args[5], &active, PyBUF_SIMPLE) < 0)
        return NULL;
    const char *marks = active.buf;
    for (; place >= 0 && place < PyList_GET_SIZE(order); place--) {
        PyObject *item = PyList_GET_ITEM(order, place);
        Py_ssize_t number = number_of(item, active.len);
        if (paused(place + 1) < 0 ||
            !recorded(of.operations, of.operands, number, &operation, &references))
            break;
        if (operation == Py_None || !marks[number])
            continue;
        if (operation != last) {
            rules = PyDict_GetItemWithError(args[6], operation);
            if (rules == NULL || !PyList_CheckExact(rules) || PyList_GET_SIZE(rules) == 0)
                break;
            last = operation;
            Py_XSETREF(held, Py_NewRef(rules)); /* other threads may drop what is kept of rules */
        }
        PyObject *upstream = PyDict_GetItemWithError(of.contributions, item);
        if (upstream == NULL)
            continue;
        Py_INCREF(upstream);
        int is_done = contributed(&of, item, references, rules, upstream, marks, number);
        Py_DECREF(upstream);
        if (is_done <= 0)
            break;
    }
    Py_XDECREF(held);
    PyBuffer_Release(&active);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(place);
}

/* -- lowering ------------------------------------------------------------------------------------ */

/* What is known of an operation of two operands (_PAIRS in autograd/ir/lower.py). */
typedef struct {
    PyObject *operation; /* NULL where nothing is known yet */
    PyObject *made;      /* a dict: the instructions with this opcode by their operands; or NULL */
    int is_commutative, is_straight, is_guarded, is_copy, code;
} Pair;

/* A program as it grows: what the Python has, and the instructions that were made since. */
typedef struct {
    PyObject *known, *codes, *first, *second; /* constants; columns */
    Py_buffer before;                         /* the codes when the Python was here last */
    Py_ssize_t count, room;
    char *new_codes;
    int *new_first, *new_second;
} Program;

static int look_up(Pair *pair, PyObject *operation, PyObject *pairs, PyObject *all_made,
                   PyObject *copy) {
    PyObject *opcode, *found = PyDict_GetItemWithError(pairs, operation);
    *pair = (Pair){.operation = operation, .is_copy = operation == copy};
    if (found == NULL)
        return PyErr_Occurred() ? -1 : 0;
    if (!PyTuple_Check(found)) {
        PyErr_SetString(PyExc_TypeError, "what is known of an operation is a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(found, "Opppi", &opcode, &pair->is_commutative, &pair->is_straight,
                          &pair->is_guarded, &pair->code))
        return -1;
    PyObject *made = PyDict_GetItemWithError(all_made, opcode);
    if (made != NULL && PyDict_CheckExact(made))
        pair->made = made;
    return PyErr_Occurred() ? -1 : 0;
}

/* Return the number of the program that a reference stands for; -1 where the Python has to tell. */
static Py_ssize_t place_of(PyObject *reference, const int *numbers, Py_ssize_t bound,
                           PyObject *known) {
    if (!PyFloat_CheckExact(reference)) {
        Py_ssize_t number = number_of(reference, bound);
        return number < 0 ? -1 : numbers[number];
    }
    double constant = PyFloat_AS_DOUBLE(reference);
    if (constant == 0.0 || constant != constant)
        return -1;
    PyObject *key = PyTuple_Pack(1, reference);
    PyObject *found = key != NULL ? PyDict_GetItemWithError(known, key) : NULL;
    Py_XDECREF(key);
    return found != NULL ? number_of(found, INT_MAX) : -1;
}

static int code_of(const Program *of, Py_ssize_t place) {
    Py_ssize_t later = place - of->before.len;
    return (unsigned char)(later < 0 ? ((char *)of->before.buf)[place] : of->new_codes[later]);
}

/* Add an instruction; return its number, or -1. */
static Py_ssize_t new_instruction(Program *of, int code, Py_ssize_t a, Py_ssize_t b) {
    if (of->count == of->room) {
        Py_ssize_t room = of->room ? 2 * of->room : 64;
        char *codes = PyMem_Resize(of->new_codes, char, room);
        of->new_codes = codes != NULL ? codes : of->new_codes;
        int *first = PyMem_Resize(of->new_first, int, room);
        of->new_first = first != NULL ? first : of->new_first;
        int *second = PyMem_Resize(of->new_second, int, room);
        of->new_second = second != NULL ? second : of->new_second;
        if (codes == NULL || first == NULL || second == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        of->room = room;
    }
    of->new_codes[of->count] = (char)code;
    of->new_first[of->count] = (int)a;
    of->new_second[of->count] = (int)b;
    return of->before.len + of->count++;
}

/* Hand the new instructions over to the columns. */
static int handed_over(Program *of) {
    Py_ssize_t before = of->before.len;
    PyBuffer_Release(&of->before);
    if (of->count == 0)
        return 0;
    PyObject *columns[] = {of->first, of->second};
    char *numbers[] = {(char *)of->new_first, (char *)of->new_second};
    for (int i = 0; i < 2; i++) {
        PyObject *bytes = PyMemoryView_FromMemory(numbers[i], 4 * of->count, PyBUF_READ);
        PyObject *none = bytes != NULL ? PyObject_CallMethod(columns[i], "frombytes", "O", bytes) : NULL;
        Py_XDECREF(bytes);
        Py_XDECREF(none);
        if (none == NULL)
            return -1;
    }
    if (PyByteArray_Resize(of->codes, before + of->count) < 0)
        return -1;
    memcpy(PyByteArray_AS_STRING(of->codes) + before, of->new_codes, (size_t)of->count);
    return 0;
}

/* Lower one operation; return 0 where the Python has to, -1 after an error. */
static int lowered(Program *of, Pair *pair, PyObject *references, int *numbers, Py_ssize_t number,
                   const char *telling, PyObject *guarded) {
    Py_ssize_t skipped = pair->is_guarded; /* the condition */
    if (PyTuple_GET_SIZE(references) != (pair->is_copy ? 1 : 2 + skipped))
        return 0;
    Py_ssize_t a = place_of(PyTuple_GET_ITEM(references, skipped), numbers, number, of->known);
    if (a < 0)
        return PyErr_Occurred() ? -1 : 0;
    if (pair->is_copy) {
        numbers[number] = (int)a;
        return 1;
    }
    Py_ssize_t b = place_of(PyTuple_GET_ITEM(references, 1 + skipped), numbers, number, of->known);
    if (b < 0)
        return PyErr_Occurred() ? -1 : 0;
    if (pair->is_commutative && a > b) {
        Py_ssize_t larger = a;
        a = b;
        b = larger;
    }
    Py_ssize_t end = of->before.len + of->count, place = -1;
    PyObject *key = PyLong_FromLongLong((long long)a << 32 | b), *there = NULL;
    int is_done = 0;
    if (key == NULL || a >= end || b >= end)
        goto done;
    there = Py_XNewRef(PyDict_GetItemWithError(pair->made, key));
    if (there != NULL)
        place = number_of(there, end);
    else if (!PyErr_Occurred() && pair->is_straight && !telling[code_of(of, a)] &&
             !telling[code_of(of, b)]) {
        place = new_instruction(of, pair->code, a, b);
        there = place < 0 ? NULL : PyLong_FromSsize_t(place);
        if (there == NULL || PyDict_SetItem(pair->made, key, there) < 0)
            goto done;
    }
    if (place < 0 || (pair->is_guarded && PySet_Add(guarded, there) < 0))
        goto done;
    numbers[number] = (int)place;
    is_done = 1;
done:
    Py_XDECREF(key);
    Py_XDECREF(there);
    return PyErr_Occurred() ? -1 : is_done;
}

/* lower_pairs(operations, operands, wanted, numbers, pairs, copy, made, known, columns, telling, guarded,
   base, number): lower the wanted ones of a piece of the trace, whose first number is base, from this
   number on; return the first that is left to the Python, or the end of the piece. */
PyObject *lower_pairs(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (!are_lists(args, count, 13, 2))
        return NULL;
    if (!PyDict_CheckExact(args[4]) || !PyDict_CheckExact(args[6]) || !PyDict_CheckExact(args[7]) ||
        !PyTuple_CheckExact(args[8]) || PyTuple_GET_SIZE(args[8]) != 3 ||
        !PyByteArray_CheckExact(PyTuple_GET_ITEM(args[8], 0)) || !PyBytes_CheckExact(args[9]) ||
        PyBytes_GET_SIZE(args[9]) != 256) {
        PyErr_SetString(PyExc_TypeError, "lower_pairs takes what a Lowering has");
        return NULL;
    }
    Py_ssize_t base = PyLong_AsSsize_t(args[11]), number = PyLong_AsSsize_t(args[12]);
    if (PyErr_Occurred())
        return NULL;
    Py_buffer wanted = {0}, numbers = {0};
    Program of = {.known = args[7], .codes = PyTuple_GET_ITEM(args[8], 0),
                  .first = PyTuple_GET_ITEM(args[8], 1), .second = PyTuple_GET_ITEM(args[8], 2)};
    Pair pairs[KINDS] = {{.operation = NULL}};
    if (PyObject_GetBuffer(args[2], &wanted, PyBUF_SIMPLE) < 0 ||
        PyObject_GetBuffer(args[3], &numbers, PyBUF_WRITABLE) < 0 ||
        PyObject_GetBuffer(of.codes, &of.before, PyBUF_SIMPLE) < 0)
        goto done;
    Py_ssize_t end = base + PyList_GET_SIZE(args[0]);
    if (numbers.len != 4 * wanted.len || base < 0 || number < base || end > wanted.len) {
        PyErr_SetString(PyExc_ValueError, "lower_pairs takes a number for each operation");
        goto done;
    }
    for (; number < end; number++) {
        PyObject *operation, *references;
        if (paused(number + 1) < 0)
            break;
        if (!((char *)wanted.buf)[number])
            continue;
        if (!recorded(args[0], args[1], number - base, &operation, &references))
            break;
        Pair *pair = &pairs[PLACE(operation)];
        if (pair->operation != operation && look_up(pair, operation, args[4], args[6], args[5]) < 0)
            break;
        if (pair->made == NULL && !pair->is_copy)
            break;
        if (lowered(&of, pair, references, numbers.buf, number, PyBytes_AS_STRING(args[9]),
                    args[10]) <= 0)
            break;
    }
done:
    if (!PyErr_Occurred())
        (void)handed_over(&of);
    if (of.before.obj != NULL)
        PyBuffer_Release(&of.before);
    if (wanted.obj != NULL)
        PyBuffer_Release(&wanted);
    if (numbers.obj != NULL)
        PyBuffer_Release(&numbers);
    PyMem_Free(of.new_codes);
    PyMem_Free(of.new_first);
    PyMem_Free(of.new_second);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(number);
}
