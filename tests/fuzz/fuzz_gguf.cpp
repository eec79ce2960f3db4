// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/gguf_model.h"
#include "engine/checkpoint/numbers.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <cstdlib>

using namespace tessera;

namespace {

template <typename Work> void sentenceOrResult(Work work)
{
    try {
        work();
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
}

void askForEveryType(const GgufFile &file, const std::string &key)
{
    auto ask = [](auto question) { sentenceOrResult(question); };
    ask([&] { file.string(key); });
    ask([&] { file.integer(key); });
    ask([&] { file.number(key); });
    ask([&] { file.boolean(key); });
    ask([&] { file.strings(key); });
    ask([&] { file.integers(key); });
    ask([&] { file.numbers(key); });
    ask([&] { file.booleans(key); });
}

} // namespace

/// Any bytes: a file or a sentence; then every value asked for in every type, every tensor decoded, a model read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    auto bytes = std::as_bytes(std::span(data, size));
    try {
        GgufFile file = GgufFile::parse(bytes, "fuzz");
        for (const std::string &key : file.keys())
            askForEveryType(file, key);
        for (const StoredTensor &tensor : file.tensors()) {
            auto blocks = tensor.bytes.size() / static_cast<std::size_t>(blockBytes(tensor.type));
            std::vector<float> values(blocks * static_cast<std::size_t>(blockElements(tensor.type)));
            decodeFloats(tensor.type, tensor.bytes, values);
        }
        sentenceOrResult([&] { Tokenizer::fromGguf(file).encode("It's  a1 <s>\n", true); });
        readGgufModel(file);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
    return 0;
}
