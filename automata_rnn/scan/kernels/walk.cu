// Rows that walk along chains of elements, one thread for each row: LANES neighbouring
// threads share a chain, SLOTS chains share a block.
//
// Reduce-then-scan is this one kernel, run three times (`gpu/schedule.py`):
//
//     totals:  the product of each chain, from the identity;
//     carries: the same problem on the totals, which are CHUNK times fewer;
//     results: each chain again, from the carry before it.
//
// Bytes moved for each step, with elements of e bytes and results of r bytes:
//
//     all prefixes   e (totals) + e + r (results)       3 n² values for matrices
//     last product   e                                    n² values
//     states         2 e + r; from codes 2 codes + r      n values and 2 codes
//     final state    e; from codes one code
//     codes with tables of words take WORD letters for each product, without results
//
// plus 1 / chunk of it for the carries. A single pass with look-back would save one
// reading, at most a third, but its carries depend on timing, and floats with them;
// here chunks are fixed and carries go from left to right, so that runs repeat bit for
// bit. Batches of many sequences need no chunks: one chain each, no totals, e + r.
//
// Elements go through shared memory: a thread that reads its own chain from global
// memory touches another line than its neighbour does. The block copies the next STAGE
// elements of each chain, 128 bytes or more in a row, thread after thread; results
// leave the same way. Copies of chains lie 8 bytes more than a multiple of 8 apart, so
// that chains fall on different banks. A table of elements stays in shared memory
// where it fits (SHARED_TABLE): then nothing but codes and results moves.

constexpr int SLOTS = THREADS / LANES;

// STAGE items of so many bytes for each chain of the block.
template <int BYTES_OF_ONE>
struct Pieces {
    static constexpr int BYTES = BYTES_OF_ONE, LENGTH = STAGE * BYTES;
    static constexpr int PITCH = (LENGTH + 7) / 8 * 8 + 8;
    static constexpr int SIZE = BYTES ? SLOTS * PITCH : 0;
    static constexpr int WORDS = (LENGTH + 3) / 4;
};

// Up to 4 of the `left` bytes that follow, at once where both ends are aligned.
__device__ inline void copy_word(byte *to, const byte *from, int64 left) {
    if (left >= 4 && ((uint64)to | (uint64)from) % 4 == 0)
        *(unsigned *)to = *(const unsigned *)from;
    else
        for (int64 j = 0; j < 4 && j < left; j++) to[j] = from[j];
}

// The pieces of all chains of the block from element `done` on, to or from `shared`.
template <class P, bool IN>
__device__ void copy(byte *shared, byte *global, const Span *spans, int64 done) {
    if constexpr (P::BYTES > 0)
        for (int i = threadIdx.x; i < SLOTS * P::WORDS; i += THREADS) {
            const int slot = i / P::WORDS, offset = i % P::WORDS * 4;
            const Span &span = spans[slot];
            const int64 left = smaller(span.count - done, STAGE) * P::BYTES - offset;
            byte *here = shared + slot * P::PITCH + offset;
            byte *there = global + (span.begin + done) * P::BYTES + offset;
            if (IN)
                copy_word(here, there, left);
            else
                copy_word(there, here, left);
        }
}

// Elements of the table: the letters, and if WORD > 1 after them the products of all
// words of WORD letters, in the order of their digits, the first one counting most.
__device__ inline int64 table_length(const Walk &w) {
    int64 words = 1;
    for (int i = 0; i < WORD; i++) words *= w.letters;
    return WORD > 1 ? w.letters + words : w.letters;
}

// Where the product of the next WORD letters is in the table.
__device__ inline int64 word_at(const CODE *codes, const Walk &w) {
    int64 word = 0;
    for (int i = 0; i < WORD; i++) word = word * w.letters + checked(codes[i], w);
    return w.letters + word;
}

// Bytes that a component of the table takes in shared memory.
__device__ inline int64 table_size(const Walk &w, int bytes) {
    return SHARED_TABLE ? (table_length(w) * bytes + 7) / 8 * 8 : 0;
}

