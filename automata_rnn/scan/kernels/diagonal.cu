// Diagonal maps of N numbers over a semiring, with a bias if BIAS.
//
//     (a, b)(a', b') = (a ⊗ a', b ⊗ a' ⊕ b'),    s(a, b) = s ⊗ a ⊕ b
//
// A thread holds one place of the product or the state; places never meet.

typedef ALGEBRA Algebra;

struct Action {
    typedef Algebra::Value Value;
    static constexpr int FIRST = N * (int)sizeof(Value);
    static constexpr int SECOND = BIAS ? FIRST : 0;
    static constexpr int OUT_FIRST = FIRST, OUT_SECOND = STATES ? 0 : SECOND;

    // What moves through the maps: the bias so far or the state; and the gates so far.
    struct Row {
        Value moved, gate;
    };
    static constexpr bool MOVES = STATES || BIAS, GATES = !STATES;

    __device__ static Row unit(int) { return Row{Algebra::zero(), Algebra::one()}; }

    __device__ static Row load(const byte *first, const byte *second, int lane) {
        Row row = unit(lane);
        if (GATES) row.gate = ((const Value *)first)[lane];
        if (MOVES) row.moved = ((const Value *)(STATES ? first : second))[lane];
        return row;
    }

    __device__ static void save(const Row &row, byte *first, byte *second, int lane) {
        if (GATES) ((Value *)first)[lane] = row.gate;
        if (MOVES) ((Value *)(STATES ? first : second))[lane] = row.moved;
    }

    __device__ static void step(
        Row &row, const byte *first, const byte *second, int lane, int *fault) {
        const Value gate = ((const Value *)first)[lane];
        const Value bias = BIAS ? ((const Value *)second)[lane] : Algebra::zero();
        Algebra::Sum sum = Algebra::start(bias);
        Algebra::add(sum, row.moved, gate);
        row.moved = Algebra::value(sum);
        row.gate = Algebra::times(row.gate, gate);
        if (!Algebra::valid(gate) || !Algebra::valid(bias)) *fault = VALUE_OUTSIDE;
    }
};
