// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/examination.h"

#include "engine/base/error.h"
#include "engine/jobs/worker_process.h"

#include <algorithm>

namespace tessera {

Examination examine(const std::string &workerCommand, const StopToken &stop)
{
    Examination found{thisProcessor(), describeSystem(), describeLibraries(), nullptr, {}};
    std::string workerError;
    try {
        WorkerOptions how;
        how.command = workerCommand;
        WorkerProcess worker(how, stop);
        WorkContext context;
        context.stop = stop;
        found.worker = worker.call("device", Json::object(), context);
        found.worker["program"] = worker.info().program;
    } catch (const Error &e) {
        if (e.kind() == ErrorKind::Interrupted)
            throw;
        workerError = e.what();
    }
    found.complaints = judge(found.processor, found.system, found.worker, workerError);
    return found;
}

bool healthy(const Examination &found)
{
    return std::ranges::none_of(found.complaints, [](const Complaint &complaint) { return complaint.blocking; });
}

Json toJson(const Examination &found)
{
    Json complaints = Json::array();
    for (const Complaint &complaint : found.complaints)
        complaints.push_back({{"blocking", complaint.blocking}, {"what", complaint.what}, {"remedy", complaint.remedy}});
    return {{"version", TESSERA_VERSION},
            {"healthy", healthy(found)},
            {"processor",
             {{"model", found.processor.model}, {"cores", found.processor.cores}, {"features", found.processor.features}}},
            {"system", found.system},
            {"libraries", found.libraries},
            {"worker", found.worker},
            {"complaints", complaints}};
}

} // namespace tessera
