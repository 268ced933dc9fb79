/* Walks along a graph: its order, the chain rule in floats, and what is done to all nodes at once.

   The callers hold autograd.engine.order.walking. Every few thousand nodes a walk lets other threads
   run and signals be answered. A handler of a signal may walk itself: then what it broke into starts
   afresh. */

#include "native.h"

#define PAUSE 8192 /* nodes between two looks at the world */
#ifdef __GNUC__
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif
#define AHEAD 12 /* nodes that a sweep asks memory for before it needs them */

static uint64_t latest; /* the number of the latest walk */
static struct {
    PyObject *order; /* what the latest walk of ``ordered`` has made; an address, no reference */
    uint64_t walk;
} fresh;

enum { BROKEN = -1, DONE = 0, AFRESH = 1 };

static int paused(uint64_t walk) {
    if (PyErr_CheckSignals() < 0)
        return BROKEN;
    Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS
    return walk == latest ? DONE : AFRESH;
}

/* -- the order ------------------------------------------------------------------------------- */

typedef struct {
    Node *node; /* owned */
    Py_ssize_t next; /* the operand to look at next */
} Visit;

typedef struct {
    Visit *visits;
    size_t depth, room;
} Stack;

static int push(Stack *stack, Node *node, uint64_t walk) {
    if (stack->depth == stack->room) {
        size_t room = stack->room ? 2 * stack->room : 256;
        Visit *visits = PyMem_Realloc(stack->visits, room * sizeof(Visit));
        if (visits == NULL) {
            PyErr_NoMemory();
            return BROKEN;
        }
        stack->visits = visits;
        stack->room = room;
    }
    node->walk.seen = SEEN | walk;
    PREFETCH(node->left);
    PREFETCH(node->right);
    stack->visits[stack->depth++] = (Visit){(Node *)Py_NewRef((PyObject *)node), 0};
    return DONE;
}

static void emptied(Stack *stack) {
    while (stack->depth > 0)
        Py_DECREF((PyObject *)stack->visits[--stack->depth].node);
}

static int is_seen(PyObject *node, uint64_t walk) {
    return ((Node *)node)->walk.seen == (SEEN | walk);
}

/* Return operand number ``place`` of a node with more than two, where it has a partial. */
static Node *wide_operand(Node *node, Py_ssize_t place) {
    PyObject *partial = PyTuple_GET_ITEM(node->right, place);
    PyObject *operand = PyTuple_GET_ITEM(node->left, place);
    return PyFloat_Check(partial) && is_node(operand) ? (Node *)operand : NULL;
}

/* Return the next operand that was not seen yet, or NULL. */
static Node *next_unseen(Visit *visit, uint64_t walk) {
    Node *node = visit->node;
    if (node->is_wide) {
        Py_ssize_t count = PyTuple_GET_SIZE(node->left);
        while (visit->next < count && visit->next < PyTuple_GET_SIZE(node->right)) {
            Node *operand = wide_operand(node, visit->next++);
            if (operand != NULL && !is_seen((PyObject *)operand, walk))
                return operand;
        }
        return NULL;
    }
    if (visit->next == 0) {
        visit->next = 1;
        if (node->left_edge && !is_seen(node->left, walk))
            return (Node *)node->left;
    }
    if (visit->next == 1) {
        visit->next = 2;
        if (node->right_edge && !is_seen(node->right, walk))
            return (Node *)node->right;
    }
    return NULL;
}

static int visited(PyObject *root, Stack *stack, PyObject *order, uint64_t walk) {
    size_t count = 0;
    if (is_seen(root, walk))
        return DONE;
    if (push(stack, (Node *)root, walk) < 0)
        return BROKEN;
    while (stack->depth > 0) {
        Node *operand = next_unseen(&stack->visits[stack->depth - 1], walk);
        if (operand != NULL) {
            if (push(stack, operand, walk) < 0)
                return BROKEN;
            continue;
        }
        PyObject *node = (PyObject *)stack->visits[stack->depth - 1].node;
        if (PyList_Append(order, node) < 0)
            return BROKEN;
        stack->depth--;
        Py_DECREF(node);
        if (++count % PAUSE == 0) {
            int state = paused(walk);
            if (state != DONE)
                return state;
        }
    }
    return DONE;
}

static int checked_roots(PyObject *const *roots, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!is_node(roots[i])) {
            PyErr_Format(PyExc_TypeError, "ordered: takes Values, and was given a %.100s",
                         Py_TYPE(roots[i])->tp_name);
            return BROKEN;
        }
        if (!((Node *)roots[i])->is_filled) { /* a traced Value says why it has no number */
            PyObject *number = PyObject_GetAttrString(roots[i], "_data");
            Py_XDECREF(number);
            if (number == NULL)
                return BROKEN;
        }
    }
    return DONE;
}

