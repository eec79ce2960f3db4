// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/library_view.h"

#include "engine/store/library_rows.h"

namespace tessera {
namespace {

VariantAt placeOf(const LibraryView &view, std::size_t variant)
{
    const LibraryEntry &entry = view.entry(variant);
    return {static_cast<std::int64_t>(view.variants[variant].layer), entry.attention ? *entry.attention : *entry.ffn};
}

} // namespace

LibraryDetails detailsOf(const Project &project)
{
    LibraryDetails details{chosenOrigins(project), {}, scoresOf(project), pairsOf(project)};
    for (const WeightsRecord &record : weightsOf(project))
        details.weights.insert({{{record.layer, record.variant}, record.origin}, record});
    return details;
}

std::shared_ptr<const LibraryView> viewOf(const Project &project)
{
    auto view = std::make_shared<LibraryView>();
    auto library = std::make_shared<const BlockLibrary>(loadLibrary(project));
    view->library = library;
    view->hash = hashOf(*library);
    view->config = project.settings().config;
    view->details = detailsOf(project);
    view->statedCosts = costsOf(project);
    for (std::size_t layer = 0; layer < library->layers.size(); ++layer) {
        view->begin.push_back(view->variants.size());
        for (std::size_t entry = 0; entry < library->layers[layer].entries.size(); ++entry) {
            view->variants.push_back({layer, entry});
            view->scored += !library->layers[layer].entries[entry].scores.empty();
        }
    }
    view->begin.push_back(view->variants.size());
    return view;
}

const Origin *LibraryView::origin(std::size_t variant) const
{
    static constexpr Origin kTrained = Origin::Distilled;
    if (entry(variant).isPair())
        return pair(variant) ? &kTrained : nullptr;
    auto found = details.chosen.find(placeOf(*this, variant));
    return found == details.chosen.end() ? nullptr : &found->second;
}

const WeightsRecord *LibraryView::weights(std::size_t variant) const
{
    const Origin *of = origin(variant);
    if (!of || entry(variant).isPair())
        return nullptr;
    auto found = details.weights.find({placeOf(*this, variant), *of});
    return found == details.weights.end() ? nullptr : &found->second;
}

const PairRecord *LibraryView::pair(std::size_t variant) const
{
    const LibraryEntry &of = entry(variant);
    if (!of.isPair())
        return nullptr;
    auto found = details.pairs.find({static_cast<std::int64_t>(variants[variant].layer), *of.attention, *of.ffn});
    return found == details.pairs.end() ? nullptr : &found->second;
}

std::set<std::string> metricsOf(const BlockLibrary &library)
{
    std::set<std::string> metrics;
    for (const BlockLibrary::Layer &layer : library.layers)
        for (const LibraryEntry &entry : layer.entries)
            for (const auto &[metric, score] : entry.scores)
                metrics.insert(metric);
    return metrics;
}

std::string costKey(const BlockLibrary &library, const std::string &cost, std::size_t workload)
{
    return workload == 0 ? cost : cost + "@" + library.workloads[workload].name;
}

} // namespace tessera
