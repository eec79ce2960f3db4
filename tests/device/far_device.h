// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <torch/torch.h>

namespace tessera::test {

/// A device that behaves as a GPU does to whoever programs it, without being one: its memory cannot be read or written from outside
/// (a loop that does so dies), and LibTorch refuses operations that mix its tensors with those of main memory. Its operations are those
/// of the processor on copies. The same in LibTorch 1.13 and 2.x.
at::Device farDevice();

/// As long as it lives, what would make the far device hold more bytes than this is out of memory.
class FarMemoryLimit {
public:
    explicit FarMemoryLimit(std::size_t bytes);
    ~FarMemoryLimit();
    FarMemoryLimit(const FarMemoryLimit &) = delete;
    FarMemoryLimit &operator=(const FarMemoryLimit &) = delete;
    /// How often it was out of memory.
    int refusals() const;
};
/// The most that it has held since the last call.
std::size_t farPeak();

} // namespace tessera::test
