/* Walks along a graph: its order, and the chain rule in floats.

   The callers hold autograd.engine.order.walking. Every few thousand nodes a walk lets other threads
   run and signals be answered. A handler of a signal may walk itself, and what runs meanwhile may
   replace operands: then what was broken into starts afresh. Between two such pauses nothing of
   Python runs, so a walk holds plain pointers: its roots keep the nodes. */

#include "native.h"

#define PAUSE 8192     /* nodes between two looks at the world */
#define SHORT 262144   /* so many nodes are swept in one piece, in some milliseconds */
#define LASTING 262144 /* nodes for which buffers are kept until the next walk */
#define AHEAD 8        /* nodes that a sweep asks memory for before it needs them */
#ifdef __GNUC__
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

enum { AFRESH = 1 };

static uint64_t latest; /* the number of the latest walk */
uint64_t replacements;  /* grows whenever an operand of some node is replaced */

/* -- the order ------------------------------------------------------------------------------- */

typedef struct {
    Node *node;
    Py_ssize_t next; /* the operand to look at next */
} Visit;

typedef struct {
    Node **nodes; /* operands before results */
    size_t count, room;
    Visit *visits; /* the way from the root down to the node that is looked at */
    size_t depth, depth_room;
    double *grads; /* what stood in the nodes, where a sweep has added to it */
    size_t grads_room;
    uint64_t number, replacements;
} Walk;

static Walk spare; /* the buffers of the walk before */

static void began(Walk *walk) {
    *walk = spare;
    memset(&spare, 0, sizeof(spare));
}

static int grown(void *buffer, size_t *room, size_t size) {
    size_t more = *room ? 2 * *room : 1024;
    void *grown = PyMem_Realloc(*(void **)buffer, more * size);
    if (grown == NULL) {
        PyErr_NoMemory();
        return BROKEN;
    }
    *(void **)buffer = grown;
    *room = more;
    return DONE;
}

static void ended(Walk *walk) {
    if (spare.nodes == NULL && walk->room <= LASTING && walk->depth_room <= LASTING) {
        spare = *walk;
        return;
    }
    PyMem_Free(walk->nodes);
    PyMem_Free(walk->visits);
    PyMem_Free(walk->grads);
}

static int paused(Walk *walk) {
    if (PyErr_CheckSignals() < 0)
        return BROKEN;
    Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS
    return walk->number == latest && walk->replacements == replacements ? DONE : AFRESH;
}

static inline int is_unseen(PyObject *node, const Walk *walk) {
    return ((Node *)node)->walk.seen != (SEEN | walk->number);
}

/* Return operand number ``place`` of a node with more than two, where it has a partial. */
static Node *wide_operand(Node *node, Py_ssize_t place) {
    PyObject *partial = PyTuple_GET_ITEM(node->right, place);
    PyObject *operand = PyTuple_GET_ITEM(node->left, place);
    return PyFloat_Check(partial) && is_node(operand) ? (Node *)operand : NULL;
}

static Node *next_unseen_of_many(Visit *visit, const Walk *walk) {
    PyObject *operands = visit->node->left, *partials = visit->node->right;
    Py_ssize_t count = Py_MIN(PyTuple_GET_SIZE(operands), PyTuple_GET_SIZE(partials));
    while (visit->next < count) {
        Node *operand = wide_operand(visit->node, visit->next++);
        if (operand != NULL && is_unseen((PyObject *)operand, walk))
            return operand;
    }
    return NULL;
}

/* Return the next operand that was not seen yet, or NULL. */
static inline Node *next_unseen(Visit *visit, const Walk *walk) {
    Node *node = visit->node;
    if (node->about.is_wide)
        return next_unseen_of_many(visit, walk);
    if (visit->next == 0) {
        visit->next = 1;
        if (node->about.left_edge && is_unseen(node->left, walk))
            return (Node *)node->left;
    }
    if (visit->next == 1) {
        visit->next = 2;
        if (node->about.right_edge && is_unseen(node->right, walk))
            return (Node *)node->right;
    }
    return NULL;
}

/* Nodes mostly lie in the order in which they were made: on the way down to operands ask memory for
   what lies some nodes before, and after on the way up. Addresses without a node do no harm. */
static inline void ask_for_what_was_made_before(Node *node) {
    char *there = (char *)(node - 8);
    PREFETCH(there);
    PREFETCH(there - 64);
    PREFETCH(there - 128);
}
static inline void ask_for_what_was_made_after(Node *node) {
    char *there = (char *)(node + 6);
    PREFETCH(there);
    PREFETCH(there + 64);
}

