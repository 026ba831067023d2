// Matrices N × N over a semiring, and affine maps with BIAS rows of their own.
//
//     (A, b)(A', b') = (A A', b A' ⊕ b'),    s(A, b) = s A ⊕ b
//
// A thread holds one row of a product, or of a state, in N registers. Rows never meet:
// row i of P A is (row i of P) A. So N threads, which read the same A from shared
// memory, one address for all of them, share a chain; a thread with the whole product
// would need N² registers, and there would be N times fewer threads.

typedef ALGEBRA Algebra;

struct Action {
    typedef Algebra::Value Value;
    static constexpr int ROW = N * (int)sizeof(Value);
    static constexpr int FIRST = N * ROW, SECOND = BIAS * ROW;
    static constexpr int OUT_FIRST = STATES ? LANES * ROW : FIRST;
    static constexpr int OUT_SECOND = STATES ? 0 : SECOND;

    struct Row {
        Value entries[N];
    };

    // Which bias is added to a row: none where negative.
    __device__ static int bias_of(int lane) { return STATES ? lane : lane - N; }

    __device__ static Row unit(int lane) {
        Row row;
        for (int j = 0; j < N; j++)
            row.entries[j] = j == lane ? Algebra::one() : Algebra::zero();
        return row;
    }

    __device__ static Row load(const byte *first, const byte *second, int lane) {
        const bool matrix = STATES || lane < N;
        return *(const Row *)(matrix ? first + lane * ROW : second + (lane - N) * ROW);
    }

    __device__ static void save(const Row &row, byte *first, byte *second, int lane) {
        const bool matrix = STATES || lane < N;
        *(Row *)(matrix ? first + lane * ROW : second + (lane - N) * ROW) = row;
    }

    __device__ static void step(
        Row &row, const byte *first, const byte *second, int lane, int *fault) {
        const Value *matrix = (const Value *)first, *bias = (const Value *)second;
        const bool biased = BIAS > 0 && bias_of(lane) >= 0;
        bool valid = true;
        Algebra::Sum sums[N];
#pragma unroll
        for (int j = 0; j < N; j++)
            sums[j] = Algebra::start(
                biased ? bias[bias_of(lane) * N + j] : Algebra::zero());
#pragma unroll
        for (int k = 0; k < N; k++)
#pragma unroll
            for (int j = 0; j < N; j++) {
                const Value entry = matrix[k * N + j];
                valid &= Algebra::valid(entry);
                Algebra::add(sums[j], row.entries[k], entry);
            }
#pragma unroll
        for (int j = 0; j < N; j++) row.entries[j] = Algebra::value(sums[j]);
        if (!valid) *fault = VALUE_OUTSIDE;
    }
};
