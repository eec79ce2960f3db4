// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/formulas.h"

#include "engine/base/checked.h"
#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <string>
#include <vector>

namespace tessera {
namespace {

/// Integers that remember whether any step left the range.
class Checked {
public:
    explicit Checked(std::int64_t value) : m_value(value) {}
    Checked operator*(std::int64_t other) const { return combined(m_value ? checkedMultiply(*m_value, other) : m_value); }
    Checked operator+(const Checked &other) const
    {
        return combined(m_value && other.m_value ? checkedAdd(*m_value, *other.m_value) : std::nullopt);
    }
    std::int64_t valueOr(const std::string &cost, const std::string &what) const
    {
        if (!m_value)
            throw badInput("the cost " + cost + " of " + what + " does not fit 63 bits: a size, a length or the batch is too large");
        return *m_value;
    }

private:
    static Checked combined(std::optional<std::int64_t> value)
    {
        Checked result(0);
        result.m_value = value;
        return result;
    }
    std::optional<std::int64_t> m_value;
};

Checked elementsOf(const std::vector<TensorSpec> &specs)
{
    Checked sum(0);
    for (const TensorSpec &spec : specs) {
        Checked product(1);
        for (std::int64_t dimension : spec.shape)
            product = product * dimension;
        sum = sum + product;
    }
    return sum;
}

/// The shapes of tensors are products of these; they must fit before any tensor is spelled out.
void checkShapes(const ModelConfig &config)
{
    (Checked(config.heads) * config.headDim).valueOr(kParameters, "one attention sub-block");
}

Costs costsOf(Checked elements, Checked kvElements, std::int64_t attentionLayers, const Workload &workload,
              const std::string &what)
{
    const Checked weightBytes = elements * bytesOf(workload.weights);
    const Checked kvBytes = kvElements * bytesOf(workload.kv);
    return {{kParameters, {elements.valueOr(kParameters, what), false}},
            {kWeightBytes, {weightBytes.valueOr(kWeightBytes, what), false}},
            {kKvBytes, {kvBytes.valueOr(kKvBytes, what), false}},
            {kMemory, {(weightBytes + kvBytes).valueOr(kMemory, what), false}},
            {kAttentionLayers, {attentionLayers, false}}};
}

} // namespace

Costs exactCosts(const ModelConfig &config, const Variant &variant, const Workload &workload)
{
    if (const std::string why = whyImpossible(config, variant); !why.empty())
        throw badInput(toString(variant) + " cannot stand in this model: " + why);
    checkShapes(config);
    const bool softmax = variant.kind == VariantKind::Gqa;
    const Checked kvElements = softmax ? (Checked(workload.input) + Checked(workload.output)) * 2 * variant.size * config.headDim * workload.batch
                                       : Checked(0);
    return costsOf(elementsOf(tensorsOf(config, variant)), kvElements, softmax ? 1 : 0, workload,
                   toString(variant) + " for the workload \"" + workload.name + "\"");
}

Costs exactFixedCosts(const ModelConfig &config, const Workload &workload)
{
    return costsOf(elementsOf(fixedTensors(config)), Checked(0), 0, workload,
                   "the fixed part for the workload \"" + workload.name + "\"");
}

Costs exactCosts(const ModelArchitecture &model, const Workload &workload)
{
    Costs total = exactFixedCosts(model.config, workload);
    for (const LayerChoice &layer : model.layers)
        for (Part part : {Part::Attention, Part::Ffn})
            total = addCosts(total, exactCosts(model.config, layer.of(part), workload));
    return total;
}

} // namespace tessera