/* Put what is under a root, and was not seen yet, into the order: depth first, operands first. */
static int visited(Walk *walk, Node *root) {
    Visit visit = {root, 0};
    if (!is_unseen((PyObject *)root, walk))
        return DONE;
    root->walk.seen = SEEN | walk->number;
    for (;;) {
        Node *operand = next_unseen(&visit, walk);
        if (operand != NULL) {
            if (walk->depth == walk->depth_room &&
                grown(&walk->visits, &walk->depth_room, sizeof(Visit)) < 0)
                return BROKEN;
            walk->visits[walk->depth++] = visit;
            operand->walk.seen = SEEN | walk->number;
            ask_for_what_was_made_before(operand);
            visit = (Visit){operand, 0};
            continue;
        }
        if (walk->count == walk->room && grown(&walk->nodes, &walk->room, sizeof(Node *)) < 0)
            return BROKEN;
        walk->nodes[walk->count++] = visit.node;
        ask_for_what_was_made_after(visit.node);
        if (walk->count % PAUSE == 0) {
            int state = paused(walk);
            if (state != DONE)
                return state;
        }
        if (walk->depth == 0)
            return DONE;
        visit = walk->visits[--walk->depth];
    }
}

/* Begin a walk, and put all that is under the roots in order. */
static int put_in_order(Walk *walk, PyObject *const *roots, Py_ssize_t count) {
    int state;
    do {
        walk->count = walk->depth = 0;
        walk->number = ++latest;
        walk->replacements = replacements;
        state = DONE;
        for (Py_ssize_t i = 0; i < count && state == DONE; i++)
            state = visited(walk, (Node *)roots[i]);
    } while (state == AFRESH);
    return state;
}

static int checked_roots(PyObject *const *roots, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!is_node(roots[i])) {
            PyErr_Format(PyExc_TypeError, "ordered: takes Values, and here is a thing of class %.100s",
                         Py_TYPE(roots[i])->tp_name);
            return BROKEN;
        }
        if (!((Node *)roots[i])->about.is_filled) { /* a traced Value says why it has no number */
            PyObject *number = PyObject_GetAttrString(roots[i], "_data");
            Py_XDECREF(number);
            if (number == NULL)
                return BROKEN;
        }
    }
    return DONE;
}

static PyObject *listed(const Walk *walk) {
    PyObject *order = PyList_New((Py_ssize_t)walk->count);
    for (size_t i = 0; order != NULL && i < walk->count; i++)
        PyList_SET_ITEM(order, (Py_ssize_t)i, Py_NewRef((PyObject *)walk->nodes[i]));
    return order;
}

/* ordered(*roots): the list of all nodes under the roots. */
PyObject *ordered(PyObject *module, PyObject *const *roots, Py_ssize_t count) {
    Walk walk;
    (void)module;
    if (checked_roots(roots, count) < 0)
        return NULL;
    began(&walk);
    PyObject *order = put_in_order(&walk, roots, count) == DONE ? listed(&walk) : NULL;
    ended(&walk);
    return order;
}

/* Whether a node is no leaf, or one of at least that level. */
static inline int is_inside(const Node *node, long long level) {
    const Details *details = node->details;
    return details != NULL && (details->op != Py_None || details->level >= level);
}

/* are_inside(order, level): whether all leaves among the nodes have at least that level. */
PyObject *are_inside(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2 || !PyList_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "are_inside takes a list of Values and a level");
    long long level = PyLong_AsLongLong(args[1]);
    if (level == -1 && PyErr_Occurred())
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(args[0]); i++) {
        PyObject *node = PyList_GET_ITEM(args[0], i);
        if (checked_roots(&node, 1) < 0)
            return NULL;
        if (!is_inside((Node *)node, level))
            Py_RETURN_FALSE;
    }
    Py_RETURN_TRUE;
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
    if (node->about.is_wide)
        return brought_to_all(node);
    if (node->about.left_edge && brought(upstream, node->left_partial, node->left))
        return 1;
    return node->about.right_edge && brought(upstream, node->right_partial, node->right);
}

/* The bits of a gradient that came as nan may be those of SEEN: left to Python, as all that is nan. */
#define IS_NAN OTHERWISE

/* Sweep, and add every node's adjoint to its gradient at once; nothing is added where a product is nan. */
static int swept_in_one_piece(Walk *walk) {
    while (walk->grads_room < walk->count)
        if (grown(&walk->grads, &walk->grads_room, sizeof(double)) < 0)
            return BROKEN;
    for (size_t place = walk->count; place-- > 0;) {
        Node *node = walk->nodes[place];
        if (place >= AHEAD) {
            PREFETCH(walk->nodes[place - AHEAD]);
            PREFETCH((char *)walk->nodes[place - AHEAD] + 64);
        }
        if (brought_down(node)) {
            while (++place < walk->count)
                walk->nodes[place]->grad = walk->grads[place];
            return IS_NAN;
        }
        walk->grads[place] = node->grad;
        node->grad += adjoint_of(node);
    }
    return DONE;
}

