// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/threads.h"

#include <algorithm>
#include <thread>

#include <sched.h>
#include <torch/torch.h>

// OpenBLAS has threads of its own, and with more than one of them its products can end in other bits when the machine is
// busy. Missing where LibTorch brings another BLAS.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace tessera::nn {
namespace {

int availableThreads()
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return CPU_COUNT(&allowed);
    return static_cast<int>(std::thread::hardware_concurrency());
}

} // namespace

int useThreads(int threads)
{
    at::set_num_threads(std::max(1, threads > 0 ? threads : availableThreads()));
    if (openblas_set_num_threads)
        openblas_set_num_threads(at::get_num_threads());
    return at::get_num_threads();
}

} // namespace tessera::nn
