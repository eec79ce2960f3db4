// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/spectra.h"

#include "ui/state/session.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::ui {
namespace {

constexpr qsizetype kMostKept = 512; ///< Answers; beyond it they are forgotten together.
constexpr int kAngles = 181;

KernelDraft made(KernelDraft::Family family)
{
    KernelDraft kernel;
    kernel.family = family;
    if (family == KernelDraft::kResFc) {
        kernel.depth = 10;
        kernel.alpha = 0.316;
    }
    kernel.matched = family == KernelDraft::kLaplace;
    return kernel;
}

} // namespace

Spectra::Spectra(Session &session) : QObject(&session), m_session(session)
{
    // Everything that changes in one turn of the event loop is one question.
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &Spectra::ask);
    connect(&session.engine(), &EngineClient::connected, this, [this] {
        m_asked = false; // Whatever the one before was asked.
        if (m_wanted != Wanted::Nothing)
            m_timer.start();
    });
    change({made(KernelDraft::kFc), made(KernelDraft::kResFc), made(KernelDraft::kLaplace)});
}

void Spectra::setKernels(const QList<KernelDraft> &kernels)
{
    if (!kernels.isEmpty())
        change(kernels.mid(0, kMostKernels));
}

void Spectra::setKernel(int index, const KernelDraft &kernel)
{
    QList<KernelDraft> next = m_kernels;
    next[index] = kernel;
    change(next);
}

void Spectra::addKernel(KernelDraft::Family family)
{
    if (m_kernels.size() < kMostKernels)
        change(m_kernels + QList{made(family)});
}

void Spectra::removeKernel(int index)
{
    QList<KernelDraft> next = m_kernels;
    next.removeAt(index);
    if (next.isEmpty())
        return;
    m_spectra.removeAt(index);
    m_profiles.removeAt(index);
    change(next);
}

void Spectra::change(const QList<KernelDraft> &kernels)
{
    QList<KernelDraft> next = kernels;
    auto network = std::find_if(kernels.begin(), kernels.end(), [](const KernelDraft &kernel) { return kernel.isNetwork(); });
    if (network != kernels.end())
        for (KernelDraft &kernel : next)
            if (kernel.family == KernelDraft::kLaplace && kernel.matched)
                kernel.c = std::round(1e4 * network->depth / (2 * std::numbers::pi)) / 1e4;
    if (next == m_kernels)
        return;
    if (next.size() != m_kernels.size())
        ++m_arrangement;
    m_kernels = next;
    m_spectra.resize(m_kernels.size());
    m_profiles.resize(m_kernels.size());
    changed();
}

void Spectra::changed()
{
    Q_EMIT questionChanged();
    if (m_wanted != Wanted::Nothing)
        m_timer.start();
}

void Spectra::setDimension(int dimension)
{
    dimension = std::clamp(dimension, kLeastDimension, kMostDimension);
    if (dimension == m_dimension)
        return;
    m_dimension = dimension;
    changed();
}

void Spectra::setGp(bool gp)
{
    if (gp == m_gp)
        return;
    m_gp = gp;
    changed();
}

QString Spectra::describe() const
{
    QStringList words{m_gp ? QStringLiteral("GP") : QStringLiteral("NTK"), QStringLiteral("d = %1").arg(m_dimension)};
    for (const KernelDraft &kernel : m_kernels)
        words.append(kernelTitle(kernel));
    return words.join(QStringLiteral(" · "));
}

void Spectra::setWanted(Wanted wanted)
{
    if (wanted == m_wanted)
        return;
    m_wanted = wanted;
    if (wanted != Wanted::Nothing)
        m_timer.start();
}

QString Spectra::keyOf(int index, bool profile) const
{
    // A profile does not depend on the dimension.
    return QString::fromStdString(toJson(m_kernels[index]).dump()) + ofWord() + (profile ? QString() : QString::number(m_dimension));
}

Json Spectra::paramsOf(const Json &kernels, bool profiles) const
{
    Json params{{"kernels", kernels}, {"of", ofWord().toStdString()}};
    if (profiles)
        params["angles"] = kAngles;
    else
        params["dimension"] = m_dimension, params["degrees"] = kDegrees;
    return params;
}

Json Spectra::settings() const
{
    Json kernels = Json::array();
    for (const KernelDraft &kernel : m_kernels)
        kernels.push_back(settingsOf(kernel));
    return {{"of", ofWord().toStdString()}, {"dimension", m_dimension}, {"kernels", kernels}};
}

void Spectra::restore(const Json &settings)
{
    if (!settings.is_object())
        return;
    QList<KernelDraft> kernels;
    if (auto found = settings.find("kernels"); found != settings.end() && found->is_array())
        for (const Json &each : *found)
            if (auto kernel = kernelFromSettings(each))
                kernels.append(*kernel);
    setKernels(kernels);
    if (auto of = settings.find("of"); of != settings.end() && of->is_string())
        setGp(*of == "gp");
    if (auto dimension = settings.find("dimension"); dimension != settings.end() && dimension->is_number_integer())
        setDimension(static_cast<int>(std::clamp<std::int64_t>(dimension->get<std::int64_t>(), kLeastDimension, kMostDimension)));
}

