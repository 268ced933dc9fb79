/* Places for nodes: slabs of 64 KiB, each full of places of one size.

   Nodes of one graph are made one after another and are freed together. So a slab hands out its places
   in the order of memory, and begins there again once all of them are free: the nodes of every graph
   lie in the order in which they were made. Python's own allocator gives empty memory back to the
   system at once, and asking for it again was a quarter of a step of training. */

#include "native.h"
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(Py_DEBUG) /* these look at what was freed */
Node *new_place(void) { return PyObject_Malloc(sizeof(Node)); }
void free_place(void *node) { PyObject_Free(node); }
#else

#define SLAB ((size_t)65536) /* bytes, and the alignment: a node's address tells its slab */
#define KEPT 512             /* empty slabs kept for the next graph, 32 MiB */

typedef struct Slab {
    struct Slab *next, *previous; /* among the slabs with room; next alone among the empty ones */
    Node *freed;                  /* places that were freed, linked by walk.next */
    char *fresh;                  /* places from here on were not used since the slab was empty */
    size_t used;
} Slab;

#define FIRST ((sizeof(Slab) + 63) / 64 * 64)
#define LENGTH (SLAB - 64) /* a rest for the C library's own notes, so that slabs lie side by side */

static Slab *with_room, *empty;
static size_t kept;

static Slab *slab_of(void *node) { return (Slab *)((uintptr_t)node & ~(uintptr_t)(SLAB - 1)); }

static int is_full(const Slab *slab) {
    return slab->freed == NULL && slab->fresh + sizeof(Node) > (const char *)slab + LENGTH;
}

static void put_among_those_with_room(Slab *slab) {
    slab->previous = NULL;
    slab->next = with_room;
    if (with_room != NULL)
        with_room->previous = slab;
    with_room = slab;
}

static void take_from_those_with_room(Slab *slab) {
    if (slab->previous != NULL)
        slab->previous->next = slab->next;
    else
        with_room = slab->next;
    if (slab->next != NULL)
        slab->next->previous = slab->previous;
}

static Slab *new_slab(void) {
    void *memory;
#ifdef _WIN32
    memory = _aligned_malloc(LENGTH, SLAB);
    if (memory == NULL)
        return NULL;
#else
    if (posix_memalign(&memory, SLAB, LENGTH) != 0)
        return NULL;
#endif
    PyTraceMalloc_Track(0, (uintptr_t)memory, LENGTH);
    return memory;
}

static void delete_slab(Slab *slab) {
    PyTraceMalloc_Untrack(0, (uintptr_t)slab);
#ifdef _WIN32
    _aligned_free(slab);
#else
    free(slab);
#endif
}

static Slab *emptied_slab(void) {
    Slab *slab = empty;
    if (slab != NULL) {
        empty = slab->next;
        kept--;
    } else if ((slab = new_slab()) == NULL)
        return NULL;
    slab->freed = NULL;
    slab->fresh = (char *)slab + FIRST;
    slab->used = 0;
    put_among_those_with_room(slab);
    return slab;
}

/* Return a place for a node with whatever is in it, or NULL where memory has run out. */
Node *new_place(void) {
    Slab *slab = with_room != NULL ? with_room : emptied_slab();
    if (slab == NULL)
        return NULL;
    Node *place = slab->freed;
    if (place != NULL)
        slab->freed = place->walk.next;
    else {
        place = (Node *)slab->fresh;
        slab->fresh += sizeof(Node);
    }
    slab->used++;
    if (is_full(slab))
        take_from_those_with_room(slab);
    return place;
}

void free_place(void *node) {
    Slab *slab = slab_of(node);
    int was_full = is_full(slab);
    ((Node *)node)->walk.next = slab->freed;
    slab->freed = node;
    if (was_full)
        put_among_those_with_room(slab);
    if (--slab->used > 0)
        return;
    take_from_those_with_room(slab);
    if (kept == KEPT) {
        delete_slab(slab);
        return;
    }
    slab->next = empty;
    empty = slab;
    kept++;
}
#endif

/* Make an object of a class that untracked() in module.c has seen, without any number. */
PyObject *node_alloc(PyTypeObject *type, Py_ssize_t items) {
    Node *node = new_place();
    (void)items;
    if (node == NULL)
        return PyErr_NoMemory();
    memset(node, 0, sizeof(Node));
    begin_object(node, type);
    return (PyObject *)node;
}
