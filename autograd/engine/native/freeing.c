/* Freeing of graphs of any depth, without recursion.

   A node whose last reference goes while another is being freed waits in a queue of its thread. Freed
   nodes are not kept in a list for the next graph: taken from there in the reverse of the order in
   which they were freed, nodes of a graph lie ever further apart in memory, and steps of training
   took more than twice the time. */

#include "native.h"

#if defined(__GNUC__) && !defined(__clang__)
#define APART __attribute__((noipa)) /* or the address of what is the thread's own is sought at every node */
#else
#define APART
#endif

typedef struct {
    Node *waiting;
    int is_busy;
} Queue;
static THREAD_LOCAL Queue of_this_thread;

/* Take a reference away; a plain Value goes straight into the queue. */
static inline void let_go(PyObject *operand, Queue *queue) {
#ifdef Py_DEBUG /* a debug build counts all references of the interpreter */
    (void)queue;
#else
    if (Py_REFCNT(operand) == 1 && Py_TYPE(operand) == value_type &&
        ((Node *)operand)->weak_references == NULL) {
        Py_SET_REFCNT(operand, 0);
        ((Node *)operand)->walk.next = queue->waiting;
        queue->waiting = (Node *)operand;
        return;
    }
#endif
    Py_DECREF(operand);
}

static void free_one(Node *node, Queue *queue) {
    PyTypeObject *type = Py_TYPE(node);
    if (node->left != NULL)
        let_go(node->left, queue);
    if (node->right != NULL)
        let_go(node->right, queue);
    release_details(node->details);
    if (PyType_HasFeature(type, Py_TPFLAGS_HAVE_GC)) { /* a class of the user's */
        type->tp_free((PyObject *)node);
        Py_DECREF(type);
        return;
    }
    free_place(node);
#ifdef Py_DEBUG /* as begin_object does */
    Py_DECREF(type);
#endif
}

/* Free a node and what only it has kept. */
static APART void freed(Node *node, Queue *queue) {
    queue->is_busy = 1;
    while (node != NULL) {
        free_one(node, queue);
        node = queue->waiting;
        if (node != NULL)
            queue->waiting = node->walk.next;
    }
    queue->is_busy = 0;
}

void node_dealloc(PyObject *self) {
    Node *node = (Node *)self;
    Queue *queue = &of_this_thread;
    if (node->weak_references != NULL)
        PyObject_ClearWeakRefs(self);
    if (queue->is_busy) {
        node->walk.next = queue->waiting;
        queue->waiting = node;
    } else
        freed(node, queue);
}
