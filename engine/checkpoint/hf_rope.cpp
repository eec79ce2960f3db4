// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_config.h"

#include "engine/base/error.h"

#include <array>
#include <optional>

namespace tessera {
namespace {

using Kind = RopeScaling::Kind;

RopeScaling readLinear(const Json &rope, const std::string &where, std::int64_t)
{
    RopeScaling scaling{Kind::Linear};
    scaling.factor = requireNumber(rope, "factor", where);
    return scaling;
}

RopeScaling readLlama3(const Json &rope, const std::string &where, std::int64_t context)
{
    RopeScaling scaling{Kind::Llama3};
    scaling.factor = requireNumber(rope, "factor", where);
    scaling.lowFrequencyFactor = requireNumber(rope, "low_freq_factor", where);
    scaling.highFrequencyFactor = requireNumber(rope, "high_freq_factor", where);
    scaling.originalContext = integerOr(rope, "original_max_position_embeddings", context, where);
    return scaling;
}

RopeScaling readNone(const Json &, const std::string &, std::int64_t) { return {}; }

struct RopeRow {
    const char *word;
    RopeScaling (*read)(const Json &rope, const std::string &where, std::int64_t context);
};
constexpr std::array kRopeTypes{RopeRow{"default", readNone}, RopeRow{"linear", readLinear}, RopeRow{"llama3", readLlama3}};

RopeScaling readScaling(const Json &rope, const std::string &where, std::int64_t context)
{
    for (const auto &[key, value] : rope.items())
        if (value.is_object())
            throw badInput(where + " differs by kind of layer (\"" + key + "\"), which Tessera does not support");
    if (numberOr(rope, "partial_rotary_factor", 1, where) != 1)
        throw badInput(where + " has a partial_rotary_factor, which Tessera does not support");
    std::string word = stringOr(rope, "rope_type", stringOr(rope, "type", "default", where), where);
    for (const RopeRow &row : kRopeTypes)
        if (word == row.word)
            return row.read(rope, where, context);
    throw badInput(where + " has the rope_type \"" + word + "\", which Tessera does not support (it knows default, linear and llama3)");
}

} // namespace

void readRope(const Json &config, const std::string &where, ModelConfig &into)
{
    // Later rows win, as in transformers 5; where two rows disagree, loaders would too, so that is refused.
    std::optional<double> base;
    std::optional<RopeScaling> scaling;
    auto agree = [&](auto &known, const auto &value, const char *what) {
        if (known && !(*known == value))
            throw badInput(where + " gives its " + what + " twice, and differently (rope_theta, rope_scaling, rope_parameters)");
        known = value;
    };
    if (config.contains("rope_theta") && !config["rope_theta"].is_null())
        base = requireNumber(config, "rope_theta", where);
    for (const char *key : {"rope_parameters", "rope_scaling"}) {
        auto rope = config.find(key);
        if (rope == config.end() || rope->is_null())
            continue;
        std::string place = std::string("\"") + key + "\" in " + where;
        if (!rope->is_object())
            throw badInput(place + " must be an object or null");
        agree(scaling, readScaling(*rope, place, into.context), "rope scaling");
        if (rope->contains("rope_theta"))
            agree(base, requireNumber(*rope, "rope_theta", place), "rope base");
    }
    into.ropeBase = base.value_or(10000);
    into.ropeScaling = scaling.value_or(RopeScaling{});
}

void writeRope(const ModelConfig &config, Json &into)
{
    const RopeScaling &scaling = config.ropeScaling;
    into["rope_theta"] = config.ropeBase;
    switch (scaling.kind) {
    case Kind::None: into["rope_scaling"] = nullptr; return;
    case Kind::Linear:
        // The loaders that know no rope_type accept exactly these two members.
        into["rope_scaling"] = {{"type", "linear"}, {"factor", scaling.factor}};
        return;
    case Kind::Llama3:
        into["rope_scaling"] = {{"rope_type", "llama3"},
                                {"factor", scaling.factor},
                                {"low_freq_factor", scaling.lowFrequencyFactor},
                                {"high_freq_factor", scaling.highFrequencyFactor},
                                {"original_max_position_embeddings", scaling.originalContext}};
        return;
    }
}

} // namespace tessera
