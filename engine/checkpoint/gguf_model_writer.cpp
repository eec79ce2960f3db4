// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_writer.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf_layout.h"
#include "engine/checkpoint/gguf_model.h"

#include <algorithm>
#include <map>

namespace tessera {
namespace {

constexpr std::size_t kAtOnce = 1 << 16;

std::uint32_t fileTypeOf(StoredType type)
{
    switch (type) {
    case StoredType::F32: return 0;
    case StoredType::F16: return 1;
    case StoredType::Q8_0: return 7;
    case StoredType::BF16: return 32;
    default: throw badInput("a model is written as GGUF in F32, F16, BF16 or Q8_0, not in " + toString(type));
    }
}

std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

/// A number of each layer, once where all are equal.
GgufMetadata byLayer(const GgufLayout &layout, std::int64_t GgufLayer::*member)
{
    std::vector<std::int32_t> values;
    for (const GgufLayer &layer : layout.layers)
        values.push_back(static_cast<std::int32_t>(layer.*member));
    if (layout.architecture != "deci")
        return u32(values.front());
    return values;
}

void addRope(const ModelConfig &config, const std::string &prefix, GgufMetadataList &metadata)
{
    metadata.emplace_back(prefix + "rope.freq_base", static_cast<float>(config.ropeBase));
    metadata.emplace_back(prefix + "rope.dimension_count", u32(config.headDim));
    if (config.ropeScaling.kind == RopeScaling::Kind::Linear) {
        metadata.emplace_back(prefix + "rope.scaling.type", std::string("linear"));
        metadata.emplace_back(prefix + "rope.scaling.factor", static_cast<float>(config.ropeScaling.factor));
    }
}

/// What childOf() of the reader needs to give the child back.
void addChild(const ModelArchitecture &model, GgufMetadataList &metadata)
{
    std::vector<std::string> layers;
    for (const LayerChoice &layer : model.layers)
        layers.push_back(shortName(layer.attention) + "+" + shortName(layer.ffn));
    metadata.emplace_back("tessera.layers", std::move(layers));
    metadata.emplace_back("tessera.heads", u32(model.config.heads));
    metadata.emplace_back("tessera.kv_heads", u32(model.config.kvHeads));
    metadata.emplace_back("tessera.ffn_width", u32(model.config.ffnWidth));
}

GgufMetadataList metadataOf(const ModelArchitecture &model, const GgufLayout &layout, StoredType type, const std::string &name)
{
    const ModelConfig &config = model.config;
    const std::string prefix = layout.architecture + ".";
    GgufMetadataList metadata{{"general.architecture", layout.architecture},
                              {"general.type", std::string("model")},
                              {"general.name", name},
                              {"general.file_type", fileTypeOf(type)},
                              {prefix + "block_count", u32(static_cast<std::int64_t>(layout.layers.size()))},
                              {prefix + "context_length", u32(config.context)},
                              {prefix + "embedding_length", u32(config.hidden)},
                              {prefix + "vocab_size", u32(config.vocabulary)},
                              {prefix + "attention.head_count", byLayer(layout, &GgufLayer::heads)},
                              {prefix + "attention.head_count_kv", byLayer(layout, &GgufLayer::kvHeads)},
                              {prefix + "feed_forward_length", byLayer(layout, &GgufLayer::width)},
                              {prefix + "attention.key_length", u32(config.headDim)},
                              {prefix + "attention.value_length", u32(config.headDim)},
                              {prefix + "attention.layer_norm_rms_epsilon", static_cast<float>(config.normEpsilon)}};
    if (type == StoredType::Q8_0)
        metadata.emplace_back("general.quantization_version", std::uint32_t{2});
    addRope(config, prefix, metadata);
    if (!layout.plain || model.layers != parentArchitecture(config).layers)
        addChild(model, metadata);
    return metadata;
}

/// Takes a tensor's values in the model's order and hands them on as the file has them: heads permuted, zeros around.
class Rearranged {
public:
    Rearranged(const TensorSpec &spec, const std::vector<std::int64_t> &shape, bool permuted, std::int64_t headDim, const FloatSink &sink)
        : m_columns(static_cast<std::size_t>(spec.shape.back())), m_storedColumns(static_cast<std::size_t>(shape.back())),
          m_permuted(permuted && spec.shape.size() > 1), m_headDim(headDim), m_sink(sink)
    {
        if (permuted && spec.shape.size() == 1) { // a bias: each number is a row
            m_columns = m_storedColumns = 1;
            m_permuted = true;
        }
        m_group = m_permuted ? m_columns * static_cast<std::size_t>(headDim) : m_columns;
        if (shape.size() > 1)
            m_zeroRows = static_cast<std::size_t>(shape.front() - spec.shape.front());
    }

