// Semirings. `Sum` is a sum under way: start(v) holds v, add(s, a, b) makes it
// s ⊕ a ⊗ b, value(s) is the sum as a value. `valid` says what an element is.

__device__ inline double infinity() {
    return __longlong_as_double(0x7ff0000000000000LL);
}

// (ℝ, +, ×): each term costs one rounding, in the order of the terms.
template <class T>
struct Real {
    typedef T Value;
    typedef T Sum;
    __device__ static T zero() { return T(0); }
    __device__ static T one() { return T(1); }
    __device__ static T times(T a, T b) { return a * b; }
    __device__ static Sum start(T v) { return v; }
    __device__ static void add(Sum &s, T a, T b) { s = fma(a, b, s); }
    __device__ static T value(const Sum &s) { return s; }
    __device__ static bool valid(T) { return true; }
};

template <class T>
struct Pair {
    T re, im;
};

// (ℂ, +, ×), stored as real and imaginary part.
template <class T>
struct Complex {
    typedef Pair<T> Value;
    typedef Pair<T> Sum;
    __device__ static Value zero() { return Value{T(0), T(0)}; }
    __device__ static Value one() { return Value{T(1), T(0)}; }
    __device__ static Value times(Value a, Value b) {
        Sum s = zero();
        add(s, a, b);
        return s;
    }
    __device__ static Sum start(Value v) { return v; }
    __device__ static void add(Sum &s, Value a, Value b) {
        s.re = fma(-a.im, b.im, fma(a.re, b.re, s.re));
        s.im = fma(a.im, b.re, fma(a.re, b.im, s.im));
    }
    __device__ static Value value(const Sum &s) { return s; }
    __device__ static bool valid(Value) { return true; }
};

// (ℝ ∪ {-∞}, max, +)
template <class T>
struct MaxPlus {
    typedef T Value;
    typedef T Sum;
    __device__ static T zero() { return T(-infinity()); }
    __device__ static T one() { return T(0); }
    __device__ static T times(T a, T b) { return a + b; }
    __device__ static Sum start(T v) { return v; }
    __device__ static void add(Sum &s, T a, T b) { s = a + b > s ? a + b : s; }
    __device__ static T value(const Sum &s) { return s; }
    __device__ static bool valid(T) { return true; }
};

// (ℝ ∪ {∞}, min, +)
template <class T>
struct MinPlus {
    typedef T Value;
    typedef T Sum;
    __device__ static T zero() { return T(infinity()); }
    __device__ static T one() { return T(0); }
    __device__ static T times(T a, T b) { return a + b; }
    __device__ static Sum start(T v) { return v; }
    __device__ static void add(Sum &s, T a, T b) { s = a + b < s ? a + b : s; }
    __device__ static T value(const Sum &s) { return s; }
    __device__ static bool valid(T) { return true; }
};

// (ℝ ∪ {-∞}, log(eˣ + eʸ), +): a sum is log(total) + peak, with the largest term as
// peak, so that no exponential exceeds 1; one exponential for each term, one logarithm
// for each sum.
template <class T>
struct Log {
    typedef T Value;
    struct Sum {
        T peak, total;
    };
    __device__ static T zero() { return T(-infinity()); }
    __device__ static T one() { return T(0); }
    __device__ static T times(T a, T b) { return a + b; }
    __device__ static Sum start(T v) { return Sum{v, v > zero() ? T(1) : T(0)}; }
    __device__ static void add(Sum &s, T a, T b) {
        const T term = a + b;
        if (term > s.peak) {
            s.total = s.total * exp(s.peak - term) + T(1);
            s.peak = term;
        } else if (term > zero()) {
            s.total += exp(term - s.peak);
        }
    }
    __device__ static T value(const Sum &s) {
        return s.total > T(0) ? s.peak + log(s.total) : zero();
    }
    __device__ static bool valid(T) { return true; }
};

// ({0, 1}, or, and), one byte for each value.
struct Boolean {
    typedef byte Value;
    typedef byte Sum;
    __device__ static Value zero() { return 0; }
    __device__ static Value one() { return 1; }
    __device__ static Value times(Value a, Value b) { return a & b; }
    __device__ static Sum start(Value v) { return v; }
    __device__ static void add(Sum &s, Value a, Value b) { s |= a & b; }
    __device__ static Value value(const Sum &s) { return s; }
    __device__ static bool valid(Value v) { return v <= 1; }
};

#ifdef MODULUS
// ℤ/m, m ≤ 2³¹, as 0, …, m - 1. A sum stays below m² ≤ 2⁶² by subtracting m², which is
// 0 modulo m, and is divided once. The compiler knows m: it divides by multiplying.
struct Modular {
    typedef uint64 Value;
    typedef uint64 Sum;
    static constexpr uint64 M = MODULUS;
    __device__ static Value zero() { return 0; }
    __device__ static Value one() { return 1; }
    __device__ static Value times(Value a, Value b) { return a * b % M; }
    __device__ static Sum start(Value v) { return v; }
    __device__ static void add(Sum &s, Value a, Value b) {
        s += a * b;
        if (s >= M * M) s -= M * M;
    }
    __device__ static Value value(const Sum &s) { return s % M; }
    __device__ static bool valid(Value v) { return v < M; }
};
#endif
