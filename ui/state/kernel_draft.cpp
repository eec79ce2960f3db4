// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/kernel_draft.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

const char *const kFamilyWords[] = {"fc", "resfc", "laplace", "gamma_exponential"};

QString translated(const char *text) { return QCoreApplication::translate("tessera::ui::Words", text); }

QString shortNumber(double value) { return QLocale().toString(value, 'g', 3); }

} // namespace

QList<KernelParameter> parametersOf(KernelDraft::Family family)
{
    switch (family) {
    case KernelDraft::kFc:
        return {KernelParameter::Depth, KernelParameter::Bias};
    case KernelDraft::kResFc:
        return {KernelParameter::Depth, KernelParameter::Alpha};
    case KernelDraft::kLaplace:
        return {KernelParameter::C};
    default:
        return {KernelParameter::C, KernelParameter::Gamma};
    }
}

ParameterRange rangeOf(KernelParameter parameter)
{
    switch (parameter) {
    case KernelParameter::Depth:
        return {1, 50, true, 0};
    case KernelParameter::Bias:
        return {0, 2, false, 2};
    case KernelParameter::Alpha:
        return {0.01, 2, true, 3};
    case KernelParameter::C:
        return {0.05, 10, true, 3};
    default:
        return {0.1, 2, false, 2};
    }
}

double valueOf(const KernelDraft &kernel, KernelParameter parameter)
{
    switch (parameter) {
    case KernelParameter::Depth:
        return kernel.depth;
    case KernelParameter::Bias:
        return kernel.bias;
    case KernelParameter::Alpha:
        return kernel.alpha;
    case KernelParameter::C:
        return kernel.c;
    default:
        return kernel.gamma;
    }
}

void setValue(KernelDraft *kernel, KernelParameter parameter, double value)
{
    ParameterRange range = rangeOf(parameter);
    double scale = std::pow(10.0, range.decimals);
    value = std::round(std::max(value, range.low) * scale) / scale;
    switch (parameter) {
    case KernelParameter::Depth:
        kernel->depth = static_cast<int>(value);
        break;
    case KernelParameter::Bias:
        kernel->bias = value;
        break;
    case KernelParameter::Alpha:
        kernel->alpha = value;
        break;
    case KernelParameter::C:
        kernel->c = value;
        break;
    default:
        kernel->gamma = value;
    }
}

QString familyTitle(KernelDraft::Family family)
{
    switch (family) {
    case KernelDraft::kFc:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Fully connected"));
    case KernelDraft::kResFc:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Residual"));
    case KernelDraft::kLaplace:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Laplace"));
    default:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "γ-exponential"));
    }
}

QString parameterTitle(KernelParameter parameter)
{
    switch (parameter) {
    case KernelParameter::Depth:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Depth L"));
    case KernelParameter::Bias:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Bias β"));
    case KernelParameter::Alpha:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Branch α"));
    case KernelParameter::C:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Width c"));
    default:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Exponent γ"));
    }
}

QString kernelTitle(const KernelDraft &kernel)
{
    QStringList words{familyTitle(kernel.family)};
    static const char *const symbols[] = {"L", "β", "α", "c", "γ"};
    for (KernelParameter parameter : parametersOf(kernel.family))
        words.append(QString::fromUtf8(symbols[static_cast<int>(parameter)]) + QChar(0xa0)
                     + shortNumber(valueOf(kernel, parameter)));
    return words.join(QStringLiteral(", "));
}

QString kernelMark(const KernelDraft &kernel) { return familyTitle(kernel.family); }

Json toJson(const KernelDraft &kernel)
{
    Json json{{"family", kFamilyWords[kernel.family]}};
    switch (kernel.family) {
    case KernelDraft::kFc:
        json["depth"] = kernel.depth;
        json["bias"] = kernel.bias;
        if (kernel.bias > 0)
            json["bias_init"] = kernel.normalBias ? "normal" : "zero";
        break;
    case KernelDraft::kResFc:
        json["depth"] = kernel.depth;
        json["alpha"] = kernel.alpha;
        break;
    case KernelDraft::kLaplace:
        json["c"] = kernel.c;
        break;
    default:
        json["c"] = kernel.c;
        json["gamma"] = kernel.gamma;
    }
    return json;
}

std::optional<KernelDraft> kernelDraftOf(const QString &text)
{
    Json kernel{{"family", text.section(':', 0, 0).toStdString()}};
    const QStringList fields = text.section(':', 1).split(',', Qt::SkipEmptyParts);
    for (const QString &field : fields) {
        QString value = field.section('=', 1);
        bool number = false;
        double amount = value.toDouble(&number);
        kernel[field.section('=', 0, 0).toStdString()] = number ? Json(amount) : Json(value.toStdString());
    }
    return kernelFromJson(kernel);
}

std::optional<KernelDraft> kernelFromJson(const Json &kernel)
{
    if (!kernel.is_object())
        return std::nullopt;
    KernelDraft draft;
    auto family = std::find(std::begin(kFamilyWords), std::end(kFamilyWords), kernel.value("family", Json()));
    if (family == std::end(kFamilyWords))
        return std::nullopt;
    draft.family = static_cast<KernelDraft::Family>(family - std::begin(kFamilyWords));
    for (const auto &[name, value] : kernel.items()) {
        double amount = value.is_number() ? value.get<double>() : 0;
        if (name == "family")
            continue;
        if (name == "bias_init")
            draft.normalBias = value == "normal";
        else if (!value.is_number() || !std::isfinite(amount))
            return std::nullopt;
        else if (name == "depth")
            draft.depth = static_cast<int>(std::clamp(amount, 1.0, 1e6));
        else if (name == "bias")
            draft.bias = amount;
        else if (name == "alpha")
            draft.alpha = amount;
        else if (name == "c")
            draft.c = amount;
        else if (name == "gamma")
            draft.gamma = amount;
        else
            return std::nullopt;
    }
    return draft;
}

Json settingsOf(const KernelDraft &kernel)
{
    return {{"family", kFamilyWords[kernel.family]}, {"depth", kernel.depth},         {"bias", kernel.bias},
            {"alpha", kernel.alpha},                 {"c", kernel.c},                 {"gamma", kernel.gamma},
            {"normal", kernel.normalBias},           {"matched", kernel.matched},     {"shown", kernel.shown}};
}

std::optional<KernelDraft> kernelFromSettings(const Json &settings)
{
    if (!settings.is_object())
        return std::nullopt;
    Json kernel = settings;
    auto flag = [&](const char *name, bool otherwise) {
        auto found = settings.find(name);
        kernel.erase(name);
        return found != settings.end() && found->is_boolean() ? found->get<bool>() : otherwise;
    };
    const KernelDraft usual;
    bool normal = flag("normal", usual.normalBias), matched = flag("matched", usual.matched), shown = flag("shown", usual.shown);
    std::optional<KernelDraft> draft = kernelFromJson(kernel);
    if (draft)
        draft->normalBias = normal, draft->matched = matched, draft->shown = shown;
    return draft;
}

} // namespace tessera::ui
