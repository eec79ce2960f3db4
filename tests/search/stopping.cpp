// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/search/stopping.h"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <thread>

#include <pthread.h>

namespace tessera::instances {
namespace {

double millisecondsOf(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

} // namespace

double millisecondsAfterStop(const StopToken &stop, std::chrono::milliseconds after, const std::function<void()> &work)
{
    clockid_t clock{};
    ::pthread_getcpuclockid(::pthread_self(), &clock);
    std::atomic<bool> over = false;
    double asked = -1;
    std::thread hand([&] {
        const auto end = std::chrono::steady_clock::now() + after;
        while (!over && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        asked = millisecondsOf(clock);
        stop.request();
    });
    work();
    const double ended = millisecondsOf(clock);
    over = true;
    hand.join();
    return asked < ended ? ended - asked : 0;
}

Lateness latenessOf(std::vector<double> milliseconds)
{
    const auto middle = milliseconds.begin() + static_cast<std::ptrdiff_t>(milliseconds.size() / 2);
    std::nth_element(milliseconds.begin(), middle, milliseconds.end());
    return {*middle, *std::max_element(middle, milliseconds.end())};
}

double slownessOfThisBuild()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
    return 30;
#else
    return 1;
#endif
}

} // namespace tessera::instances
