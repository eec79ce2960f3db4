// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

using namespace tessera;

/// A tokenizer.json, a zero byte and a text that it is to encode.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view input(reinterpret_cast<const char *>(data), size);
    std::size_t zero = input.find('\0');
    std::string_view text = zero == std::string_view::npos ? "It's  a1 <|x|>\n" : input.substr(zero + 1);
    try {
        Tokenizer tokenizer = Tokenizer::fromJson(input.substr(0, zero), "fuzzed");
        for (bool asText : {false, true}) {
            std::vector<TokenId> tokens = tokenizer.encode(text, EncodeOptions{.addSpecial = !asText, .specialAsText = asText});
            if (!isValidUtf8(tokenizer.decode(tokens)))
                std::abort();
            for (TokenId token : tokens)
                if (token < 0)
                    std::abort();
        }
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
    return 0;
}
