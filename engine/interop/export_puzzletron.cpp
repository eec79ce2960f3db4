// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"
#include "engine/checkpoint/folder_in_progress.h"
#include "engine/checkpoint/hf_blocks.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/interop/export_folder.h"

#include <system_error>

namespace tessera {
namespace {

namespace fs = std::filesystem;

const std::string kFolder = "subblocks_safetensors";

std::string precisionOf(StoredType type)
{
    return type == StoredType::BF16 ? "bf16" : type == StoredType::F16 ? "fp16" : "fp32";
}

/// Weight files one by one, and which tensor lies in which.
class WeightFiles {
public:
    WeightFiles(const ModelSource &source, const fs::path &root, StoredType type) : m_source(source), m_root(root), m_type(type) {}

    /// Returns the file's path inside the checkpoint; empty for no tensors.
    std::string add(const std::string &stem, const std::vector<TensorSpec> &specs)
    {
        if (specs.empty())
            return {};
        std::string file = kFolder + "/" + stem + ".safetensors";
        std::vector<TensorToWrite> tensors;
        for (const TensorSpec &spec : specs) {
            tensors.push_back(m_source.padded(spec.name, spec.shape, spec.name, m_type));
            m_map[spec.name] = file;
        }
        writeSafetensors(m_root / file, tensors, {{"format", "pt"}});
        return file;
    }
    const Json &map() const { return m_map; }

private:
    const ModelSource &m_source;
    fs::path m_root;
    StoredType m_type;
    Json m_map = Json::object();
};

std::string blockText(std::size_t number, const LayerChoice &layer)
{
    auto text = [](const Variant &variant, const char *sized) {
        return variant.kind == VariantKind::None ? std::string("no_op")
            : variant.kind == VariantKind::Linear ? std::string("linear")
                                                  : sized + std::to_string(variant.size);
    };
    return "block_" + std::to_string(number) + ":  attention " + text(layer.attention, "kv_heads_") + "  ffn "
        + text(layer.ffn, "intermediate_") + "\n";
}

Json statsOf(const ModelArchitecture &model)
{
    std::int64_t attention = 0, kvHeads = 0, ffns = 0;
    for (const LayerChoice &layer : model.layers) {
        attention += layer.attention.kind == VariantKind::Gqa;
        kvHeads += layer.attention.size;
        ffns += layer.ffn.kind != VariantKind::None;
    }
    return {{"stats.num_params", parametersOf(model)},
            {"stats.has_attention", attention},
            {"stats.num_kv_heads", kvHeads},
            {"stats.has_ffn", ffns}};
}

} // namespace

Json toPuzzletronBlock(const LayerChoice &layer, const ModelConfig &config, StoredType type)
{
    // Puzzletron asks for kv heads of a linear layer too.
    Json kvHeads = layer.attention.kind == VariantKind::None ? Json(nullptr)
        : Json(layer.attention.kind == VariantKind::Gqa ? layer.attention.size : config.kvHeads);
    Json width = layer.ffn.kind == VariantKind::Width ? Json(layer.ffn.size) : Json(nullptr);
    auto half = [&](const Variant &variant) {
        return Json{{"no_op", variant.kind == VariantKind::None},
                    {"replace_with_linear", variant.kind == VariantKind::Linear},
                    {"sparsify", nullptr},
                    {"weights_precision", precisionOf(type)}};
    };
    Json attention = half(layer.attention), ffn = half(layer.ffn);
    attention.update({{"num_key_value_heads", std::move(kvHeads)}, {"llama4", nullptr}, {"mamba", nullptr}});
    ffn.update({{"intermediate_size", std::move(width)}, {"moe", nullptr}});
    return {{"attention", std::move(attention)}, {"ffn", std::move(ffn)}, {"parallel_blocks", nullptr}};
}

Exported exportPuzzletron(const Checkpoint &model, const ModelSource &source, const fs::path &out, StoredType type,
                          const TokenizerTexts &tokenizer)
{
    const ModelArchitecture &child = model.architecture();
    Json config = toHfConfig(parentArchitecture(child.config), type);
    config.erase(kChildMember);
    FolderInProgress folder(out);
    fs::create_directory(folder.path() / kFolder);
    WeightFiles files(source, folder.path(), type);
    Json blocks = Json::array(), replacements = Json::array();
    std::string text;
    const fs::path final = fs::absolute(out).lexically_normal();
    std::vector<TensorSpec> fixed = fixedTensors(child.config);
    files.add("embeddings", {fixed.front()});
    for (std::size_t i = 0; i < child.layers.size(); ++i) {
        Json paths = Json::array();
        for (Part part : {Part::Attention, Part::Ffn}) {
            std::vector<TensorSpec> specs = tensorsOf(child.config, child.layers[i].of(part));
            for (TensorSpec &spec : specs)
                spec.name = tensorName(static_cast<std::int64_t>(i), spec.name);
            std::string file = files.add("block_" + std::to_string(i) + "_" + toString(part), specs);
            if (!file.empty())
                paths.push_back((final / file).string());
        }
        blocks.push_back(toPuzzletronBlock(child.layers[i], child.config, type));
        replacements.push_back({{"parent_layer_indices", {i}}, {"child_block_configs", {blocks.back()}}, {"weight_paths", std::move(paths)}});
        text += blockText(i, child.layers[i]);
    }
    files.add("lm_head", {fixed.begin() + 1, fixed.end()});
    Json solution{{"chosen_replacements", std::move(replacements)}, {"total_value", Json::object()}, {"total_costs", statsOf(child)},
                  {"puzzle_args", Json::object()}, {"subblock_stats", Json::object()}, {"chosen_block_configs", blocks},
                  {"solution_repr", text}};
    config[kBlocksMember] = std::move(blocks);
    auto write = [&](const char *name, const std::string &content) { writeTextFileAtomically(folder.path() / name, content); };
    write("config.json", config.dump(2) + "\n");
    write("model.safetensors.index.json", Json{{"metadata", {{"format", "pt"}}}, {"weight_map", files.map()}}.dump(2) + "\n");
    write("solutions.json", Json::array({solution}).dump(2) + "\n");
    write("solution_repr_0.txt", text);
    writeTokenizerFiles(folder.path(), tokenizer, child.config);
    syncFolder(folder.path() / kFolder);
    folder.commit();
    return {out, "puzzletron"};
}

} // namespace tessera
