// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/checkpoint/safetensors.h"

#include <cstdint>
#include <cstdlib>

using namespace tessera;

/// Any bytes: a file or a sentence. What is accepted lies inside the bytes, and the parts add up.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    auto bytes = std::as_bytes(std::span(data, size));
    try {
        SafetensorsFile file = SafetensorsFile::parse(bytes, "fuzz");
        std::size_t sum = 0;
        for (const StoredTensor &tensor : file.tensors()) {
            auto elements = tensor.bytes.size() / static_cast<std::size_t>(blockBytes(tensor.type));
            std::vector<float> values(elements);
            decodeFloats(tensor.type, tensor.bytes, values);
            sum += tensor.bytes.size();
            if (file.find(tensor.name) != &tensor)
                std::abort();
        }
        if (sum > size)
            std::abort();
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::BadInput)
            std::abort();
    }
    return 0;
}
