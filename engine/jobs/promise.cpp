// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/promise.h"

#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>

namespace tessera {

double Promise::of(std::initializer_list<VariantAt> replaced) const
{
    double damage = 0, saved = 0;
    for (const VariantAt &at : replaced) {
        const BlockLibrary::Layer &layer = m_library.layers.at(static_cast<std::size_t>(at.layer));
        const LibraryEntry *entry = findEntry(layer, at.variant);
        const LibraryEntry *parent = findEntry(layer, layer.parent.of(at.variant.part));
        if (!entry || !parent)
            continue;
        auto bytes = [](const LibraryEntry &e) { return static_cast<double>(e.costs.front().at(kMemory).amount); };
        saved += bytes(*parent) - bytes(*entry);
        if (auto score = entry->scores.find(m_library.objectiveDefault); score != entry->scores.end())
            damage += std::max(0.0, score->second.mean);
    }
    return damage / std::max(1.0, saved);
}

} // namespace tessera
