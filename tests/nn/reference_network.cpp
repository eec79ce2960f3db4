// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn/reference_network.h"

#include <cmath>
#include <string>

namespace tessera::test {
namespace {

using Vector = std::vector<double>;

Vector vectorOf(const at::Tensor &tensor)
{
    at::Tensor wide = tensor.to(at::kDouble).contiguous();
    return {wide.data_ptr<double>(), wide.data_ptr<double>() + wide.numel()};
}

Matrix matrixOf(const at::Tensor &tensor)
{
    Matrix rows;
    for (std::int64_t r = 0; r < tensor.size(0); ++r)
        rows.push_back(vectorOf(tensor[r]));
    return rows;
}

Vector times(const Matrix &matrix, const Vector &x)
{
    Vector y;
    for (const Vector &row : matrix) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += row[i] * x[i];
        y.push_back(sum);
    }
    return y;
}

Vector project(const nn::SubBlock &block, const std::string &name, const Vector &x)
{
    Vector y = times(matrixOf(block.at(name + ".weight")), x);
    if (at::Tensor bias = block.find(name + ".bias"); bias.defined()) {
        Vector b = vectorOf(bias);
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] += b[i];
    }
    return y;
}

Vector normalise(const Vector &x, const Vector &weight, double epsilon)
{
    double sum = 0;
    for (double value : x)
        sum += value * value;
    double scale = 1 / std::sqrt(sum / static_cast<double>(x.size()) + epsilon);
    Vector y;
    for (std::size_t i = 0; i < x.size(); ++i)
        y.push_back(x[i] * scale * weight[i]);
    return y;
}

double frequency(const ModelConfig &c, std::int64_t pair)
{
    double plain = std::pow(c.ropeBase, -2.0 * static_cast<double>(pair) / static_cast<double>(c.headDim));
    const RopeScaling &s = c.ropeScaling;
    if (s.kind == RopeScaling::Kind::None)
        return plain;
    if (s.kind == RopeScaling::Kind::Linear)
        return plain / s.factor;
    double turns = static_cast<double>(s.originalContext) * plain / (2 * M_PI);
    if (turns < s.lowFrequencyFactor)
        return plain / s.factor;
    if (turns > s.highFrequencyFactor)
        return plain;
    double smooth = (turns - s.lowFrequencyFactor) / (s.highFrequencyFactor - s.lowFrequencyFactor);
    return (1 - smooth) * plain / s.factor + smooth * plain;
}

/// Heads of a projection, normalised where the model does so, turned to their position.
Matrix headsOf(const ModelConfig &c, const nn::SubBlock &block, const std::string &name, const Vector &x, std::size_t position,
               bool turned)
{
    Vector flat = project(block, "self_attn." + name + "_proj", x);
    auto dim = static_cast<std::size_t>(c.headDim);
    Matrix heads;
    for (std::size_t first = 0; first < flat.size(); first += dim) {
        Vector head(flat.begin() + static_cast<std::ptrdiff_t>(first), flat.begin() + static_cast<std::ptrdiff_t>(first + dim));
        if (turned && c.qkNorm)
            head = normalise(head, vectorOf(block.at("self_attn." + name + "_norm.weight")), c.normEpsilon);
        for (std::size_t i = 0; turned && i < dim / 2; ++i) {
            double angle = static_cast<double>(position) * frequency(c, static_cast<std::int64_t>(i));
            double low = head[i], high = head[i + dim / 2];
            head[i] = low * std::cos(angle) - high * std::sin(angle);
            head[i + dim / 2] = high * std::cos(angle) + low * std::sin(angle);
        }
        heads.push_back(head);
    }
    return heads;
}

Vector attendOne(const Vector &query, const std::vector<Matrix> &keys, const std::vector<Matrix> &values, std::size_t head,
                 std::size_t position)
{
    Vector weights, mixed(query.size(), 0.0);
    double sum = 0;
    for (std::size_t k = 0; k <= position; ++k) {
        double dot = 0;
        for (std::size_t i = 0; i < query.size(); ++i)
            dot += query[i] * keys[k][head][i];
        weights.push_back(std::exp(dot / std::sqrt(static_cast<double>(query.size()))));
        sum += weights.back();
    }
    for (std::size_t k = 0; k <= position; ++k)
        for (std::size_t i = 0; i < query.size(); ++i)
            mixed[i] += weights[k] / sum * values[k][head][i];
    return mixed;
}

void addAttention(const ModelConfig &c, const nn::SubBlock &block, Matrix &stream)
{
    if (block.variant.kind == VariantKind::None)
        return;
    Vector norm = vectorOf(block.at("input_layernorm.weight"));
    std::vector<Matrix> keys, values;
    for (std::size_t t = 0; t < stream.size(); ++t) {
        Vector x = normalise(stream[t], norm, c.normEpsilon), out;
        if (block.variant.kind == VariantKind::Linear) {
            out = project(block, "self_attn.linear_attn", x);
        } else {
            keys.push_back(headsOf(c, block, "k", x, t, true));
            values.push_back(headsOf(c, block, "v", x, t, false));
            Vector all;
            Matrix queries = headsOf(c, block, "q", x, t, true);
            for (std::size_t h = 0; h < queries.size(); ++h)
                for (double value : attendOne(queries[h], keys, values, h * keys[0].size() / queries.size(), t))
                    all.push_back(value);
            out = project(block, "self_attn.o_proj", all);
        }
        for (std::size_t i = 0; i < out.size(); ++i)
            stream[t][i] += out[i];
    }
}

void addFfn(const ModelConfig &c, const nn::SubBlock &block, Matrix &stream)
{
    if (block.variant.kind == VariantKind::None)
        return;
    Vector norm = vectorOf(block.at("post_attention_layernorm.weight"));
    for (Vector &token : stream) {
        Vector x = normalise(token, norm, c.normEpsilon), out;
        if (block.variant.kind == VariantKind::Linear) {
            out = project(block, "mlp.linear_mlp", x);
        } else {
            Vector gate = project(block, "mlp.gate_proj", x), up = project(block, "mlp.up_proj", x);
            for (std::size_t i = 0; i < up.size(); ++i)
                up[i] *= gate[i] / (1 + std::exp(-gate[i]));
            out = project(block, "mlp.down_proj", up);
        }
        for (std::size_t i = 0; i < out.size(); ++i)
            token[i] += out[i];
    }
}

} // namespace

Matrix referenceLogits(const nn::Model &model, const std::vector<std::int64_t> &tokens)
{
    Matrix stream, logits;
    for (std::int64_t token : tokens)
        stream.push_back(vectorOf(model.embedding[token]));
    for (const nn::Layer &layer : model.layers) {
        addAttention(model.config, layer.attention, stream);
        addFfn(model.config, layer.ffn, stream);
    }
    Vector norm = vectorOf(model.finalNorm);
    Matrix head = matrixOf(model.head);
    for (const Vector &token : stream)
        logits.push_back(times(head, normalise(token, norm, model.config.normEpsilon)));
    return logits;
}

} // namespace tessera::test
