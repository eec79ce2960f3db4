// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_config.h"
#include "engine/interop/nemotron_nas.h"
#include "tests/fuzz/foreign_json.h"

using namespace tessera;

/// A config.json with block_configs; the library of what is accepted can build it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    return libraryOrSentence(data, size, [](const Json &json) {
        ModelArchitecture model = parseHfConfig(json, "fuzzed");
        if (model.layers.size() > 64)
            throw badInput("too long for one run");
        BlockLibrary library = libraryOf(model, "fuzzed");
        requireBuildable(library, model.layers, "fuzzed");
        return library;
    });
}
