// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"
#include "engine/store/scores.h"

#include <initializer_list>
#include <string>

namespace tessera {

/// Where a budget of training is spent first: on replacements that do little damage for the bytes that they save, since a
/// search will look there.
class Promise {
public:
    explicit Promise(BlockLibrary library) : m_library(std::move(library)) {}

    /// Damage a byte saved of some sub-blocks replaced together, the smaller the earlier; what is not scored yet counts as
    /// harmless. Sub-blocks that the library does not have count nothing.
    double of(std::initializer_list<VariantAt> replaced) const;

private:
    BlockLibrary m_library;
};

} // namespace tessera
