// Maps of N states, f: q ↦ f[q], and if SCALED matrices with one entry d_i in each row
// i, at column f(i), over a semiring.
//
//     (f, d)(f', d') = (i ↦ f'(f(i)), d_i ⊗ d'_{f(i)})
//
// A thread follows one state: a step is one look-up in each component. The states of a
// run (unscaled) take one thread for each chain.

typedef ALGEBRA Algebra;

struct Action {
    typedef Algebra::Value Value;
    static constexpr int FIRST = N * (int)sizeof(INDEX);
    static constexpr int SECOND = SCALED ? N * (int)sizeof(Value) : 0;
    static constexpr int OUT_FIRST = STATES ? (int)sizeof(INDEX) : FIRST;
    static constexpr int OUT_SECOND = STATES ? 0 : SECOND;

    struct Row {
        INDEX at;
        Value scale;
    };

    __device__ static Row unit(int lane) { return Row{(INDEX)lane, Algebra::one()}; }

    __device__ static Row load(const byte *first, const byte *second, int lane) {
        Row row = unit(lane);
        row.at = ((const INDEX *)first)[lane];
        if (SCALED) row.scale = ((const Value *)second)[lane];
        return row;
    }

    __device__ static void save(const Row &row, byte *first, byte *second, int lane) {
        ((INDEX *)first)[lane] = row.at;
        if (SCALED) ((Value *)second)[lane] = row.scale;
    }

    __device__ static void step(
        Row &row, const byte *first, const byte *second, int, int *fault) {
        if (SCALED) {
            const Value scale = ((const Value *)second)[row.at];
            if (!Algebra::valid(scale)) *fault = VALUE_OUTSIDE;
            row.scale = Algebra::times(row.scale, scale);
        }
        const INDEX next = ((const INDEX *)first)[row.at];
        const bool inside = (uint64)next < N;
        if (!inside) *fault = INDEX_OUTSIDE;
        row.at = inside ? next : (INDEX)0;
    }
};
