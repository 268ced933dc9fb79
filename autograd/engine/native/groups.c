/* Loops over groups of equal steps (autograd/backends/llvm/kernels.py): the common ones, ready made, so
   that a first call need not wait until LLVM has written them. They give the same bits.

   A kernel reads and writes numbers in the memory of a program, or vectors of eight rows each, at places
   that stand in lists. A condition is 1 or 0. */

#include "native.h"

#include <math.h>
#include <string.h>

#ifdef __GNUC__ /* and clang: vectors of any width, and functions for some processors only */

typedef double Lanes __attribute__((vector_size(64), may_alias));
typedef int64_t Bits __attribute__((vector_size(64), may_alias));
typedef void Kernel(double *, const int32_t *, int64_t, int64_t, int64_t, int64_t, int64_t);

/* What the rows of empty_table hold. */
typedef struct {
    Kernel *kernel;
    int32_t count, result, operands[3], padding;
} Group;

#define CHOSEN(condition, a, b) \
    ((Lanes)(((Bits)(a) & ((condition) != 0.0)) | ((Bits)(b) & ~((condition) != 0.0))))
#define TRUTH(comparison) ((Lanes)((Bits)(comparison) & (Bits)((Lanes){0} + 1.0)))
#define A v[lists[p0 + i]]
#define B v[lists[p1 + i]]
#define C v[lists[p2 + i]]

#define KERNEL(name, type, target, place, expression)                                             \
    target static void name(double *memory, const int32_t *lists, int64_t n, int64_t out,         \
                            int64_t p0, int64_t p1, int64_t p2) {                                 \
        type *v = (type *)memory;                                                                 \
        (void)p1, (void)p2;                                                                       \
        for (int64_t i = 0; i < n; i++)                                                           \
            v[place] = expression;                                                                \
    }

#define NUMBERS(name, expression) KERNEL(name##_numbers, double, , out + i, expression)
NUMBERS(add, A + B)
NUMBERS(subtract, A - B)
NUMBERS(multiply, A *B)
NUMBERS(divide, A / B)
NUMBERS(negative, -A)
NUMBERS(abs, fabs(A))
NUMBERS(where, A != 0.0 ? B : C)
NUMBERS(less, (double)(A < B))
NUMBERS(less_equal, (double)(A <= B))
NUMBERS(both, (double)((A != 0.0) & (B != 0.0)))
NUMBERS(either, (double)((A != 0.0) | (B != 0.0)))
NUMBERS(opposite, (double)(A == 0.0))
NUMBERS(multiply_then_add, A *B + C)
NUMBERS(multiply_then_subtract, C - A * B)
NUMBERS(copy, A)

