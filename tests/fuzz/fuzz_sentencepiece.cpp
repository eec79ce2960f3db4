// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/text/sentencepiece.h"
#include "engine/text/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace tessera;

/// Any bytes as tokenizer.model: a tokenizer that can be written, read and used, or a sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    try {
        std::string_view bytes(reinterpret_cast<const char *>(data), size);
        Tokenizer tokenizer = Tokenizer::fromJson(tokenizerJsonOf(parseSentencePieces(bytes, "fuzzed"), "fuzzed"), "fuzzed");
        if (!isValidUtf8(tokenizer.decode(tokenizer.encode("It's  a1 <s>\n", true))))
            std::abort();
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
    return 0;
}
