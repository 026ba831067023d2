// Boolean matrices N × N, N ≤ 64, each row the bits of one integer: bit j of row i is
// A[i, j].
//
//     row i of P A = or of the rows k of A for which bit k of row i of P is set
//
// A thread holds one row. It reads every row of A, wanted or not: the threads of a
// chain then read one address at a time and never part ways. Bits from N on change
// nothing.

struct Action {
    static constexpr int FIRST = N * 8, SECOND = 0;
    static constexpr int OUT_FIRST = STATES ? 8 : FIRST, OUT_SECOND = 0;
    typedef uint64 Row;

    __device__ static Row unit(int lane) { return Row(1) << lane; }

    __device__ static Row load(const byte *first, const byte *, int lane) {
        return ((const uint64 *)first)[lane];
    }

    __device__ static void save(const Row &row, byte *first, byte *, int lane) {
        ((uint64 *)first)[lane] = row;
    }

    __device__ static void step(
        Row &row, const byte *first, const byte *, int, int *) {
        const uint64 *matrix = (const uint64 *)first;
        uint64 result = 0;
#pragma unroll 8
        for (int k = 0; k < N; k++) result |= (0 - (row >> k & 1)) & matrix[k];
        row = result;
    }
};