SpectraQuestion Spectra::question(bool profiles) const
{
    Json kernels = Json::array();
    for (const KernelDraft &kernel : m_kernels)
        kernels.push_back(toJson(kernel));
    const QString of = m_gp ? QStringLiteral("GP") : QStringLiteral("NTK");
    if (profiles)
        return {QStringLiteral("spectra/profile"), paramsOf(kernels, true), tr("%1 over the angle").arg(of)};
    return {QStringLiteral("spectra/mercer"), paramsOf(kernels, false), QStringLiteral("%1, d = %2").arg(of).arg(m_dimension)};
}

bool Spectra::isAnswered(bool profiles) const
{
    if (isStale() || !m_failure.isEmpty())
        return false;
    for (int i = 0; i < m_kernels.size(); ++i)
        if (profiles ? !m_knownProfiles.contains(keyOf(i, true)) : !m_knownSpectra.contains(keyOf(i, false)))
            return false;
    return true;
}

void Spectra::adoptKept(const Json &result, bool profiles)
{
    const char *parts = profiles ? "profiles" : "spectra";
    const Json answer = result.is_object() && result.contains(parts) ? result : Json{{parts, Json::array({result})}};
    const QList<MercerData> spectra = profiles ? QList<MercerData>() : readMercer(answer);
    const QList<ProfileData> found = profiles ? readProfiles(answer) : QList<ProfileData>();
    for (int i = 0; i < m_kernels.size(); ++i) {
        if (i < found.size())
            m_knownProfiles.insert(keyOf(i, true), found[i]);
        if (i < spectra.size())
            m_knownSpectra.insert(keyOf(i, false), spectra[i]);
    }
    m_failure.clear();
    m_timer.start();
}

QList<int> Spectra::adopt()
{
    QList<int> missing;
    for (int i = 0; i < m_kernels.size(); ++i) {
        QString key = keyOf(i, asksProfiles());
        if (asksProfiles() ? !m_knownProfiles.contains(key) : !m_knownSpectra.contains(key))
            missing.append(i);
        else if (asksProfiles())
            m_profiles[i] = m_knownProfiles.value(key);
        else
            m_spectra[i] = m_knownSpectra.value(key);
    }
    return missing;
}

void Spectra::ask()
{
    if (!m_session.engine().isConnected() || m_wanted == Wanted::Nothing)
        return;
    // One question at a time: a slider that is faster than the answers skips what it has passed, and no queue grows.
    m_again = m_asked;
    if (m_asked)
        return;
    if (m_knownSpectra.size() > kMostKept)
        m_knownSpectra.clear();
    if (m_knownProfiles.size() > kMostKept)
        m_knownProfiles.clear();
    m_failure.clear();
    const QList<int> missing = adopt();
    if (missing.isEmpty()) {
        Q_EMIT answered();
        return;
    }
    Json kernels = Json::array();
    QStringList keys;
    for (int index : missing) {
        kernels.push_back(toJson(m_kernels[index]));
        keys.append(keyOf(index, asksProfiles()));
    }
    m_asked = true;
    bool profiles = asksProfiles();
    m_session.engine().call(profiles ? "spectra/profile" : "spectra/mercer", paramsOf(kernels, profiles), this,
                            [this, profiles, missing, keys, arrangement = m_arrangement](const Reply &reply) {
                                m_asked = false;
                                try {
                                    if (!reply.ok())
                                        throw toError(*reply.error);
                                    if (profiles)
                                        takeProfiles(reply.result, keys);
                                    else
                                        takeSpectra(reply.result, keys);
                                    if (profiles == asksProfiles() && arrangement == m_arrangement)
                                        show(missing, keys);
                                } catch (const Error &error) {
                                    m_failure = QString::fromStdString(error.what());
                                }
                                if (m_again && m_wanted != Wanted::Nothing) {
                                    ask();
                                } else {
                                    m_again = false;
                                    adopt();
                                }
                                Q_EMIT answered();
                            });
}

void Spectra::takeSpectra(const Json &result, const QStringList &keys)
{
    const QList<MercerData> found = readMercer(result);
    for (qsizetype i = 0; i < std::min(found.size(), keys.size()); ++i)
        if (!m_knownSpectra.contains(keys[i])) // What the project keeps may have come meanwhile.
            m_knownSpectra.insert(keys[i], found[i]);
}

void Spectra::takeProfiles(const Json &result, const QStringList &keys)
{
    const QList<ProfileData> found = readProfiles(result);
    for (qsizetype i = 0; i < std::min(found.size(), keys.size()); ++i)
        if (!m_knownProfiles.contains(keys[i]))
            m_knownProfiles.insert(keys[i], found[i]);
}

void Spectra::show(const QList<int> &indices, const QStringList &keys)
{
    for (qsizetype i = 0; i < indices.size(); ++i) {
        if (asksProfiles() && m_knownProfiles.contains(keys[i]))
            m_profiles[indices[i]] = m_knownProfiles.value(keys[i]);
        else if (!asksProfiles() && m_knownSpectra.contains(keys[i]))
            m_spectra[indices[i]] = m_knownSpectra.value(keys[i]);
    }
}

} // namespace tessera::ui
