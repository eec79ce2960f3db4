// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/kept_settings.h"

#include "ui/client/reader.h"
#include "ui/state/kernel_draft.h"
#include "ui/state/spectra.h"

#include <algorithm>

namespace tessera::ui {
namespace {

struct View {
    const char *kind, *view;
    const char *parts; ///< The member that lists the answers, one a kernel; null: the result is the only one.
};
constexpr View kViews[] = {{"mercer", "spectrum", "spectra"}, {"profile", "profile", "profiles"}, {"descend", "training", "descents"},
                           {"matrix", "data", nullptr},       {"regress", "data", "results"}};

/// The kernels of an answer, with what else was set about them where it is about the same.
std::optional<Json> kernelsOf(const Json &parts, const Json &settings)
{
    const Json *before = settings.contains("kernels") && settings["kernels"].is_array() ? &settings["kernels"] : nullptr;
    Json kernels = Json::array();
    for (const Json &part : parts) {
        auto kernel = part.is_object() ? kernelFromJson(part.value("kernel", Json())) : std::nullopt;
        if (!kernel || kernels.size() >= static_cast<std::size_t>(Spectra::kMostKernels))
            return std::nullopt;
        if (before)
            for (const Json &other : *before)
                if (auto set = kernelFromSettings(other); set && toJson(*set) == toJson(*kernel)) {
                    kernel = set;
                    break;
                }
        kernels.push_back(settingsOf(*kernel));
    }
    return kernels.empty() ? std::nullopt : std::optional(kernels);
}

bool isShown(const Json &part, const std::string &kind)
{
    if (kind == "mercer") {
        // The fit and the sphere are named on the page, and are no others there.
        const Json fit = part.value("fit", Json()), dimension = part.value("dimension", Json());
        return fit.is_object() && fit.value("first", Json()) == 40 && fit.value("last", Json()) == 200 && dimension.is_number_integer()
            && dimension >= Spectra::kLeastDimension && dimension <= Spectra::kMostDimension;
    }
    if (kind == "descend")
        return part.contains("times") && part.value("points", Json()) == 100 && part.value("clip", Json()) == 20;
    return true;
}

/// As the form of data calls what a matrix or a regression is on.
Json dataOf(const Json &result, const std::string &kind)
{
    const bool circle = result.value("data", Json()) == "sphere" && result.value("dimension", Json()) == 2;
    Json data{{"data", circle ? Json("circle") : result.value("data", Json())}};
    if (kind == "matrix")
        data["points"] = result.value("points", Json());
    return data;
}

} // namespace

std::optional<Json> settingsToShow(const KeptSpectrum &kept)
{
    if (!kept.result.is_object())
        return std::nullopt;
    Json settings = kept.settings;
    const std::string kind = kept.row.kind.toStdString();
    if (kind == "gallery") {
        settings["view"] = "gallery";
        settings["gallery"] = {{"experiment", kept.result.value("name", Json())}};
        return settings;
    }
    auto view = std::find_if(std::begin(kViews), std::end(kViews), [&](const View &known) { return kind == known.kind; });
    if (view == std::end(kViews))
        return std::nullopt;
    const bool several = view->parts && kept.result.contains(view->parts) && kept.result[view->parts].is_array();
    const Json parts = several ? kept.result[view->parts] : Json::array({kept.result});
    auto kernels = kernelsOf(parts, settings);
    if (!kernels || !isShown(parts[0], kind))
        return std::nullopt;
    settings["view"] = view->view;
    const Json &first = kind == "regress" ? kept.result : parts[0];
    if (const Json of = first.value("of", Json()); of.is_string())
        settings["of"] = of;
    if (kind == "mercer" || (kind == "matrix" && first.value("data", Json()) == "sphere" && first.value("dimension", Json()) != 2))
        settings["dimension"] = first.value("dimension", Json());
    if (kind == "descend" || kind == "matrix") {
        // One kernel of those that were there: it is chosen among them.
        auto before = settings.find("kernels");
        int chosen = -1;
        if (before != settings.end() && before->is_array())
            for (std::size_t i = 0; i < before->size(); ++i)
                if ((*before)[i] == (*kernels)[0])
                    chosen = static_cast<int>(i);
        if (chosen < 0)
            settings["kernels"] = *kernels, chosen = 0;
        const char *form = kind == "descend" ? "training" : "data";
        if (!settings.contains(form) || !settings[form].is_object())
            settings[form] = Json::object();
        settings[form]["kernel"] = chosen;
    } else {
        settings["kernels"] = *kernels;
    }
    if (kind == "matrix" || kind == "regress") {
        if (!settings.contains("data") || !settings["data"].is_object())
            settings["data"] = Json::object();
        settings["data"].update(dataOf(kept.result, kind));
    }
    return settings;
}

} // namespace tessera::ui
