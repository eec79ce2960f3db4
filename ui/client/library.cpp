// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/library.h"

namespace tessera::ui {

QString VariantRow::shortName() const
{
    if (part == BlockPart::Pair)
        return attention + " + " + ffn;
    return part == BlockPart::Attention ? attention : ffn;
}

QString VariantRow::block() const
{
    switch (part) {
    case BlockPart::Attention:
        return "attention=" + attention;
    case BlockPart::Ffn:
        return "ffn=" + ffn;
    default:
        return "attention=" + attention + "+ffn=" + ffn;
    }
}

double Library::value(const QString &column, int variant) const
{
    auto found = columns.constFind(column);
    if (found == columns.constEnd() || variant < 0 || variant >= found->size())
        return kUnknown;
    return found->at(variant);
}

const CostKey *Library::findCost(const QString &key) const
{
    for (const CostKey &cost : costs)
        if (cost.key == key)
            return &cost;
    return nullptr;
}

QString Library::unitOf(const QString &key) const
{
    const CostKey *cost = findCost(key);
    return cost ? cost->unit : QStringLiteral("number");
}

int Library::find(int layer, BlockPart part, const QString &shortName) const
{
    if (layer < 0 || layer + 1 >= begin.size())
        return -1;
    for (int i = begin[layer]; i < begin[layer + 1] && i < variants.size(); ++i)
        if (variants[i].part == part && variants[i].shortName() == shortName)
            return i;
    return -1;
}

bool Library::hasPairs() const
{
    for (const VariantRow &row : variants)
        if (row.part == BlockPart::Pair)
            return true;
    return false;
}

} // namespace tessera::ui
