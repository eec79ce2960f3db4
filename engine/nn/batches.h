// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/device.h"

#include "engine/protocol/work_context.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace tessera::nn {

/// Calls work(first, count) for all of [0, total) in batches of at most batch. Where the device has too little memory for one, batch is
/// halved from there on, and work is called again for what failed: it must leave nothing behind before it is done. Returns what
/// there is to note about it, empty where all went well. Throws as work does, where a batch of 1 is too large also Error (Failed).
template <typename Work> std::string forBatches(std::int64_t total, std::int64_t batch, const Work &work)
{
    std::string note;
    for (std::int64_t first = 0; first < total;) {
        const std::int64_t count = std::min(batch, total - first);
        try {
            work(first, count);
            first += count;
        } catch (const c10::Error &error) {
            if (!isOutOfMemory(error) || count == 1)
                throw;
            batch = count / 2;
            note = "the device's memory allows no more than " + std::to_string(batch) + " windows at once";
            releaseUnused();
        }
    }
    return note;
}

} // namespace tessera::nn