__device__ inline const byte *copy_table(byte *to, const byte *from, int64 size) {
    for (int64 i = threadIdx.x * 4; i < size; i += THREADS * 4)
        copy_word(to + i, from + i, size - i);
    return to;
}

__device__ void walk(const Walk w) {
    typedef Pieces<CODED ? (int)sizeof(CODE) : 0> Codes;
    typedef Pieces<CODED ? 0 : Action::FIRST> First;
    typedef Pieces<CODED ? 0 : Action::SECOND> Second;
    typedef Pieces<EVERY ? Action::OUT_FIRST : 0> OutFirst;
    typedef Pieces<EVERY ? Action::OUT_SECOND : 0> OutSecond;

    DYNAMIC_SHARED(pool)
    Span *spans = (Span *)pool;
    byte *first_table = pool + SLOTS * sizeof(Span);
    byte *second_table = first_table + table_size(w, Action::FIRST);
    byte *in_codes = second_table + table_size(w, Action::SECOND);
    byte *in_first = in_codes + Codes::SIZE;
    byte *in_second = in_first + First::SIZE;
    byte *to_first = in_second + Second::SIZE;
    byte *to_second = to_first + OutFirst::SIZE;

    const int slot = threadIdx.x / LANES, lane = threadIdx.x % LANES;
    const int64 block = (int64)blockIdx.x * SLOTS, chain = block + slot;
    const bool busy = slot < SLOTS && chain < w.chains;
    for (int i = threadIdx.x; i < SLOTS; i += THREADS) spans[i] = Span::of(w, block + i);
    const byte *first = w.first, *second = w.second;
    if (SHARED_TABLE) {
        first = copy_table(first_table, first, table_length(w) * Action::FIRST);
        second = copy_table(second_table, second, table_length(w) * Action::SECOND);
    }
    __syncthreads();

    Action::Row row = Action::unit(lane);
    const Span span = busy ? spans[slot] : Span{0, 0, 0};
    const int64 sequence = busy ? chain / w.per_sequence : 0;
    if (busy && w.carry_first && chain % w.per_sequence)
        row = Action::load(w.carry_first + (chain - 1) * Action::OUT_FIRST,
                           w.carry_second + (chain - 1) * Action::OUT_SECOND, lane);
    else if (busy && w.initial_first) {
        const int64 at = sequence * w.initial_stride;
        row = Action::load(w.initial_first + at * Action::OUT_FIRST,
                           w.initial_second + at * Action::OUT_SECOND, lane);
    }

    for (int64 done = 0; done < w.chunk; done += STAGE) {
        copy<Codes, true>(in_codes, (byte *)w.codes, spans, done);
        copy<First, true>(in_first, (byte *)first, spans, done);
        copy<Second, true>(in_second, (byte *)second, spans, done);
        __syncthreads();
        for (int s = 0; s < STAGE && done + s < span.count; s++) {
            if (done + s < span.live) {
                const byte *one, *two;
                if (CODED) {
                    const CODE *codes = (const CODE *)(in_codes + slot * Codes::PITCH);
                    const bool word =
                        WORD > 1 && s + WORD <= STAGE && done + s + WORD <= span.live;
                    const int64 code =
                        word ? word_at(codes + s, w) : checked(codes[s], w);
                    if (word) s += WORD - 1;
                    one = first + code * Action::FIRST;
                    two = second + code * Action::SECOND;
                } else {
                    one = in_first + slot * First::PITCH + s * Action::FIRST;
                    two = in_second + slot * Second::PITCH + s * Action::SECOND;
                }
                Action::step(row, one, two, lane, w.fault);
            }
            if (EVERY)
                Action::save(
                    row, to_first + slot * OutFirst::PITCH + s * Action::OUT_FIRST,
                    to_second + slot * OutSecond::PITCH + s * Action::OUT_SECOND, lane);
        }
        __syncthreads();
        copy<OutFirst, false>(to_first, w.out_first, spans, done);
        copy<OutSecond, false>(to_second, w.out_second, spans, done);
    }
    if (!EVERY && busy)
        Action::save(row, w.out_first + chain * Action::OUT_FIRST,
                     w.out_second + chain * Action::OUT_SECOND, lane);
}

KERNEL(ENTRY, walk(WALK))
