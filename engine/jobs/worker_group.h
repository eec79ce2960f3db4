// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/jobs/worker_process.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tessera {

/// The parts of a request that several workers may do at the same time: each of its items lies in exactly one of them, in its order, dealt
/// out in turn so that every part has early and late layers. Parts after the first have a scratch folder of their own. "score",
/// "fit" and "distill" can be divided; anything else, and what is too small, is one part. At most parts of them, none empty.
std::vector<Json> dividedRequest(const std::string &method, const Json &request, std::size_t parts);

/// One or more workers that share the items of each call. Used by one thread at a time.
class WorkerGroup {
public:
    /// options: one of each worker, at least one; all hold the first one's lock. Throws as WorkerProcess does.
    WorkerGroup(const std::vector<WorkerOptions> &options, const StopToken &stop);

    std::size_t size() const { return m_workers.size(); }
    const WorkerInfo &info(std::size_t worker = 0) const { return m_workers.at(worker)->info(); }

    /// As WorkerProcess::call() for every part. Of context's functions only one runs at a time, not always on this thread; progress is the sum
    /// of all parts. The first error stops the other workers and is thrown once they have stopped; what they finished is said.
    void call(const std::string &method, const Json &params, const WorkContext &context);

private:
    std::vector<std::unique_ptr<WorkerProcess>> m_workers;
};

} // namespace tessera
