// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QHash>
#include <QLocale>

#include <array>
#include <cmath>

namespace tessera::ui {
namespace {

const QString kDash = QStringLiteral("–");
const QString kMinus = QStringLiteral("−");

QString translated(const char *text) { return QCoreApplication::translate("tessera::ui::Words", text); }

/// value with the given number of significant digits, never in powers of ten for usual sizes.
QString significant(double value, int digits)
{
    if (value == 0)
        return QLocale().toString(0);
    double size = std::abs(value);
    if (size >= 1e7 || size < 1e-4)
        return QLocale().toString(value, 'g', digits);
    int decimals = std::max(0, digits - 1 - static_cast<int>(std::floor(std::log10(size))));
    return QLocale().toString(value, 'f', std::min(decimals, 6));
}

struct Scale {
    double factor;
    const char *name;
};

/// How the digits of a number are written.
using Digits = QString (*)(double);
QString fourDigits(double value) { return significant(value, 4); }
QString roundDigits(double value) { return QLocale().toString(value, 'g', 6); }

QString scaled(double value, std::initializer_list<Scale> scales, Digits digits)
{
    const Scale *chosen = scales.begin();
    for (const Scale &scale : scales)
        if (std::abs(value) >= scale.factor * 0.9995)
            chosen = &scale;
    double number = value / chosen->factor;
    QString text =
        chosen->factor == 1 && number == std::round(number) ? QLocale().toString(number, 'f', 0) : digits(number);
    return *chosen->name ? text + QStringLiteral(" ") + QString::fromUtf8(chosen->name) : text;
}

QString amount(double value, const QString &unit, Digits digits)
{
    if (std::isnan(value))
        return kDash;
    if (unit == "bytes")
        return scaled(value,
                      {{1, "B"}, {1024.0, "KiB"}, {1048576.0, "MiB"}, {1073741824.0, "GiB"}, {1099511627776.0, "TiB"}},
                      digits);
    if (unit == "count")
        return std::abs(value) < 1e4 ? QLocale().toString(value, 'f', value == std::round(value) ? 0 : 2)
                                     : scaled(value, {{1e3, "K"}, {1e6, "M"}, {1e9, "B"}, {1e12, "T"}}, digits);
    if (unit == "ms")
        return scaled(value, {{1e-3, "µs"}, {1, "ms"}, {1e3, "s"}}, digits);
    if (unit == "tokens/s")
        return digits(value) + " " + translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "tokens/s"));
    return digits(value);
}

} // namespace

QString formatAmount(double value, const QString &unit) { return amount(value, unit, fourDigits); }

QString formatTick(double value, const QString &unit)
{
    return value == 0 ? QLocale().toString(0) : amount(value, unit, roundDigits);
}

double tickGrain(double high, const QString &unit)
{
    double grain = 1;
    while (unit == "bytes" && grain * 1024 <= high && grain < 1e12)
        grain *= 1024;
    return grain;
}

QString formatDifference(double value, const QString &unit)
{
    if (std::isnan(value))
        return kDash;
    if (value == 0)
        return QStringLiteral("0");
    return (value > 0 ? QStringLiteral("+") : kMinus) + formatAmount(std::abs(value), unit);
}

QString formatScore(double value)
{
    if (std::isnan(value))
        return kDash;
    QString text = significant(std::abs(value), 4);
    return value < 0 ? kMinus + text : text;
}

QString formatScore(double mean, double standardError)
{
    if (std::isnan(mean) || std::isnan(standardError))
        return formatScore(mean);
    return formatScore(mean) + QStringLiteral(" ± ") + significant(standardError, 2);
}

QString formatPercent(double share, int decimals)
{
    if (std::isnan(share))
        return kDash;
    return QLocale().toString(100 * share, 'f', decimals) + QStringLiteral(" %");
}

QString formatSeconds(double seconds)
{
    if (std::isnan(seconds))
        return kDash;
    if (seconds < 60)
        return formatAmount(1e3 * seconds, "ms");
    qint64 whole = std::llround(seconds);
    if (whole < 3600)
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "%1 min %2 s")).arg(whole / 60).arg(whole % 60);
    return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "%1 h %2 min")).arg(whole / 3600).arg(whole / 60 % 60);
}

QString costTitle(const QString &key)
{
    static const QHash<QString, const char *> titles{
        {"parameters", QT_TRANSLATE_NOOP("tessera::ui::Words", "Parameters")},
        {"weight_bytes", QT_TRANSLATE_NOOP("tessera::ui::Words", "Weights")},
        {"kv_bytes", QT_TRANSLATE_NOOP("tessera::ui::Words", "KV cache")},
        {"memory", QT_TRANSLATE_NOOP("tessera::ui::Words", "Memory")},
        {"prefill", QT_TRANSLATE_NOOP("tessera::ui::Words", "Prefill")},
        {"decode", QT_TRANSLATE_NOOP("tessera::ui::Words", "Decode")},
        {"runtime", QT_TRANSLATE_NOOP("tessera::ui::Words", "Run time")},
        {"throughput", QT_TRANSLATE_NOOP("tessera::ui::Words", "Throughput")},
        {"attention_layers", QT_TRANSLATE_NOOP("tessera::ui::Words", "Attention layers")}};
    QString cost = key.section('@', 0, 0), workload = key.section('@', 1);
    auto found = titles.constFind(cost);
    QString title = found == titles.constEnd() ? cost : translated(*found);
    return workload.isEmpty() ? title : title + QStringLiteral(" · ") + workload;
}

