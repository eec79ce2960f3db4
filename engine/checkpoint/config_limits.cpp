// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_limits.h"

#include "engine/base/error.h"

#include <array>
#include <cmath>
#include <cstdint>

namespace tessera {
namespace {

struct SizeRow {
    const char *what;
    std::int64_t ModelConfig::*size;
    std::int64_t largest;
};
// With these the bytes of all tensors of all layers fit an int64, and a layer list fits memory.
constexpr std::array kSizes{
    SizeRow{"hidden size", &ModelConfig::hidden, 1 << 20},
    SizeRow{"number of layers", &ModelConfig::layers, 4096},
    SizeRow{"vocabulary size", &ModelConfig::vocabulary, 1 << 28},
    SizeRow{"number of query heads", &ModelConfig::heads, 1 << 12},
    SizeRow{"number of kv heads", &ModelConfig::kvHeads, 1 << 12},
    SizeRow{"head dimension", &ModelConfig::headDim, 1 << 12},
    SizeRow{"FFN width", &ModelConfig::ffnWidth, 1 << 24},
    SizeRow{"context length", &ModelConfig::context, INT32_MAX},
};

} // namespace

void checkLimits(const ModelConfig &config, const std::string &where)
{
    for (const SizeRow &row : kSizes) {
        std::int64_t size = config.*row.size;
        if (size < 1 || size > row.largest)
            throw badInput(where + " gives a " + row.what + " of " + std::to_string(size) + "; it must be between 1 and "
                           + std::to_string(row.largest));
    }
    if (config.heads % config.kvHeads != 0)
        throw badInput(where + " gives " + std::to_string(config.kvHeads) + " kv heads, which do not divide the "
                       + std::to_string(config.heads) + " query heads");
    if (config.headDim % 2 != 0)
        throw badInput(where + " gives an odd head dimension of " + std::to_string(config.headDim)
                       + "; rotary embeddings turn pairs");
    if (!(config.normEpsilon >= 0 && config.normEpsilon <= 1))
        throw badInput(where + " gives an RMS norm epsilon that is not between 0 and 1");
    if (!(config.ropeBase > 0) || !std::isfinite(config.ropeBase))
        throw badInput(where + " gives a rope base that is not positive");
    const RopeScaling &scaling = config.ropeScaling;
    if (!(scaling.factor > 0) || !std::isfinite(scaling.factor))
        throw badInput(where + " gives a rope scaling factor that is not positive");
    if (scaling.kind == RopeScaling::Kind::Llama3
        && (!(scaling.lowFrequencyFactor > 0) || !(scaling.highFrequencyFactor > scaling.lowFrequencyFactor)
            || !std::isfinite(scaling.highFrequencyFactor) || scaling.originalContext < 1))
        throw badInput(where + " gives llama3 rope scaling whose frequency factors are not 0 < low < high or whose original "
                               "context is not positive");
}

} // namespace tessera
