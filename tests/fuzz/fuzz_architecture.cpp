// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// The small languages that users write: JSON, blocks, ranges of layers, variant spaces, workloads. What is accepted must be
// read back unchanged from what it prints.
#include "engine/architecture/variant_space.h"
#include "engine/architecture/workload.h"
#include "engine/base/error.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

namespace {

using namespace tessera;

ModelConfig parent()
{
    ModelConfig config;
    config.hidden = 64;
    config.layers = 5;
    config.vocabulary = 100;
    config.heads = 8;
    config.kvHeads = 4;
    config.headDim = 8;
    config.ffnWidth = 192;
    return config;
}

void ifAccepted(const std::function<void()> &work)
{
    try {
        work();
    } catch (const Error &) {
    }
}

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char *>(data), size);
    const ModelConfig config = parent();
    ifAccepted([&] {
        for (const Variant &variant : parseBlock(config, text))
            require(parseVariant(variant.part, shortName(variant)) == variant);
    });
    ifAccepted([&] { require(parseLayers(text, config.layers).size() <= 5); });
    ifAccepted([&] {
        Json json = parseJson(text, "the input");
        ifAccepted([&] {
            Workload workload = parseWorkload(json, "the input");
            require(parseWorkload(toJson(workload), "its copy") == workload);
        });
        ifAccepted([&] {
            VariantSpace space = parseVariantSpace(json, "the input");
            require(toJson(parseVariantSpace(toJson(space), "its copy")) == toJson(space));
            for (std::int64_t layer = 0; layer < config.layers; ++layer)
                require(variantsOf(space, config, layer).size() >= 2);
        });
    });
    return 0;
}
