// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/puzzletron.h"
#include "tests/fuzz/foreign_json.h"

using namespace tessera;

/// The files of a Puzzletron run as members of one object.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    return libraryOrSentence(data, size, [](const Json &json) {
        PuzzletronRun run{"fuzzed", part(json, "config"), part(json, "replacements"), part(json, "statistics"), part(json, "teacher"), {}};
        for (const Json &solution : part(json, "solutions"))
            run.solutions.emplace_back("solution_0.json", solution);
        return parsePuzzletron(run);
    });
}
