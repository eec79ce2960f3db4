// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/block_library.h"

namespace tessera {

std::string blockName(const std::optional<Variant> &attention, const std::optional<Variant> &ffn)
{
    std::string name = attention ? toString(*attention) : "";
    if (ffn)
        name += (name.empty() ? "" : "+") + toString(*ffn);
    return name;
}

} // namespace tessera
