// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/library_file.h"
#include "tests/fuzz/foreign_json.h"

using namespace tessera;

/// A library file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    return libraryOrSentence(data, size, [](const Json &json) {
        return parseLibrary(json, "fuzzed");
    });
}
