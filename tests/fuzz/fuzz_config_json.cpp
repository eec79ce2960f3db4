// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/checkpoint/hf_folder.h"

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

using namespace tessera;

namespace {

void sentenceOrResult(const std::function<void()> &read)
{
    try {
        read();
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
}

void roundTrip(const ModelArchitecture &model)
{
    if (parametersOf(model) < 0)
        std::abort();
    if (model.config.qkvBias != model.config.outputBias)
        return;
    ModelArchitecture again = parseHfConfig(toHfConfig(model, StoredType::F32), "again");
    if (again.layers != model.layers || parametersOf(again) != parametersOf(model))
        std::abort();
}

} // namespace

/// Any text as config.json, generation_config.json and shard index; an accepted model can be written and read back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char *>(data), size);
    sentenceOrResult([&] { roundTrip(parseHfConfig(parseJson(text, "config.json"), "config.json")); });
    sentenceOrResult([&] {
        ModelConfig config;
        applyGenerationConfig(parseJson(text, "generation_config.json"), "generation_config.json", config);
    });
    sentenceOrResult([&] { parseShardIndex(parseJson(text, "index", 4), "index"); });
    return 0;
}
