// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/checkpoint.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf_layout.h"
#include "engine/checkpoint/gguf_model.h"
#include "engine/checkpoint/hf_folder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <unordered_set>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::array kReadTypes{StoredType::F32,  StoredType::F16,  StoredType::BF16, StoredType::Q8_0,
                                StoredType::Q4_0, StoredType::Q4_1, StoredType::Q5_0, StoredType::Q5_1,
                                StoredType::Q4_K, StoredType::Q5_K, StoredType::Q6_K};

std::string shapeText(const std::vector<std::int64_t> &shape)
{
    std::string text;
    for (std::int64_t dimension : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(dimension);
    return text.empty() ? "a single number" : text;
}

/// A tensor of the architecture as it was found in the files.
StoredTensor checked(const TensorSpec &spec, const std::string &nameInFile, const StoredTensor *found, const fs::path &path)
{
    if (!found)
        throw badInput(path.string() + " lacks the tensor " + nameInFile + ", which a model of its configuration has");
    if (found->shape != spec.shape)
        throw badInput(nameInFile + " in " + path.string() + " is " + shapeText(found->shape) + ", but its configuration asks for "
                       + shapeText(spec.shape));
    if (std::find(kReadTypes.begin(), kReadTypes.end(), found->type) == kReadTypes.end())
        throw badInput(nameInFile + " in " + path.string() + " is stored as " + toString(found->type)
                       + ", which Tessera does not read as a weight; convert the model to BF16, F16 or F32");
    return {spec.name, found->shape, found->type, found->bytes, 0};
}

Error unknownTensor(std::string_view name, const fs::path &path)
{
    return badInput(path.string() + " has the tensor " + std::string(name)
                    + ", which no model of its configuration has and which may change what it computes");
}

/// Tensors in the model's name space that the architecture does not have would change what it computes. What is known to be
/// harmless: tables of the rotation that old versions stored, and a head beside tied embeddings.
bool isHarmlessExtra(std::string_view name)
{
    static constexpr std::array<std::string_view, 3> kRotaryTables{".inv_freq", ".cos_cached", ".sin_cached"};
    for (std::string_view ending : kRotaryTables)
        if (name.ends_with(ending))
            return true;
    return name == kHeadName || !(name.starts_with("model.") || name.starts_with("lm_head."));
}

} // namespace

struct Checkpoint::Data {
    fs::path path;
    ModelArchitecture architecture;
    std::optional<GgufFile> gguf;
    bool permuted = false;
    std::optional<HfFolder> folder;
    std::vector<StoredTensor> tensors;
    std::unordered_map<std::string_view, std::size_t> positions;

    void openGguf()
    {
        gguf = GgufFile::open(path);
        auto [model, layout] = readGgufModel(*gguf);
        architecture = std::move(model);
        permuted = permutesRows(layout.architecture);
        std::unordered_set<std::string> known{"rope_freqs.weight"};
        std::unordered_map<std::string, StoredTensor> found;
        for (const GgufTensor &tensor : layout.tensors) {
            known.insert(tensor.name);
            StoredTensor stored = checked({tensor.source, tensor.shape}, tensor.name, gguf->find(tensor.name), path);
            if (!tensor.source.empty())
                found.emplace(tensor.source, std::move(stored));
        }
        for (const TensorSpec &spec : tensorsOf(architecture)) {
            StoredTensor &stored = tensors.emplace_back(found.at(spec.name));
            stored.storedColumns = stored.shape.back() > spec.shape.back() ? stored.shape.back() : 0;
            stored.shape = spec.shape;
        }
        for (const StoredTensor &stored : gguf->tensors())
            if (!known.contains(stored.name))
                throw unknownTensor(stored.name, path);
    }

    void openFolder()
    {
        folder = HfFolder::open(path);
        architecture = folder->architecture();
        for (const TensorSpec &spec : tensorsOf(architecture))
            tensors.push_back(checked(spec, spec.name, folder->find(spec.name), path));
    }

    void index()
    {
        for (std::size_t i = 0; i < tensors.size(); ++i)
            positions.emplace(tensors[i].name, i);
    }

    void checkExtras() const
    {
        for (std::string_view name : folder->names())
            if (!positions.contains(name) && !isHarmlessExtra(name))
                throw unknownTensor(name, path);
    }
};

Checkpoint::Checkpoint(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
Checkpoint::~Checkpoint() = default;
Checkpoint::Checkpoint(Checkpoint &&) noexcept = default;
Checkpoint &Checkpoint::operator=(Checkpoint &&) noexcept = default;

Checkpoint Checkpoint::open(const fs::path &path)
{
    auto data = std::make_unique<Data>();
    data->path = path;
    std::error_code error;
    fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        throw badInput(path.string() + " does not exist; give a model folder or a .gguf file");
    if (fs::is_directory(status)) {
        data->openFolder();
        data->index();
        data->checkExtras();
    } else if (path.extension() == ".safetensors" || path.extension() == ".json") {
        throw badInput(path.string() + " is one file of a model; give the folder that holds it");
    } else if (path.extension() == ".gguf") {
        data->openGguf();
        data->index();
    } else {
        throw badInput(path.string() + " is no model folder and no .gguf file; pickle files (.bin, .pt, .pth) are not opened, "
                                       "because they can run programs when they are read");
    }
    return Checkpoint(std::move(data));
}

const ModelArchitecture &Checkpoint::architecture() const { return m_data->architecture; }
const fs::path &Checkpoint::path() const { return m_data->path; }
bool Checkpoint::isGguf() const { return m_data->gguf.has_value(); }
bool Checkpoint::isPermuted(std::string_view name) const { return m_data->permuted && isPermutedInGguf(name); }
const std::vector<StoredTensor> &Checkpoint::tensors() const { return m_data->tensors; }

const StoredTensor &Checkpoint::tensor(std::string_view name) const
{
    auto position = m_data->positions.find(name);
    if (position == m_data->positions.end())
        throw failed(m_data->path.string() + " has no tensor " + std::string(name));
    return m_data->tensors[position->second];
}

} // namespace tessera