PyObject *ordered(PyObject *module, PyObject *const *roots, Py_ssize_t count) {
    Stack stack = {NULL, 0, 0};
    PyObject *order;
    int state;
    (void)module;
    if (checked_roots(roots, count) < 0)
        return NULL;
    do {
        order = PyList_New(0);
        state = order != NULL ? DONE : BROKEN;
        uint64_t walk = ++latest;
        for (Py_ssize_t i = 0; i < count && state == DONE; i++)
            state = visited(roots[i], &stack, order, walk);
        emptied(&stack);
        fresh.order = order;
        fresh.walk = walk;
        if (state != DONE)
            Py_CLEAR(order);
    } while (state == AFRESH);
    PyMem_Free(stack.visits);
    return order;
}

/* -- the chain rule -------------------------------------------------------------------------- */

/* Add upstream x partial to an operand's adjoint; return whether the product is nan. */
static inline int brought(double upstream, double partial, PyObject *operand) {
    double product = upstream * partial;
    if (product == 0.0) /* to add 0 changes nothing: below a relu that is off, all of it */
        return 0;
    if (product != product)
        return 1;
    ((Node *)operand)->walk.adjoint = adjoint_of((Node *)operand) + product;
    return 0;
}

static int brought_to_all(Node *node) {
    double upstream = adjoint_of(node);
    Py_ssize_t count = Py_MIN(PyTuple_GET_SIZE(node->left), PyTuple_GET_SIZE(node->right));
    for (Py_ssize_t i = 0; i < count; i++) {
        Node *operand = wide_operand(node, i);
        if (operand == NULL)
            continue;
        double partial = PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(node->right, i));
        if (brought(upstream, partial, (PyObject *)operand))
            return 1;
    }
    return 0;
}

static inline int brought_down(Node *node) {
    double upstream = adjoint_of(node);
    if (node->is_wide)
        return brought_to_all(node);
    if (node->left_edge && brought(upstream, node->left_partial, node->left))
        return 1;
    return node->right_edge && brought(upstream, node->right_partial, node->right);
}

static int checked_order(PyObject *order) {
    if (!PyList_CheckExact(order) || PyList_GET_SIZE(order) == 0) {
        PyErr_SetString(PyExc_TypeError, "takes a list of Values, as ordered() gives it");
        return BROKEN;
    }
    return DONE;
}

static Node *node_at(PyObject *order, Py_ssize_t place) {
    PyObject *node = PyList_GET_ITEM(order, place);
    return is_node(node) ? (Node *)node : NULL;
}

/* Set the adjoint of every node to 0. */
static void clear(PyObject *order) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(order); i++) {
        Node *node = node_at(order, i);
        if (node != NULL)
            node->walk.adjoint = 0.0;
    }
}

/* swept(order, gradient): set the adjoints. False where a product is nan: look at the choices. */
PyObject *swept(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    double gradient;
    (void)module;
    if (count != 2 || checked_order(args[0]) < 0)
        return count != 2 ? PyErr_Format(PyExc_TypeError, "swept takes an order and a number") : NULL;
    gradient = PyFloat_AsDouble(args[1]);
    if (gradient == -1.0 && PyErr_Occurred())
        return NULL;
    for (;;) {
        if (fresh.order != args[0] || fresh.walk != latest)
            clear(args[0]);
        uint64_t walk = ++latest;
        int state = DONE;
        Py_ssize_t place = PyList_GET_SIZE(args[0]);
        Node *root = node_at(args[0], place - 1);
        if (root != NULL)
            root->walk.adjoint = gradient;
        while (--place >= 0 && place < PyList_GET_SIZE(args[0]) && state == DONE) {
            Node *node = node_at(args[0], place);
            if (place >= AHEAD)
                PREFETCH(PyList_GET_ITEM(args[0], place - AHEAD));
            if (node != NULL && brought_down(node))
                Py_RETURN_FALSE;
            if (place % PAUSE == 0)
                state = paused(walk);
        }
        if (state == BROKEN)
            return NULL;
        if (state == DONE)
            Py_RETURN_TRUE;
    }
}

/* Add every node's adjoint to its gradient: all of them, or none where Ctrl-C came before. */
PyObject *committed(PyObject *module, PyObject *order) {
    (void)module;
    if (checked_order(order) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(order); i++) {
        Node *node = node_at(order, i);
        if (node != NULL)
            node->grad += adjoint_of(node);
    }
    Py_RETURN_NONE;
}
