// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/child_writer.h"
#include "tests/checkpoint/models.h"

#include <rapidcheck.h>

namespace tessera::test {

/// A tensor's weights row by row, so that pieces are smaller than tensors.
inline void produceRows(const TensorSpec &spec, const FloatSink &sink)
{
    std::vector<float> values = weightsOf(spec);
    auto columns = static_cast<std::size_t>(spec.shape.back());
    for (std::size_t i = 0; i < values.size(); i += columns)
        sink(std::span(values).subspan(i, columns));
}

/// A child of tinyConfig with one to three layers of any kinds.
inline ModelArchitecture anyChild()
{
    ModelArchitecture model = parentArchitecture(tinyConfig());
    model.config.layers = *rc::gen::inRange(1, 4);
    model.config.tiedEmbeddings = *rc::gen::arbitrary<bool>();
    model.config.mlpBias = *rc::gen::arbitrary<bool>();
    model.config.qkvBias = model.config.outputBias = *rc::gen::arbitrary<bool>();
    model.layers.clear();
    for (std::int64_t i = 0; i < model.config.layers; ++i)
        model.layers.push_back({*rc::gen::element(gqa(4), gqa(2), gqa(1), linearVariant(Part::Attention), noneVariant(Part::Attention)),
                                *rc::gen::element(ffnWidth(24), ffnWidth(7), linearVariant(Part::Ffn), noneVariant(Part::Ffn))});
    return model;
}

} // namespace tessera::test
