// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/nvlabs.h"
#include "tests/fuzz/foreign_json.h"

using namespace tessera;

/// The three files of NVlabs' demonstration as members of one object.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    return libraryOrSentence(data, size, [](const Json &json) {
        return parseNvlabs(part(json, "library"), part(json, "measurement"), part(json, "parent"), "fuzzed");
    });
}
