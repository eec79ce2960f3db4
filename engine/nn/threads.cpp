// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/threads.h"

#include <algorithm>
#include <thread>

#include <sched.h>
#include <torch/torch.h>

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
    return at::get_num_threads();
}

} // namespace tessera::nn
