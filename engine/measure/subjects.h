// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/workload.h"
#include "engine/measure/weight_pool.h"
#include "engine/nn/model.h"

#include <functional>
#include <memory>

namespace tessera {

/// Something whose run time is measured: functions that take one sample each, in nanoseconds. prefill: one forward of
/// batch x input tokens that fills the cache, with the head at the last position; decode: all output steps, by decodeTime().
struct Subject {
    std::function<double()> prefill;
    std::function<double()> decode;
};

/// What the subjects of one workload share. weights and caches are two stretches, so that writing keys never changes a
/// weight into something unusual.
struct Bench {
    ModelConfig config;
    Workload workload;
    nn::Rope rope;
    std::shared_ptr<WeightPool> weights, caches;
};

/// A sub-block with weights, as it costs in the middle of a model: a sample runs through copies one after the other, each with
/// weights and a cache of its own, and is their mean.
Subject subBlockSubject(const std::shared_ptr<const Bench> &bench, const Variant &variant);

/// Embedding, final norm and head. The model may have no layers.
Subject fixedSubject(const std::shared_ptr<const Bench> &bench, const std::shared_ptr<const nn::Model> &model);

/// A whole model with a cache of its own. Decode samples are two steps at each point.
Subject modelSubject(const std::shared_ptr<const Bench> &bench, const std::shared_ptr<const nn::Model> &model);

/// A model of these layers with random weights of its own.
nn::Model randomModel(const ModelConfig &config, const std::vector<LayerChoice> &layers, at::ScalarType dtype);

} // namespace tessera
