// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/inputs.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/nn/kinds.h"
#include "engine/nn/run.h"
#include "engine/text/token_file.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::int64_t kTokensAtOnce = 2048;

std::string biasName(const Variant &variant) { return std::string(nn::kindOf(variant).lastMatrix) + ".bias"; }

} // namespace

at::ScalarType startRun(const RunSettings &run)
{
    return nn::beginRun(run);
}

at::Tensor readWindows(const std::string &path, std::int64_t maxTokens, std::int64_t window, const ModelConfig &config)
{
    if (window < 1 || window > config.context)
        throw badInput("a window of " + std::to_string(window) + " tokens does not fit the parent's context of "
                       + std::to_string(config.context) + " tokens");
    if (maxTokens < 0)
        throw badInput("the number of tokens must not be negative");
    TokenFile file(path, config.vocabulary);
    auto count = static_cast<std::int64_t>(file.tokens().size());
    if (maxTokens > 0)
        count = std::min(count, maxTokens);
    std::int64_t windows = count / window;
    if (windows < 1)
        throw badInput(path + " holds " + std::to_string(count) + " tokens to use, less than one window of "
                       + std::to_string(window) + "; give more text or a shorter window");
    at::Tensor tokens = at::empty({windows * window}, at::kInt);
    std::copy_n(file.tokens().begin(), tokens.numel(), tokens.data_ptr<int>());
    return tokens.to(at::kLong).view({windows, window});
}

std::int64_t windowsAtOnce(std::int64_t window) { return std::max<std::int64_t>(1, kTokensAtOnce / window); }

nn::SubBlock loadSource(const ModelConfig &config, const SubBlockSource &source, const nn::SubBlock &parent,
                        at::ScalarType dtype)
{
    if (source.variant.kind == VariantKind::None)
        return {source.variant, {}};
    if (source.file.empty()) {
        if (source.variant != parent.variant)
            throw badInput("no file of weights is given for " + toString(source.variant) + " of layer "
                           + std::to_string(source.layer));
        return parent;
    }
    if (!source.hash.empty() && hashFile(source.file) != source.hash)
        throw badInput(source.file + " is not the file that was recorded: its hash differs; make the variant again");
    return nn::loadSubBlockFile(config, source.variant, source.file, dtype);
}

at::Tensor lastMatrix(const nn::SubBlock &block) { return block.at(nn::lastMatrixOf(block.variant)); }

at::Tensor lastBias(const nn::SubBlock &block) { return block.find(biasName(block.variant)); }

nn::SubBlock withLastMatrix(const nn::SubBlock &block, const at::Tensor &weight, const at::Tensor &bias)
{
    nn::SubBlock result = block;
    at::Tensor &matrix = result.tensors.at(nn::lastMatrixOf(block.variant));
    matrix = weight.to(matrix.device(), matrix.scalar_type()).contiguous();
    if (bias.defined())
        result.tensors.at(biasName(block.variant)) = bias.to(matrix.device(), matrix.scalar_type()).contiguous();
    return result;
}

at::Tensor incrementOf(const nn::SubBlock &block, const at::Tensor &features)
{
    return nn::project(block, nn::kindOf(block.variant).lastMatrix, features);
}

void checkVariant(const Checkpoint &parent, std::int64_t layer, const Variant &variant, const std::string &where)
{
    const ModelConfig &config = parent.config();
    auto layers = static_cast<std::int64_t>(parent.architecture().layers.size());
    if (layer < 0 || layer >= layers)
        throw badInput(where + ": layer " + std::to_string(layer) + " does not exist; the parent has layers 0 to "
                       + std::to_string(layers - 1));
    std::string why = whyImpossible(config, variant);
    if (!why.empty())
        throw badInput(where + ": " + toString(variant) + " of layer " + std::to_string(layer) + ": " + why);
    const Variant &own = parent.architecture().layers[static_cast<std::size_t>(layer)].of(variant.part);
    if (own != parentVariant(config, variant.part))
        throw badInput(where + ": " + toString(variant) + " cannot be made in layer " + std::to_string(layer)
                       + ", where the given parent has " + toString(own) + " itself; use the original model as parent");
}

std::string blockFileName(std::int64_t layer, const Variant &variant, Origin origin)
{
    std::string name = layer < 10 ? "layer0" : "layer";
    name += std::to_string(layer) + ".";
    for (char letter : toString(variant))
        if (letter != ':')
            name += letter == '=' ? '-' : letter;
    return name + "." + toString(origin) + ".safetensors";
}

Json saveAsItem(const nn::SubBlock &block, std::int64_t layer, Origin origin, const std::string &path)
{
    nn::saveSubBlock(block, path, block.tensors.begin()->second.scalar_type());
    return {{"layer", layer}, {"variant", toString(block.variant)}, {"origin", toString(origin)}, {"file", path},
            {"hash", hashFile(path)}};
}

} // namespace tessera
