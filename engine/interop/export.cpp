// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/export.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf_layout.h"
#include "engine/checkpoint/gguf_writer.h"
#include "engine/interop/export_folder.h"
#include "engine/interop/model_source.h"
#include "engine/text/chat_template.h"
#include "engine/text/gguf_tokenizer.h"
#include "engine/text/tokenizer.h"

#include <array>
#include <system_error>

namespace tessera {
namespace {

namespace fs = std::filesystem;

struct FormatRow {
    std::string_view word;
    ExportFormat format;
};
constexpr std::array kFormats{FormatRow{"hf", ExportFormat::Hf}, FormatRow{"decilm", ExportFormat::DeciLm},
                              FormatRow{"puzzletron", ExportFormat::Puzzletron}, FormatRow{"gguf", ExportFormat::Gguf}};

struct TypeRow {
    std::string_view word;
    StoredType type;
};
constexpr std::array kTypes{TypeRow{"f32", StoredType::F32}, TypeRow{"f16", StoredType::F16}, TypeRow{"bf16", StoredType::BF16},
                            TypeRow{"q8_0", StoredType::Q8_0}};

bool isPlain(StoredType type) { return type == StoredType::F32 || type == StoredType::F16 || type == StoredType::BF16; }

StoredType typeOf(const Checkpoint &model, const ExportOptions &options)
{
    StoredType type = options.type.value_or(isPlain(model.mainType()) ? model.mainType() : StoredType::F16);
    bool fits = isPlain(type) || (type == StoredType::Q8_0 && options.format == ExportFormat::Gguf);
    if (!fits)
        throw badInput("this format cannot hold weights as " + toString(type) + "; use f32, f16 or bf16, or q8_0 with gguf");
    return type;
}

TokenizerTexts tokenizerOf(const Checkpoint &model, const ExportOptions &options)
{
    if (!options.tokenizer)
        return {};
    return {Tokenizer::open(model.path()).toJson(), chatTemplateOf(model.path())};
}

Exported exportGguf(const Checkpoint &model, const ExportOptions &options, StoredType type)
{
    std::error_code error;
    if (fs::exists(options.out, error))
        throw badInput(options.out.string() + " exists; give another name for the file, or remove it first");
    std::string architecture = childLayout(model.architecture()).architecture;
    const TokenizerTexts texts = tokenizerOf(model, options);
    GgufMetadataList tokenizer = options.tokenizer ? ggufTokenizerOf(texts.json, model.config(), model.path().string())
                                                   : GgufMetadataList{{"tokenizer.ggml.model", std::string("none")}};
    if (!texts.chatTemplate.empty())
        tokenizer.emplace_back("tokenizer.chat_template", texts.chatTemplate);
    ModelSource source(model, options.stop, options.progress);
    auto produce = [&](const TensorSpec &tensor, const FloatSink &sink) { source.produce(tensor.name, sink); };
    fs::path name = model.path().filename().empty() ? model.path().parent_path() : model.path();
    writeGgufModel(options.out, model.architecture(), type, produce, tokenizer, name.stem().string());
    return {options.out, "gguf " + architecture};
}

} // namespace

ExportFormat parseExportFormat(std::string_view word)
{
    for (const FormatRow &row : kFormats)
        if (row.word == word)
            return row.format;
    throw badInput("\"" + std::string(word) + "\" is no format: use hf, decilm, puzzletron or gguf");
}

StoredType parseExportType(std::string_view word)
{
    for (const TypeRow &row : kTypes)
        if (row.word == word)
            return row.type;
    throw badInput("\"" + std::string(word) + "\" is no type of weights: use f32, f16, bf16 or, with gguf, q8_0");
}

Exported exportModel(const Checkpoint &model, const ExportOptions &options)
{
    StoredType type = typeOf(model, options);
    ModelSource source(model, options.stop, options.progress);
    bool uniform = isUniform(withoutEmptyLayers(model.architecture().layers));
    switch (options.format) {
    case ExportFormat::Gguf: return exportGguf(model, options, type);
    case ExportFormat::Puzzletron: return exportPuzzletron(model, source, options.out, type, tokenizerOf(model, options));
    case ExportFormat::Hf:
        if (uniform)
            return exportPlain(model, source, options.out, type, tokenizerOf(model, options));
        break;
    case ExportFormat::DeciLm: break;
    }
    return exportDeciLm(model, source, options.out, type, tokenizerOf(model, options));
}

} // namespace tessera
