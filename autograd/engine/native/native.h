/* The accelerator of autograd/engine: what its files share. README.md says how it is put together.

   The Python beside it is the specification. Whatever is not the common case goes there. */

#ifndef AUTOGRAD_NATIVE_H
#define AUTOGRAD_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <structmember.h>

#ifdef Py_GIL_DISABLED
#error "the accelerator relies on the lock of the interpreter: free-threaded builds run plain Python"
#endif
#if FLT_EVAL_METHOD != 0
#error "arithmetic of doubles is not exact here: plain Python would give other bits"
#endif

#ifdef _MSC_VER
#define THREAD_LOCAL __declspec(thread)
#define HIDDEN
#else
#define THREAD_LOCAL _Thread_local
#define HIDDEN __attribute__((visibility("hidden")))
#endif

/* What stands in an operand's slot. */
enum { NOTHING, NODE, NUMBER, TUPLE };

/* What made a node, and what is known of few nodes only: shared where nothing is the node's own. */
typedef struct {
    Py_ssize_t users; /* not counted where they live as long as the process: FOR_EVER */
    PyObject *op;    /* the Operation; None for a leaf; NULL where nothing was said yet */
    PyObject *scope; /* NULL outside every scope */
    PyObject *label; /* NULL without a label */
    long long level; /* 0 where there is none */
} Details;

/* What is known of a node in a few bits; written in one go where nodes are made. */
typedef struct {
    uint64_t epoch : 48;
    uint64_t is_filled : 1; /* whether it has a number */
    uint64_t left_kind : 2;
    uint64_t right_kind : 2;
    uint64_t has_left_partial : 1;
    uint64_t has_right_partial : 1;
    uint64_t left_edge : 1;  /* left is a Node and has a partial */
    uint64_t right_edge : 1; /* likewise */
    uint64_t is_wide : 1;    /* left and right are tuples */
} About;

/* 96 bytes, those first that walks read. The collector does not look at nodes: they hold nodes, numbers
   and details, and nothing points back, so that no cycle can be made of them. All zero is a node
   without any number. */
typedef struct Node {
    PyObject_HEAD
    union {
        double adjoint;
        uint64_t seen;     /* while a graph is put in order: the number of the walk that was here */
        struct Node *next; /* while it waits to be freed */
    } walk;
    PyObject *left; /* a Node; a tuple of all operands where there are more than two; else NULL */
    PyObject *right;       /* a Node; then a tuple of all partials; else NULL */
    double left_partial;   /* or the operand itself, where that is a number */
    double right_partial;
    About about;
    double data;
    double grad;
    Details *details; /* NULL as long as nothing was said */
    PyObject *weak_references;
} Node;

/* A formula gives value and partials at some numbers, and returns 0 where it leaves them to the row's
   Python. */
typedef int (*Formula)(const double *at, double *value, double *partials);
#define MOST 4 /* operands of a row that is applied from here; with more of them it is Python's */

/* A row of the operation table, for as long as the process lives. */
typedef struct {
    PyObject *operation;
    Details *details; /* of its results outside every scope */
    Details *scoped;  /* of those in the scope that was seen last, or NULL */
    long arity;
    int is_static; /* some operands are plain whole numbers */
    Formula formula;  /* NULL where the row runs through its Python */
    PyObject *value, *partials; /* what the row had when its formula was held against it */
} Row;

