// Rows of products of larger matrices: a block holds ROWS rows of one chain in shared
// memory and multiplies them by one matrix after the other.
//
//     rows ← rows A_t,    a thread sums 4 × 4 entries in registers,
//
// while panels of DEPTH rows of A_t pass through shared memory. 8 values read for 16
// multiplications keep shared memory below the arithmetic. Rows never meet, so blocks
// never wait for each other. Elements, chains and passes are those of walk.cu, which
// argues the bytes; here each block of rows reads A_t anew, N / ROWS times in all and
// from the L2 cache but for the first. For N ≥ 64 arithmetic, 2 N³ for 3 N² values
// moved, takes longer than memory does. Sums are in the order of the terms, in the
// precision of the values: no tensor cores.

typedef ALGEBRA Algebra;
typedef Algebra::Value Value;

constexpr int MICRO = 4;
constexpr int COLUMNS = (N + MICRO - 1) / MICRO, WIDTH = MICRO * COLUMNS;
constexpr int ROWS = MICRO * GROUPS, DEPTH = STAGE;
constexpr int64 MATRIX = (int64)N * N, OUT = STATES ? LANES * N : MATRIX;

// Row `i` of the rows that are stored in two components, a product (A, b) or a state.
__device__ Value *row_at(const byte *first, const byte *second, int i) {
    const byte *at = STATES || i < N ? first : second;
    return (Value *)at + (int64)(STATES || i < N ? i : i - N) * N;
}

// Rows top, …, top + ROWS - 1, padded with zeros to WIDTH.
__device__ void load_rows(
    Value *rows, const byte *first, const byte *second, int top) {
    for (int i = threadIdx.x; i < ROWS * WIDTH; i += THREADS) {
        const int row = top + i / WIDTH, column = i % WIDTH;
        Value value = Algebra::zero();
        if (row < LANES && column < N) {
            if (first)
                value = row_at(first, second, row)[column];
            else if (row == column)
                value = Algebra::one();
        }
        rows[i] = value;
    }
}

__device__ void save_rows(
    const Value *rows, byte *first, byte *second, int top) {
    for (int i = threadIdx.x; i < ROWS * N; i += THREADS) {
        const int row = top + i / N, column = i % N;
        if (row < LANES)
            row_at(first, second, row)[column] = rows[i / N * WIDTH + column];
    }
}

// rows ← rows · matrix (⊕ bias, in rows that are a state or the bias of a product).
__device__ void multiply(
    Value *rows, Value *panel, const Value *matrix, const Value *bias, int top,
    int *fault) {
    const int column = threadIdx.x % COLUMNS * MICRO;
    const int group = threadIdx.x / COLUMNS * MICRO;
    const bool busy = group < ROWS;
    Algebra::Sum sums[MICRO][MICRO];
    for (int i = 0; i < MICRO; i++)
        for (int j = 0; j < MICRO; j++) {
            const int which = top + group + i - (STATES ? 0 : N);
            const bool biased = BIAS > 0 && which >= 0 && which < BIAS && column + j < N;
            sums[i][j] = Algebra::start(
                biased ? bias[which * N + column + j] : Algebra::zero());
        }
    for (int start = 0; start < N; start += DEPTH) {
        __syncthreads();
        for (int i = threadIdx.x; i < DEPTH * WIDTH; i += THREADS) {
            const int k = start + i / WIDTH, j = i % WIDTH;
            const bool inside = k < N && j < N;
            panel[i] = inside ? matrix[(int64)k * N + j] : Algebra::zero();
            if (!Algebra::valid(panel[i])) *fault = VALUE_OUTSIDE;
        }
        __syncthreads();
        for (int k = 0; busy && k < DEPTH && start + k < N; k++)
#pragma unroll
            for (int i = 0; i < MICRO; i++)
#pragma unroll
                for (int j = 0; j < MICRO; j++)
                    Algebra::add(sums[i][j], rows[(group + i) * WIDTH + start + k],
                                 panel[k * WIDTH + column + j]);
    }
    __syncthreads();
    for (int i = 0; busy && i < MICRO; i++)
        for (int j = 0; j < MICRO; j++)
            rows[(group + i) * WIDTH + column + j] = Algebra::value(sums[i][j]);
    __syncthreads();
}

__device__ void walk(const Walk w) {
    DYNAMIC_SHARED(pool)
    Value *rows = (Value *)pool, *panel = rows + ROWS * WIDTH;
    const int64 chain = blockIdx.x, sequence = chain / w.per_sequence;
    const int top = blockIdx.y * ROWS;
    const Span span = Span::of(w, chain);
    const int64 first_size = OUT * sizeof(Value);
    const int64 second_size = STATES ? 0 : (int64)BIAS * N * sizeof(Value);

    if (w.carry_first && chain % w.per_sequence)
        load_rows(rows, w.carry_first + (chain - 1) * first_size,
                  w.carry_second + (chain - 1) * second_size, top);
    else if (w.initial_first) {
        const int64 at = sequence * w.initial_stride;
        load_rows(rows, w.initial_first + at * first_size,
                  w.initial_second + at * second_size, top);
    } else
        load_rows(rows, nullptr, nullptr, top);

    for (int64 t = 0; t < span.count; t++) {
        const int64 at = span.begin + t;
        if (t < span.live) {
            const int64 code = CODED ? checked(w.codes[at], w) : at;
            multiply(rows, panel, (const Value *)w.first + code * MATRIX,
                     (const Value *)w.second + code * BIAS * N, top, w.fault);
        } else
            __syncthreads();
        if (EVERY) {
            save_rows(rows, w.out_first + at * first_size,
                      w.out_second + at * second_size, top);
        }
    }
    __syncthreads();
    if (!EVERY)
        save_rows(rows, w.out_first + chain * first_size,
                  w.out_second + chain * second_size, top);
}

KERNEL(ENTRY, walk(WALK))