QString metricTitle(const QString &metric)
{
    static const QHash<QString, const char *> titles{
        {"kl_div", QT_TRANSLATE_NOOP("tessera::ui::Words", "KL divergence")},
        {"lm_loss", QT_TRANSLATE_NOOP("tessera::ui::Words", "Loss increase")},
        {"hidden_cosine", QT_TRANSLATE_NOOP("tessera::ui::Words", "Hidden cosine distance")},
        {"accuracy_loss", QT_TRANSLATE_NOOP("tessera::ui::Words", "Accuracy loss")},
        {"perplexity", QT_TRANSLATE_NOOP("tessera::ui::Words", "Perplexity")}};
    auto found = titles.constFind(metric);
    return found == titles.constEnd() ? metric : translated(*found);
}

QString baselineTitle(const QString &name)
{
    static const QHash<QString, const char *> titles{
        {"greedy", QT_TRANSLATE_NOOP("tessera::ui::Words", "Greedy")},
        {"uniform", QT_TRANSLATE_NOOP("tessera::ui::Words", "Uniform")},
        {"random", QT_TRANSLATE_NOOP("tessera::ui::Words", "Random")},
        {"no-op only", QT_TRANSLATE_NOOP("tessera::ui::Words", "Removal only")},
        {"most parameters", QT_TRANSLATE_NOOP("tessera::ui::Words", "Most parameters")},
        {"evolutionary", QT_TRANSLATE_NOOP("tessera::ui::Words", "Evolutionary")}};
    auto found = titles.constFind(name);
    return found == titles.constEnd() ? name : translated(*found);
}

QString originTitle(const QString &origin)
{
    static const QHash<QString, const char *> titles{
        {"parent", QT_TRANSLATE_NOOP("tessera::ui::Words", "the parent's own")},
        {"paper", QT_TRANSLATE_NOOP("tessera::ui::Words", "initialised as in the paper")},
        {"closed", QT_TRANSLATE_NOOP("tessera::ui::Words", "fitted in closed form")},
        {"distilled", QT_TRANSLATE_NOOP("tessera::ui::Words", "distilled block-wise")},
        {"refitted", QT_TRANSLATE_NOOP("tessera::ui::Words", "refitted inside a child")},
        {"imported", QT_TRANSLATE_NOOP("tessera::ui::Words", "imported")}};
    auto found = titles.constFind(origin);
    return found == titles.constEnd() ? origin : translated(*found);
}

QString stageTitle(const QString &stage)
{
    static const QHash<QString, const char *> titles{
        {"fit", QT_TRANSLATE_NOOP("tessera::ui::Words", "Fit variants")},
        {"distill", QT_TRANSLATE_NOOP("tessera::ui::Words", "Distil variants")},
        {"distill-child", QT_TRANSLATE_NOOP("tessera::ui::Words", "Distil a child")},
        {"measure", QT_TRANSLATE_NOOP("tessera::ui::Words", "Measure run times")},
        {"score", QT_TRANSLATE_NOOP("tessera::ui::Words", "Score variants")},
        {"score-paper", QT_TRANSLATE_NOOP("tessera::ui::Words", "Score initialisations")},
        {"evaluating", QT_TRANSLATE_NOOP("tessera::ui::Words", "Evaluate")},
        {"ranking channels", QT_TRANSLATE_NOOP("tessera::ui::Words", "Rank channels")},
        {"tangent kernels", QT_TRANSLATE_NOOP("tessera::ui::Words", "Tangent kernels")}};
    auto found = titles.constFind(stage);
    return found == titles.constEnd() ? stage : translated(*found);
}

QString variantTitle(const QString &shortName)
{
    QString size = shortName.section(':', 1);
    if (shortName.startsWith("gqa:"))
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "%1 kv heads")).arg(size);
    if (shortName.startsWith("width:"))
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "%1 wide")).arg(size);
    if (shortName == "linear")
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "linear"));
    if (shortName == "none")
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "removed"));
    return shortName;
}

QString variantMark(const QString &shortName)
{
    QString size = shortName.section(':', 1);
    if (!size.isEmpty())
        return size;
    if (shortName == "linear")
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "lin"));
    return shortName == "none" ? QStringLiteral("∅") : shortName;
}

QString partTitle(BlockPart part)
{
    switch (part) {
    case BlockPart::Attention:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Attention"));
    case BlockPart::Ffn:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "FFN"));
    default:
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "Whole layer"));
    }
}

QString priceUnit(const QString &unit)
{
    if (unit == "bytes")
        return QStringLiteral("GiB");
    if (unit == "ms")
        return QStringLiteral("ms");
    if (unit == "tokens/s")
        return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "token/s"));
    return translated(QT_TRANSLATE_NOOP("tessera::ui::Words", "unit"));
}

QString formatTime(const QString &iso)
{
    QDateTime time = QDateTime::fromString(iso, Qt::ISODate);
    return time.isValid() ? QLocale().toString(time.toLocalTime(), QLocale::ShortFormat) : iso;
}

} // namespace tessera::ui