    void take(std::span<const float> values)
    {
        while (!values.empty()) {
            std::size_t count = std::min(m_group - m_waiting.size(), values.size());
            m_waiting.insert(m_waiting.end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
            values = values.subspan(count);
            if (m_waiting.size() == m_group)
                flush();
        }
    }

    void finish()
    {
        if (!m_waiting.empty())
            m_sink(m_waiting); // too few values: the writer says so
        std::vector<float> zeros(m_storedColumns);
        for (std::size_t row = 0; row < m_zeroRows; ++row)
            m_sink(zeros);
    }

private:
    void flush()
    {
        if (m_permuted) {
            std::vector<float> out(m_waiting.size());
            for (std::int64_t row = 0; row < m_headDim; ++row)
                std::copy_n(m_waiting.begin() + row * static_cast<std::ptrdiff_t>(m_columns), m_columns,
                            out.begin() + permutedRow(row, m_headDim) * static_cast<std::ptrdiff_t>(m_columns));
            m_sink(out);
        } else {
            m_waiting.resize(std::max(m_columns, m_storedColumns), 0.f);
            m_sink(m_waiting);
        }
        m_waiting.clear();
    }

    std::size_t m_columns, m_storedColumns, m_group = 0, m_zeroRows = 0;
    bool m_permuted;
    std::int64_t m_headDim;
    const FloatSink &m_sink;
    std::vector<float> m_waiting;
};

void produceFilled(const GgufTensor &tensor, const FloatSink &sink)
{
    std::size_t left = 1;
    for (std::int64_t dimension : tensor.shape)
        left *= static_cast<std::size_t>(dimension);
    std::vector<float> values(std::min(left, kAtOnce), tensor.fill);
    for (; left > 0; left -= std::min(left, values.size()))
        sink(std::span(values).first(std::min(left, values.size())));
}

void refuseBrokenBlocks(const ModelArchitecture &model, StoredType type, const std::vector<GgufTensorToWrite> &tensors)
{
    for (const GgufTensorToWrite &tensor : tensors)
        if (!storedBytes(tensor.type, tensor.shape))
            throw badInput("this model cannot be written as " + toString(type) + ", whose blocks have " + std::to_string(blockElements(type))
                           + " elements: the rows of " + tensor.name + " have " + std::to_string(tensor.shape.back()) + " (hidden size "
                           + std::to_string(model.config.hidden) + "); use F16");
}

} // namespace

void writeGgufModel(const std::filesystem::path &path, const ModelArchitecture &model, StoredType type, const ProduceFloats &produce,
                    const GgufMetadataList &tokenizer, const std::string &name)
{
    GgufLayout layout = childLayout(model);
    GgufMetadataList metadata = metadataOf(model, layout, type, name);
    metadata.insert(metadata.end(), tokenizer.begin(), tokenizer.end());
    std::map<std::string, TensorSpec> specs;
    for (TensorSpec &spec : tensorsOf(model))
        specs.emplace(spec.name, spec);
    std::vector<GgufTensorToWrite> tensors;
    if (model.config.ropeScaling.kind == RopeScaling::Kind::Llama3)
        tensors.push_back({"rope_freqs.weight", {model.config.headDim / 2}, StoredType::F32, [&model](const FloatSink &sink) {
                               sink(factorsOfScaling(model.config.ropeScaling, model.config.ropeBase, model.config.headDim));
                           }});
    for (const GgufTensor &tensor : layout.tensors) {
        // Zeros may be stored in any type: that of the others where it has no broken blocks.
        bool fits = !tensor.source.empty() || storedBytes(type, tensor.shape);
        StoredType stored = tensor.shape.size() > 1 && fits ? type : StoredType::F32;
        if (tensor.source.empty()) {
            tensors.push_back({tensor.name, tensor.shape, stored, [tensor](const FloatSink &sink) { produceFilled(tensor, sink); }});
            continue;
        }
        bool permuted = permutesRows(layout.architecture) && isPermutedInGguf(tensor.source);
        const TensorSpec &spec = specs.at(tensor.source);
        tensors.push_back({tensor.name, tensor.shape, stored, [&produce, &model, spec, tensor, permuted](const FloatSink &sink) {
                               Rearranged rearranged(spec, tensor.shape, permuted, model.config.headDim, sink);
                               produce(spec, [&](std::span<const float> values) { rearranged.take(values); });
                               rearranged.finish();
                           }});
    }
    refuseBrokenBlocks(model, type, tensors);
    writeGguf(path, metadata, tensors);
}

} // namespace tessera