#define ROWS(name, suffix, target, expression) \
    KERNEL(name##_rows##suffix, Lanes, target, lists[out + i], expression)

/* The first operand is a number that all rows share, which stands in the memory once. */
#define FIRST (memory[lists[p0 + i]] - (Lanes){0})
#define SHARED(name, suffix, target, expression) \
    KERNEL(name##_shared##suffix, Lanes, target, lists[out + i], expression)

/* A product of eight rows is added to a sum of each, as far as there are rows: p2 is where it says so. */
#define SUMMED(suffix, target)                                                                     \
    target static void multiply_summed##suffix(double *memory, const int32_t *lists, int64_t n,    \
                                               int64_t out, int64_t p0, int64_t p1, int64_t p2) {  \
        Lanes *v = (Lanes *)memory;                                                                \
        Bits is_row = (Bits)v[p2];                                                                 \
        for (int64_t i = 0; i < n; i++) {                                                          \
            Lanes *sum = v + lists[out + i], total = *sum + A * B;                                 \
            *sum = (Lanes)(((Bits)total & is_row) | ((Bits)*sum & ~is_row));                       \
        }                                                                                          \
    }

#define ALL_ROWS(suffix, target)                                         \
    SUMMED(suffix, target)                                               \
    SHARED(add, suffix, target, FIRST + B)                               \
    SHARED(multiply, suffix, target, FIRST *B)                           \
    SHARED(multiply_then_add, suffix, target, FIRST *B + C)              \
    SHARED(multiply_then_subtract, suffix, target, C - FIRST * B)        \
    ROWS(add, suffix, target, A + B)                                     \
    ROWS(subtract, suffix, target, A - B)                                \
    ROWS(multiply, suffix, target, A *B)                                 \
    ROWS(divide, suffix, target, A / B)                                  \
    ROWS(negative, suffix, target, -A)                                   \
    ROWS(abs, suffix, target, (Lanes)((Bits)A & INT64_MAX))              \
    ROWS(where, suffix, target, CHOSEN(A, B, C))                         \
    ROWS(less, suffix, target, TRUTH(A < B))                             \
    ROWS(less_equal, suffix, target, TRUTH(A <= B))                      \
    ROWS(both, suffix, target, TRUTH((A != 0.0) & (B != 0.0)))           \
    ROWS(either, suffix, target, TRUTH((A != 0.0) | (B != 0.0)))         \
    ROWS(opposite, suffix, target, TRUTH(A == 0.0))                      \
    ROWS(multiply_then_add, suffix, target, A *B + C)                    \
    ROWS(multiply_then_subtract, suffix, target, C - A * B)              \
    ROWS(copy, suffix, target, A)
ALL_ROWS(, )
#if defined(__x86_64__)
ALL_ROWS(_avx2, __attribute__((target("avx2"))))
ALL_ROWS(_avx512, __attribute__((target("avx512f"))))
#define WIDTHS_OF(name) {name, name##_avx2, name##_avx512}
#else
#define WIDTHS_OF(name) {name, name, name}
#endif
#define ROWS_OF(name) WIDTHS_OF(name##_rows)

/* What is around the groups of rows: of the numbers that all rows share some stand there once, at the
   begin, and those from ``first`` on in all lanes after them; results are added up, as far as there are
   rows, or put where they wait. */
#define AROUND_ROWS(suffix, target)                                                              \
    target static void share_rows##suffix(double *memory, const double *shared, int64_t once,    \
                                          int64_t first, int64_t n) {                            \
        Lanes *v = (Lanes *)memory + (once + 7) / 8 - first;                                     \
        memcpy(memory, shared, (size_t)once * sizeof(double));                                   \
        for (int64_t i = first; i < n; i++)                                                      \
            v[i] = shared[i] - (Lanes){0};                                                       \
    }                                                                                            \
    target static void sum_rows##suffix(const double *memory, const int32_t *places, int64_t n,  \
                                        double *sums, int64_t rows) {                            \
        const Lanes *v = (const Lanes *)memory;                                                  \
        Lanes *to = (Lanes *)sums;                                                               \
        const int32_t *which = places + n;                                                       \
        Bits is_row = (Bits){0, 1, 2, 3, 4, 5, 6, 7} < rows;                                     \
        for (int64_t i = 0; i < n; i++) {                                                        \
            Lanes before = to[which[i]], total = before + v[places[i]];                          \
            to[which[i]] = (Lanes)(((Bits)total & is_row) | ((Bits)before & ~is_row));           \
        }                                                                                        \
    }                                                                                            \
    target static void put_rows##suffix(const double *memory, const int32_t *places, int64_t n,  \
                                        double *results, int64_t rows) {                         \
        const Lanes *v = (const Lanes *)memory;                                                  \
        (void)rows;                                                                              \
        for (int64_t i = 0; i < n; i++)                                                          \
            ((Lanes *)results)[i] = v[places[i]];                                                \
    }
AROUND_ROWS(, )
#if defined(__x86_64__)
AROUND_ROWS(_avx2, __attribute__((target("avx2"))))
AROUND_ROWS(_avx512, __attribute__((target("avx512f"))))
#endif

#define BOTH(name, arity) {#name, arity, name##_numbers, ROWS_OF(name)}
static const struct {
    const char *opcode;
    Py_ssize_t arity;
    Kernel *numbers, *rows[3]; /* of rows for processors without AVX2, with it, and with AVX-512 */
} KERNELS[] = {
    BOTH(add, 2),    BOTH(subtract, 2), BOTH(multiply, 2),          BOTH(divide, 2),
    BOTH(negative, 1), BOTH(abs, 1),      BOTH(where, 3),             BOTH(less, 2),
    BOTH(less_equal, 2), BOTH(both, 2),     BOTH(either, 2),            BOTH(opposite, 1),
    BOTH(copy, 1),   BOTH(multiply_then_add, 3), BOTH(multiply_then_subtract, 3),
};

static const struct {
    const char *opcode, *how;
    Kernel *rows[3];
} OTHERS[] = {
    {"add", "shared", WIDTHS_OF(add_shared)},
    {"multiply", "shared", WIDTHS_OF(multiply_shared)},
    {"multiply_then_add", "shared", WIDTHS_OF(multiply_then_add_shared)},
    {"multiply_then_subtract", "shared", WIDTHS_OF(multiply_then_subtract_shared)},
    {"multiply", "summed", WIDTHS_OF(multiply_summed)},
};