/* node.c */
HIDDEN extern PyTypeObject *node_type;  /* the base of the Python classes Node and Value */
HIDDEN extern PyTypeObject *value_type; /* the Python class Value */
HIDDEN extern uint64_t epoch;           /* grows whenever some leaf's data is edited */
HIDDEN extern Details *leaf_details;
HIDDEN extern PyGetSetDef node_fields[];
HIDDEN int node_init(PyObject *self, PyObject *args, PyObject *named);
HIDDEN PyObject *leaf_of(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *node_made(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *made(PyObject *operation, double data, PyObject *left, PyObject *right,
                      PyObject *left_partial, PyObject *right_partial);
HIDDEN PyObject *new_leaf(double data);
HIDDEN Details *details_of_leaf(void);
HIDDEN PyObject *value_called(PyObject *type, PyObject *const *args, size_t flags, PyObject *names);
HIDDEN int real_number(PyObject *number, const char *what, double *result);

/* details.c */
HIDDEN Details *new_details(PyObject *op, PyObject *scope, PyObject *label, long long level);
HIDDEN Details *details_of(PyObject *op, PyObject *scope);
HIDDEN void delete_details(Details *details);
HIDDEN Details *details_in_scope(Row *row);
HIDDEN Row *row_of(PyObject *operation);
HIDDEN Row *new_row(PyObject *operation);
HIDDEN PyObject *current_scope(void);
HIDDEN int mode_of_context(void);
HIDDEN int places_in_state(PyObject *state);

/* memory.c */
HIDDEN Node *new_place(void);
HIDDEN void free_place(void *node);
HIDDEN PyObject *node_alloc(PyTypeObject *type, Py_ssize_t items);

/* freeing.c */
HIDDEN void node_dealloc(PyObject *self);

/* operators.c */
HIDDEN PyObject *node_add(PyObject *a, PyObject *b);
HIDDEN PyObject *node_subtract(PyObject *a, PyObject *b);
HIDDEN PyObject *node_multiply(PyObject *a, PyObject *b);
HIDDEN PyObject *node_divide(PyObject *a, PyObject *b);
HIDDEN PyObject *node_power(PyObject *a, PyObject *b, PyObject *modulus);
HIDDEN PyObject *node_negative(PyObject *a);
HIDDEN PyObject *node_absolute(PyObject *a);
HIDDEN PyObject *made_of_one(Row *row, Node *operand, double result, double partial, int mode);
HIDDEN PyObject *made_of_two(Row *row, PyObject *const *operands, const double *numbers, double result,
                             const double *partials);
HIDDEN PyObject *node_compared(PyObject *a, PyObject *b, int how);
HIDDEN Py_hash_t node_hash(PyObject *self);

/* functions.c */
HIDDEN PyObject *registered(PyObject *module, PyObject *const *operations, Py_ssize_t count);

/* rows.c */
HIDDEN extern Py_ssize_t place_of_value, place_of_partials;
#define SLOT(object, place) (*(PyObject **)((char *)(object) + (place)))
#define VALUE_OF(operation) SLOT(operation, place_of_value)
#define PARTIALS_OF(operation) SLOT(operation, place_of_partials)
HIDDEN int place_of_slot(PyObject *object, const char *name, Py_ssize_t *place);
HIDDEN PyObject *node_apply(PyObject *none, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *applied(Row *row, PyObject *const *operands, Py_ssize_t count, int mode);
HIDDEN PyObject *method_of_row(PyObject *module, PyObject *row);
HIDDEN int take_calls(PyTypeObject *operations);
HIDDEN int prepare_rows(void);

/* walks.c */
HIDDEN PyObject *ordered(PyObject *module, PyObject *const *roots, Py_ssize_t count);
HIDDEN PyObject *are_inside(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *swept(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *backward(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN extern uint64_t replacements;
enum { BROKEN = -1, DONE = 0, OTHERWISE = 2 };
HIDDEN PyObject *walk_in_turn(PyObject *module, PyObject *lock);
HIDDEN int swept_inside(PyObject *root, double gradient, PyObject *leaves, long long level);

/* derivatives.c */
HIDDEN extern THREAD_LOCAL PyObject *derivatives_of_thread; /* NULL outside all */
HIDDEN PyObject *derivatives(PyObject *module, PyObject *none);
HIDDEN PyObject *set_derivatives(PyObject *module, PyObject *those);
HIDDEN PyObject *leaves_of(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *slopes_of(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *differentiated(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* reductions.c */
HIDDEN PyObject *are_terms(PyObject *module, PyObject *list);
HIDDEN PyObject *added(PyObject *module, PyObject *list);
HIDDEN PyObject *products(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* sweeps.c */
HIDDEN PyObject *mark_needed(PyObject *module, PyObject *args);
HIDDEN PyObject *mark_reached(PyObject *module, PyObject *args);
HIDDEN PyObject *count_levels(PyObject *module, PyObject *args);

/* traces.c */
HIDDEN PyObject *order_trace(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *append_traced(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *mark_operands(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *add_contributions(PyObject *module, PyObject *const *args, Py_ssize_t count);
HIDDEN PyObject *lower_pairs(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* groups.c */
HIDDEN PyObject *group_kernels(PyObject *module, PyObject *args);

/* module.c: what the Python side hands over */
typedef struct {
    PyObject *active;  /* the set of contexts that are in a mode */
    PyObject *scoped;  /* and of those in a scope */
    PyObject *state;   /* the context variable of the modes */
    PyObject *walking; /* autograd.engine.order.walking */
    PyObject *real;    /* autograd.table.operation.real */
    PyObject *check_assignment; /* autograd.engine.node.check_assignment */
    PyObject *less, *less_equal, *greater, *greater_equal, *equal;
    PyObject *add, *radd, *subtract, *rsubtract, *multiply, *rmultiply, *divide, *rdivide;
    PyObject *power, *rpower, *negative, *absolute, *apply, *data, *grad, *label;
    PyObject *call; /* Operation.__call__ */
    Row *add_row, *subtract_row, *multiply_row, *divide_row, *power_row, *negative_row;
    Row *absolute_row;
} Specification;
HIDDEN extern Specification python;

/* While a graph is put in order, its nodes hold a number of this kind in the place of the adjoint, and
   until something arrives there it counts as 0: a nan that no arithmetic makes. */
#define SEEN (UINT64_C(0xFFFA) << 48)
static inline double adjoint_of(const Node *node) {
    return node->walk.seen >> 48 == SEEN >> 48 ? 0.0 : node->walk.adjoint;
}

/* Return a new reference to details. */
#define FOR_EVER (-1)
static inline Details *shared_details(Details *details) {
    if (details->users != FOR_EVER)
        details->users++;
    return details;
}

static inline void release_details(Details *details) {
    if (details != NULL && details->users != FOR_EVER && --details->users == 0)
        delete_details(details);
}

/* What PyObject_Init does; classes of nodes live as long as the process and are not counted. */
static inline void begin_object(Node *node, PyTypeObject *type) {
#if defined(Py_DEBUG) || defined(Py_TRACE_REFS)
    PyObject_Init((PyObject *)node, type);
#else
    memset(node, 0, sizeof(PyObject));
    Py_SET_REFCNT((PyObject *)node, 1);
    Py_SET_TYPE((PyObject *)node, type);
#endif
}

static inline int is_node(PyObject *thing) {
    return Py_TYPE(thing) == value_type || PyObject_TypeCheck(thing, node_type);
}
/* What becomes of an operation: a node; a leaf under no_grad; whatever Python's side says. */
enum { RECORDING, UNRECORDED, BY_PYTHON };
static inline int current_mode(void) {
    return PySet_GET_SIZE(python.active) == 0 ? RECORDING : mode_of_context();
}
static inline int in_a_scope(void) { return PySet_GET_SIZE(python.scoped) != 0; }

/* Return a new reference to the details of what the row makes here and now. */
static inline Details *details_of_row(Row *row) {
    return in_a_scope() ? details_in_scope(row) : shared_details(row->details);
}

/* Return a node of class Value without operands. Takes over the reference to the details. */
static inline Node *new_node(Details *details, double data, About about) {
    if (details == NULL)
        return NULL;
    Node *node = new_place();
    if (node == NULL) {
        release_details(details);
        return (Node *)PyErr_NoMemory();
    }
    begin_object(node, value_type);
    node->walk.adjoint = 0.0;
    node->left = node->right = NULL;
    node->left_partial = node->right_partial = 0.0;
    node->about = about;
    node->data = data;
    node->grad = 0.0;
    node->details = details;
    node->weak_references = NULL;
    return node;
}

#endif
