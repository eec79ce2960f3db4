// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json.h"

#include <QList>
#include <QString>

#include <optional>

namespace tessera::ui {

/// A kernel as the sliders set it. Only the parameters of its family have a meaning (parametersOf); all are kept, so that
/// another family and back is no loss.
struct KernelDraft {
    enum Family { kFc, kResFc, kLaplace, kGammaExponential, kFamilies };

    Family family = kFc;
    int depth = 3;
    double bias = 1, alpha = 1, c = 1, gamma = 1.5;
    bool normalBias = false; ///< Biases are drawn, instead of starting at zero.
    bool matched = false;    ///< Laplace: c follows the first network in the list as L / (2 pi).
    bool shown = true;

    bool isNetwork() const { return family == kFc || family == kResFc; }
    bool operator==(const KernelDraft &) const = default;
};

/// What can be set about a kernel.
enum class KernelParameter { Depth, Bias, Alpha, C, Gamma };
struct ParameterRange {
    double low = 0, high = 1;
    bool logarithmic = false; ///< The slider's ends are far apart; both are positive then.
    int decimals = 2;
};
QList<KernelParameter> parametersOf(KernelDraft::Family family);
ParameterRange rangeOf(KernelParameter parameter);
double valueOf(const KernelDraft &kernel, KernelParameter parameter);
void setValue(KernelDraft *kernel, KernelParameter parameter, double value);

QString familyTitle(KernelDraft::Family family);
/// "Depth L", "Bias β", ...
QString parameterTitle(KernelParameter parameter);
/// "Fully connected, L 3, β 1".
QString kernelTitle(const KernelDraft &kernel);
/// The title without its figures, where the place is narrow.
QString kernelMark(const KernelDraft &kernel);

/// As the engine reads it.
Json toJson(const KernelDraft &kernel);
/// From "fc:depth=3,bias=1,bias_init=zero", or from what the engine writes; nothing for families that have no sliders, and for nonsense.
std::optional<KernelDraft> kernelDraftOf(const QString &text);
std::optional<KernelDraft> kernelFromJson(const Json &kernel);

/// All that is set, what has no meaning for its family too.
Json settingsOf(const KernelDraft &kernel);
/// Nothing where they are not those of a kernel.
std::optional<KernelDraft> kernelFromSettings(const Json &settings);

} // namespace tessera::ui
