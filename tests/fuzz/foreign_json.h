// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/cost/block_library.h"
#include "engine/cost/totals.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// Any text as JSON of another tool: a library whose parent can be added up, or a sentence.
template <typename Read> int libraryOrSentence(const std::uint8_t *data, std::size_t size, Read read)
{
    try {
        tessera::Json json = tessera::parseJson(std::string_view(reinterpret_cast<const char *>(data), size), "fuzzed");
        tessera::BlockLibrary library = read(json);
        if (library.workloads.empty() || library.fixed.size() != library.workloads.size())
            std::abort();
        tessera::totalCosts(library, tessera::parentChoice(library), 0);
    } catch (const tessera::Error &error) {
        if (error.kind() != tessera::ErrorKind::BadInput)
            std::abort();
    }
    return 0;
}

/// A member, or null.
inline tessera::Json part(const tessera::Json &json, const char *key)
{
    return json.is_object() && json.contains(key) ? json[key] : tessera::Json();
}
