// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <torch/torch.h>

namespace tessera {

/// A residual stream before a layer, kept on disk bit by bit for a run that may be stopped. key says what it came from.
struct StoredStream {
    std::int64_t layer = 0;
    at::Tensor stream;
};
void saveStream(const std::filesystem::path &path, const std::string &key, std::int64_t layer, const at::Tensor &stream);
/// Nothing where there is no such file or it is of another key, shape or type, or damaged.
std::optional<StoredStream> loadStream(const std::filesystem::path &path, const std::string &key, at::IntArrayRef shape,
                                       at::ScalarType dtype);

} // namespace tessera
