// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/block_text.h"

#include "engine/base/error.h"

#include <string_view>

namespace tessera {

std::pair<std::optional<Variant>, std::optional<Variant>> parseSubBlocks(const std::string &text, const LayerChoice *parent,
                                                                         const std::string &where)
{
    std::pair<std::optional<Variant>, std::optional<Variant>> block;
    std::string_view rest = text;
    for (;;) {
        std::size_t plus = rest.find('+');
        std::string_view piece = rest.substr(0, plus);
        std::size_t equals = piece.find('=');
        std::string_view part = piece.substr(0, equals);
        if (equals == std::string_view::npos || (part != "attention" && part != "ffn"))
            throw badInput("the block \"" + text + "\" in " + where +
                           " must be written as attention=gqa:8+ffn=width:14336, or as one of the two");
        std::optional<Variant> &slot = part == "attention" ? block.first : block.second;
        if (slot)
            throw badInput("the block \"" + text + "\" in " + where + " names the same sub-block twice");
        Part which = part == "attention" ? Part::Attention : Part::Ffn;
        std::string_view variant = piece.substr(equals + 1);
        slot = variant == "parent" && parent ? parent->of(which) : parseVariant(which, variant);
        if (plus == std::string_view::npos)
            return block;
        rest.remove_prefix(plus + 1);
    }
}

} // namespace tessera
