// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/child_writer.h"

#include "engine/base/file.h"
#include "engine/checkpoint/folder_in_progress.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/checkpoint/safetensors.h"

namespace tessera {

void writeChild(const std::filesystem::path &folder, const ModelArchitecture &model, StoredType type, const ProduceFloats &produce,
                const std::string &tokenizerJson, const std::string &chatTemplate)
{
    Json config = toHfConfig(model, type);
    FolderInProgress temporary(folder);
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec &spec : tensorsOf(model))
        tensors.push_back({spec.name, spec.shape, type, [&produce, spec, type](const auto &sink) {
                               produce(spec, [&](std::span<const float> values) { sink(encodeFloats(values, type)); });
                           }});
    writeSafetensors(temporary.path() / "model.safetensors", tensors, {{"format", "pt"}});
    writeTextFileAtomically(temporary.path() / "config.json", config.dump(2) + "\n");
    if (!tokenizerJson.empty())
        writeTextFileAtomically(temporary.path() / "tokenizer.json", tokenizerJson);
    if (!chatTemplate.empty())
        writeTextFileAtomically(temporary.path() / "chat_template.jinja", chatTemplate);
    temporary.commit();
}

} // namespace tessera
