// CUDA's blocks, threads, shared memory and barriers on a CPU, to test the logic of the
// kernels where there is no GPU: the same .cu source, compiled as C++20 after this
// header. One thread of the operating system for each thread of a block; blocks run one
// after the other. Nothing here is fast, and nothing shows how memory behaves there.

#pragma once
#include <barrier>
#include <cmath>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#define __device__
#define __forceinline__ inline
#define DYNAMIC_SHARED(name) unsigned char *name = emulated::shared;

namespace emulated {

struct Index {
    unsigned x = 0, y = 0, z = 0;
};

inline thread_local Index thread_index, block_index;
inline unsigned char *shared;
inline std::unique_ptr<std::barrier<>> meeting;

constexpr int GUARD = 64;
constexpr unsigned char MARK = 0xA5;

// Runs the kernel for every block; false if it wrote behind its shared memory, which
// holds MARK before each block, so that no kernel passes by finding zeros there.
template <class Kernel>
bool launch(long long across, long long down, int threads, size_t size, Kernel kernel) {
    std::vector<unsigned char> memory(size + GUARD + 16);
    shared = memory.data() + (16 - (size_t)memory.data() % 16) % 16;
    meeting = std::make_unique<std::barrier<>>(threads);
    auto run = [&](int number) {
        thread_index.x = number;
        for (long long block = 0; block < across * down; block++) {
            if (number == 0) std::memset(shared, MARK, size + GUARD);
            block_index.x = block % across;
            block_index.y = block / across;
            meeting->arrive_and_wait();
            kernel();
            meeting->arrive_and_wait();
        }
    };
    std::vector<std::thread> others;
    for (int number = 1; number < threads; number++) others.emplace_back(run, number);
    run(0);
    for (auto &other : others) other.join();
    for (int i = 0; i < GUARD; i++)
        if (shared[size + i] != MARK && across * down > 0) return false;
    return true;
}

}  // namespace emulated

#define threadIdx emulated::thread_index
#define blockIdx emulated::block_index

inline void __syncthreads() { emulated::meeting->arrive_and_wait(); }

inline double __longlong_as_double(long long bits) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

using std::exp;
using std::fma;
using std::log;

#define KERNEL(name, body)                                                          \
    extern "C" bool name(long long across, long long down, int threads, size_t size, \
                         PARAMETERS) {                                               \
        return emulated::launch(across, down, threads, size, [&] { body; });         \
    }
