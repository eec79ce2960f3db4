// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/interop/cost_file.h"
#include "engine/interop/library_file.h"
#include "engine/store/library_rows.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <unistd.h>

using namespace tessera;

namespace {

/// A project of two layers to hold costs against, made once.
const Project &project()
{
    static const Project made = [] {
        const std::filesystem::path path = std::filesystem::temp_directory_path() / ("fuzz-costs-" + std::to_string(::getpid()) + ".tessera");
        const Json layer = parseJson(R"({"parent": "attention=gqa:2+ffn=width:8", "blocks": [{"block": "attention=gqa:2"}, {"block": "attention=none"},
                                        {"block": "ffn=width:8"}, {"block": "ffn=none"}]})", "layer");
        saveLibrary(path, parseLibrary({{"layers", {layer, layer}}}, "library"));
        Project opened = Project::openForReading(path);
        std::filesystem::remove(path); // the descriptor keeps it
        return opened;
    }();
    return made;
}

} // namespace

/// Costs that were found elsewhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    try {
        parseCostFile(parseJson(std::string_view(reinterpret_cast<const char *>(data), size), "fuzzed"), project(), "fuzzed");
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
    return 0;
}