/* Return the widest vectors that the processor has: 0, or 1 for AVX2, or 2 for AVX-512. */
static int widest(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") ? 2 : __builtin_cpu_supports("avx2") ? 1 : 0;
#else
    return 0;
#endif
}

/* What a call is handed (WORDS in autograd/backends/llvm/group_calls.py). */
typedef struct {
    double *v;
    const int32_t *lists;
    const Group *groups;
    int64_t count;
    const int32_t *places;
    const int64_t *sizes;
    int64_t outputs, numbers;
    const struct {
        int64_t place, bytes;
    } *read;
    int64_t inputs;
} Words;

/* A NumPy array keeps the address of its numbers after the head of its object. */
static void *data_of(const void *array) {
    return *(void **)((const char *)array + sizeof(PyObject));
}

/* Copy the arrays that are read, run the groups, and put the results into arrays, the last ones among
   the plain results. Return 1 where one is nan. */
static int64_t call_groups(const Words *given, void *const *arrays, double *plain) {
    double *v = given->v;
    const int32_t *places = given->places;
    int is_nan = 0;
    for (int64_t k = 0; k < given->inputs; k++)
        memcpy(v + given->read[k].place, data_of(arrays[k]), (size_t)given->read[k].bytes);
    for (int64_t g = 0; g < given->count; g++) {
        const Group *of = &given->groups[g];
        of->kernel(v, given->lists, of->count, of->result, of->operands[0], of->operands[1],
                   of->operands[2]);
    }
    for (int64_t i = 0; i <= given->outputs; i++) {
        double *to = i < given->outputs ? data_of(arrays[given->inputs + i]) : plain;
        int64_t size = i < given->outputs ? given->sizes[i] : given->numbers;
        for (int64_t j = 0; j < size; j++) {
            to[j] = v[places[j]];
            is_nan |= to[j] != to[j];
        }
        places += size;
    }
    return is_nan;
}

/* Add an address under (opcode, how). */
static int set_address(PyObject *dict, const char *opcode, PyObject *how, void *address) {
    PyObject *key = Py_BuildValue("(sO)", opcode, how), *value = PyLong_FromVoidPtr(address);
    int is_set = key != NULL && value != NULL && PyDict_SetItem(dict, key, value) == 0;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return is_set ? 0 : -1;
}

/* group_kernels(anywhere, rows, most=2): return the addresses of the kernels that there are, by opcode and
   how operands lie: the letter ``anywhere`` for each operand, ``rows``, "shared" or "summed". But for
   the first they use the widest vectors of the processor, at most AVX2's if ``most`` is 1, and none of
   both if it is 0. */
PyObject *group_kernels(PyObject *module, PyObject *args) {
    PyObject *anywhere, *rows, *found = PyDict_New(), *none = PyUnicode_FromString("");
    int width = widest(), most = 2;
    (void)module;
    if (found == NULL || none == NULL || !PyArg_ParseTuple(args, "UU|i", &anywhere, &rows, &most))
        goto failed;
    if (most < width)
        width = most < 0 ? 0 : most;
    for (size_t i = 0; i < sizeof(KERNELS) / sizeof(*KERNELS); i++) {
        const char *opcode = KERNELS[i].opcode;
        PyObject *how = PySequence_Repeat(anywhere, KERNELS[i].arity);
        int is_set = how != NULL && set_address(found, opcode, how, KERNELS[i].numbers) == 0 &&
                     set_address(found, opcode, rows, KERNELS[i].rows[width]) == 0;
        Py_XDECREF(how);
        if (!is_set)
            goto failed;
    }
    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(*OTHERS); i++) {
        PyObject *how = PyUnicode_FromString(OTHERS[i].how);
        int is_set = how != NULL &&
                     set_address(found, OTHERS[i].opcode, how, OTHERS[i].rows[width]) == 0;
        Py_XDECREF(how);
        if (!is_set)
            goto failed;
    }
    void *const share[] = ROWS_OF(share), *const sum[] = ROWS_OF(sum), *const put[] = ROWS_OF(put);
    if (set_address(found, "call", none, call_groups) == 0 &&
        set_address(found, "share", none, share[width]) == 0 &&
        set_address(found, "sum", none, sum[width]) == 0 &&
        set_address(found, "put", none, put[width]) == 0) {
        Py_DECREF(none);
        return found;
    }
failed:
    Py_XDECREF(found);
    Py_XDECREF(none);
    return NULL;
}

#else

PyObject *group_kernels(PyObject *module, PyObject *args) {
    (void)module;
    (void)args;
    return PyDict_New();
}

#endif
