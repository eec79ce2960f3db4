// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/child_writer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/checkpoint/safetensors.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

void refuseOccupied(const fs::path &folder)
{
    std::error_code error;
    fs::file_status status = fs::status(folder, error);
    if (!fs::exists(status))
        return;
    if (!fs::is_directory(status))
        throw badInput(folder.string() + " exists and is no folder; give another name for the model");
    if (!fs::is_empty(folder, error))
        throw badInput(folder.string() + " exists and is not empty; give another name for the model, or remove it first");
}

/// A folder beside the final one, removed with all it holds unless it was renamed.
class TemporaryFolder {
public:
    explicit TemporaryFolder(const fs::path &destination)
        : m_destination(destination), m_path(destination.string() + std::string(kTemporarySuffix) + std::to_string(::getpid()))
    {
        std::error_code error;
        fs::remove_all(m_path, error);
        if (!destination.parent_path().empty())
            fs::create_directories(destination.parent_path(), error);
        fs::create_directory(m_path, error);
        if (error || !fs::is_directory(m_path, error))
            throw failed("cannot write " + destination.string() + ": " + std::strerror(error ? error.value() : ENOTDIR));
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        if (!m_path.empty())
            fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;

    const fs::path &path() const { return m_path; }

    void commit()
    {
        syncFolder(m_path);
        if (std::rename(m_path.c_str(), m_destination.c_str()) != 0) {
            int reason = errno;
            refuseOccupied(m_destination);
            throw failed("cannot write " + m_destination.string() + ": " + std::strerror(reason));
        }
        m_path.clear();
        syncFolder(m_destination.parent_path());
    }

private:
    fs::path m_destination, m_path;
};

} // namespace

void writeChild(const fs::path &folder, const ModelArchitecture &model, StoredType type, const ProduceFloats &produce,
                const std::string &tokenizerJson)
{
    // A trailing slash would make the temporary folder a child of the final one.
    fs::path destination = folder.has_filename() ? folder : folder.parent_path();
    refuseOccupied(destination);
    Json config = toHfConfig(model, type);
    TemporaryFolder temporary(destination);
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec &spec : tensorsOf(model))
        tensors.push_back({spec.name, spec.shape, type, [&produce, spec, type](const auto &sink) {
                               produce(spec, [&](std::span<const float> values) { sink(encodeFloats(values, type)); });
                           }});
    writeSafetensors(temporary.path() / "model.safetensors", tensors, {{"format", "pt"}});
    writeTextFileAtomically(temporary.path() / "config.json", config.dump(2) + "\n");
    if (!tokenizerJson.empty())
        writeTextFileAtomically(temporary.path() / "tokenizer.json", tokenizerJson);
    temporary.commit();
}

} // namespace tessera
