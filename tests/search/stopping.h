// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"

#include <chrono>
#include <functional>
#include <vector>

namespace tessera::instances {

/// Runs work on this thread and asks it to stop after a while: for how many milliseconds this thread went on computing. Its
/// own processor time, so that a busy machine does not count.
double millisecondsAfterStop(const StopToken &stop, std::chrono::milliseconds after, const std::function<void()> &work);

/// What several requests found: the usual lateness is the program's, a single late one may be the machine's, whose processors
/// are others' too and count what was taken from them.
struct Lateness {
    double median = 0; ///< ms
    double greatest = 0; ///< ms
};
Lateness latenessOf(std::vector<double> milliseconds);

/// How much slower than the release everything may be in this build.
double slownessOfThisBuild();

} // namespace tessera::instances
