// Names that every kernel uses, and what a kernel is told.
//
// A source is put together from these files, in this order: macros that say what is
// computed (see `automata_rnn/scan/gpu/source.py`), common.cu, algebra.cu, one file
// that defines `Action`, and walk.cu or tiles.cu.

typedef unsigned char byte;
typedef long long int64;
typedef unsigned long long uint64;

#ifndef KERNEL
#define KERNEL(name, body) \
    extern "C" __global__ void __launch_bounds__(THREADS) name(PARAMETERS) { body; }
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) byte name[];
#endif

enum Fault { CODE_OUTSIDE = 1, INDEX_OUTSIDE = 2, VALUE_OUTSIDE = 4 };  // the last one met

// B sequences of T elements, each cut into C chains of `chunk` elements, the last one
// shorter. Rows are what elements act on: those of a product, or a state.
struct Walk {
    const byte *first, *second;  // components of elements (B, T, ·) or a table (k, ·)
    const CODE *codes;           // (B, T), which choose elements from the table, or null
    const int64 *lengths;        // (B,), from where on elements are identities, or null
    const byte *initial_first, *initial_second;  // rows at the start; null: identity
    int64 initial_stride;        // 1: a start for each sequence; 0: one for all
    const byte *carry_first, *carry_second;  // (B, C, ·), rows after each chain; chain
                                             // c > 0 starts with those after c - 1
    byte *out_first, *out_second;  // rows (B, T, ·) after each element, or (B, C, ·)
                                   // after each chain
    int64 chains, per_sequence, chunk, length, letters;  // B C, C, ·, T, k
    int *fault;                  // gets a Fault, if there is one
};

#define PARAMETERS                                                                  \
    const byte *first, const byte *second, const CODE *codes, const int64 *lengths, \
        const byte *initial_first, const byte *initial_second, int64 initial_stride, \
        const byte *carry_first, const byte *carry_second, byte *out_first,          \
        byte *out_second, int64 chains, int64 per_sequence, int64 chunk,             \
        int64 length, int64 letters, int *fault
#define WALK                                                                        \
    Walk{first,       second,       codes,     lengths,    initial_first,           \
         initial_second, initial_stride, carry_first, carry_second, out_first,      \
         out_second,  chains,       per_sequence, chunk,   length, letters, fault}

__device__ inline int64 smaller(int64 a, int64 b) { return a < b ? a : b; }

// Where a chain lies among all B T elements.
struct Span {
    int64 begin, count;  // its elements
    int64 live;          // so many of them come before the sequence ends; none if < 0

    __device__ static Span of(const Walk &w, int64 chain) {
        if (chain >= w.chains) return Span{0, 0, 0};
        const int64 sequence = chain / w.per_sequence;
        const int64 start = chain % w.per_sequence * w.chunk;
        const int64 count = smaller(w.chunk, w.length - start);
        int64 live = count;
        if (w.lengths) live = smaller(live, w.lengths[sequence] - start);
        return Span{sequence * w.length + start, count, live};
    }
};

// A code of the table; 0 and a fault for one outside, so that no address is wrong.
__device__ inline int64 checked(int64 code, const Walk &w) {
    if (code < w.letters) return code;
    *w.fault = CODE_OUTSIDE;
    return 0;
}