/* Sweep with pauses. */
static int swept_in_pieces(Walk *walk) {
    for (size_t place = walk->count; place-- > 0;) {
        if (place >= AHEAD)
            PREFETCH(walk->nodes[place - AHEAD]);
        if (brought_down(walk->nodes[place]))
            return IS_NAN;
        if (place % PAUSE == 0) {
            int state = paused(walk);
            if (state != DONE)
                return state;
        }
    }
    return DONE;
}

/* Put a graph in order and set its adjoints, those of a list of leaves also where they stand outside of
   it; add them to the gradients, all or none, if asked to. */
static int descended(Walk *walk, PyObject *root, double gradient, PyObject *leaves, int to_gradients) {
    int state;
    do {
        for (Py_ssize_t i = 0; leaves != NULL && i < PyList_GET_SIZE(leaves); i++)
            ((Node *)PyList_GET_ITEM(leaves, i))->walk.adjoint = 0.0;
        state = put_in_order(walk, &root, 1);
        if (state != DONE)
            return state;
        ((Node *)root)->walk.adjoint = gradient;
        if (to_gradients && walk->count <= SHORT)
            return swept_in_one_piece(walk);
        state = swept_in_pieces(walk);
    } while (state == AFRESH);
    for (size_t i = 0; to_gradients && state == DONE && i < walk->count; i++)
        walk->nodes[i]->grad += adjoint_of(walk->nodes[i]);
    return state;
}

static int root_and_gradient(PyObject *const *args, Py_ssize_t count, double *gradient) {
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "takes a Value and a number");
        return BROKEN;
    }
    *gradient = PyFloat_AsDouble(args[1]);
    if (*gradient == -1.0 && PyErr_Occurred())
        return BROKEN;
    return checked_roots(args, 1);
}

/* backward(root, gradient): add to the gradients under it. False, and nothing was done, where a
   product is nan: then choices have to be looked at. */
PyObject *backward(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    Walk walk;
    double gradient;
    (void)module;
    if (root_and_gradient(args, count, &gradient) < 0)
        return NULL;
    if (gradient != gradient)
        Py_RETURN_FALSE;
    began(&walk);
    int state = descended(&walk, args[0], gradient, NULL, 1);
    ended(&walk);
    return state == BROKEN ? NULL : PyBool_FromLong(state == DONE);
}

/* swept(root, gradient): set the adjoints under it and return the order; None where a product is nan. */
PyObject *swept(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    Walk walk;
    double gradient;
    (void)module;
    if (root_and_gradient(args, count, &gradient) < 0)
        return NULL;
    if (gradient != gradient)
        Py_RETURN_NONE;
    began(&walk);
    int state = descended(&walk, args[0], gradient, NULL, 0);
    PyObject *order = state == DONE ? listed(&walk) : NULL;
    ended(&walk);
    return state == IS_NAN ? Py_NewRef(Py_None) : order;
}

static PyObject *acquire_name, *release_name;

/* walk_in_turn(lock): hold the lock of all walks also where no Python does. */
PyObject *walk_in_turn(PyObject *module, PyObject *lock) {
    (void)module;
    acquire_name = PyUnicode_InternFromString("acquire");
    release_name = PyUnicode_InternFromString("release");
    if (acquire_name == NULL || release_name == NULL)
        return NULL;
    Py_XSETREF(python.walking, Py_NewRef(lock));
    Py_RETURN_NONE;
}

/* Whether no other thread of Python's may be reading what a walk of its own has found. */
static int is_alone(void) {
    return PyThreadState_Next(PyInterpreterState_ThreadHead(PyInterpreterState_Get())) == NULL;
}

/* Set the adjoints under a root, and those of leaves. OTHERWISE, and nothing can be read, where a product
   is nan, or where some other leaf under the root has a smaller level than that. */
int swept_inside(PyObject *root, double gradient, PyObject *leaves, long long level) {
    Walk walk;
    PyObject *lock = is_alone() ? NULL : python.walking, *done, *type, *error, *trace;
    if (gradient != gradient)
        return OTHERWISE;
    if (checked_roots(&root, 1) < 0)
        return BROKEN;
    if (lock != NULL) {
        done = PyObject_CallMethodNoArgs(lock, acquire_name);
        if (done == NULL)
            return BROKEN;
        Py_DECREF(done);
    }
    began(&walk);
    int state = descended(&walk, root, gradient, leaves, 0);
    for (size_t i = 0; state == DONE && i < walk.count; i++)
        if (!is_inside(walk.nodes[i], level))
            state = OTHERWISE;
    ended(&walk);
    if (lock != NULL) {
        PyErr_Fetch(&type, &error, &trace);
        done = PyObject_CallMethodNoArgs(lock, release_name);
        Py_XDECREF(done);
        PyErr_Restore(type, error, trace);
    }
    return state;
}
