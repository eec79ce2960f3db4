// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <optional>
#include <string>
#include <utility>

namespace tessera {

/// The sub-blocks that a BLOCK of a file names, attention first: "attention=gqa:8+ffn=width:14336", or one of the two. parent, where
/// there is one, resolves "attention=parent". Throws Error (BadInput) that says where.
std::pair<std::optional<Variant>, std::optional<Variant>> parseSubBlocks(const std::string &text, const LayerChoice *parent,
                                                                         const std::string &where);

} // namespace tessera
