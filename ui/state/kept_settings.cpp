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
constexpr View kViews[] = {{"mercer", "spectrum", "spectra"},
                           {"profile", "profile", "profiles"},
                           {"descend", "training", "descents"},
                           {"matrix", "data", nullptr},
                           {"regress", "data", "results"}};

/// The kernels of an answer, with what else was set about them where it is about the same.
std::optional<Json> kernelsOf(const Json &parts, const Json &settings)
{
    const Json *before =
        settings.contains("kernels") && settings["kernels"].is_array() ? &settings["kernels"] : nullptr;
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
        return fit.is_object() && fit.value("first", Json()) == 40 && fit.value("last", Json()) == 200
            && dimension.is_number_integer() && dimension >= Spectra::kLeastDimension
            && dimension <= Spectra::kMostDimension;
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

Json partsOf(const Json &result, const View &view)
{
    const bool several = view.parts && result.contains(view.parts) && result[view.parts].is_array();
    return several ? result[view.parts] : Json::array({result});
}

Json &objectIn(Json &settings, const char *key)
{
    Json &object = settings[key];
    if (!object.is_object())
        object = Json::object();
    return object;
}

/// Which of the kernels that were set is the first of an answer; where none is, those of the answer take their place.
int chosenKernel(Json &settings, const Json &kernels)
{
    const Json before = settings.value("kernels", Json());
    int chosen = -1;
    if (before.is_array())
        for (std::size_t i = 0; i < before.size(); ++i)
            if (before[i] == kernels[0])
                chosen = static_cast<int>(i);
    if (chosen < 0)
        settings["kernels"] = kernels;
    return std::max(chosen, 0);
}

/// Sets the sphere where the page's own is meant.
void setSphere(Json &settings, const Json &answer, const std::string &kind)
{
    const Json dimension = answer.value("dimension", Json());
    const bool matrixOnSphere = kind == "matrix" && answer.value("data", Json()) == "sphere" && dimension != 2;
    if (kind == "mercer" || matrixOnSphere)
        settings["dimension"] = dimension;
}

Json settingsOfGallery(const KeptSpectrum &kept)
{
    Json settings = kept.settings;
    settings["view"] = "gallery";
    settings["gallery"] = {{"experiment", kept.result.value("name", Json())}};
    return settings;
}

} // namespace

std::optional<Json> settingsToShow(const KeptSpectrum &kept)
{
    if (!kept.result.is_object())
        return std::nullopt;
    const std::string kind = kept.row.kind.toStdString();
    if (kind == "gallery")
        return settingsOfGallery(kept);
    auto view =
        std::find_if(std::begin(kViews), std::end(kViews), [&](const View &known) { return kind == known.kind; });
    if (view == std::end(kViews))
        return std::nullopt;
    Json settings = kept.settings;
    const Json parts = partsOf(kept.result, *view);
    auto kernels = kernelsOf(parts, settings);
    if (!kernels || !isShown(parts[0], kind))
        return std::nullopt;
    settings["view"] = view->view;
    const Json &answer = kind == "regress" ? kept.result : parts[0];
    if (const Json of = answer.value("of", Json()); of.is_string())
        settings["of"] = of;
    setSphere(settings, answer, kind);
    if (kind == "descend" || kind == "matrix") {
        const int chosen = chosenKernel(settings, *kernels);
        objectIn(settings, view->view)["kernel"] = chosen;
    } else {
        settings["kernels"] = *kernels;
    }
    if (kind == "matrix" || kind == "regress")
        objectIn(settings, "data").update(dataOf(kept.result, kind));
    return settings;
}

} // namespace tessera::ui
