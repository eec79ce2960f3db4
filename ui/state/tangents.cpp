// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/tangents.h"

#include "ui/client/reader.h"
#include "ui/state/session.h"
#include "ui/state/text.h"

#include "engine/base/error.h"

#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::ui {
namespace {

constexpr int kProbes = 24, kWindow = 32; ///< Where no other is kept: about a minute for a small model.

/// Questions that give numbers which may be seen beside these.
Json questionOf(const TangentNetwork &network)
{
    const TangentData &spectrum = network.spectrum;
    Json params{{"probes", spectrum.probes}, {"window", spectrum.window}, {"seeds", spectrum.seeds}, {"seed", network.firstSeed}};
    QString functional = spectrum.estimator.section('/', 0, 0), how = spectrum.estimator.section('/', 1, 1);
    if (!functional.isEmpty())
        params["functional"] = functional.toStdString();
    if (how.startsWith(QLatin1String("sketch:")))
        params["sketch"] = how.section(':', 1).toInt();
    return params;
}

} // namespace

QString TangentNetwork::title() const
{
    if (ownModel)
        return spectrum.name.contains(u'/') ? QFileInfo(spectrum.name).fileName() : spectrum.name;
    if (replaced.isEmpty())
        return Tangents::tr("Parent");
    QStringList blocks;
    for (const QString &block : replaced)
        blocks.append(blockTitle(block));
    return blocks.join(QStringLiteral("; "));
}

TangentNetwork readTangentNetwork(const Json &record)
{
    const QString method = QStringLiteral("spectra/get");
    TangentNetwork network;
    network.spectrum = readTangent(record);
    const Json &result = Reader(record, method).at("result");
    Reader reader(result, method);
    // What was kept before networks said what they are has a name alone.
    network.ownModel = !reader.has("replaced") && (result.contains("replaced") || network.spectrum.name != "parent");
    if (const QList<double> seeds = reader.values("seeds"); !seeds.isEmpty())
        network.firstSeed = static_cast<qint64>(seeds.first());
    for (const Json &entry : reader.array("replaced")) {
        Reader block(entry, method);
        network.replaced.append(QStringLiteral("%1:%2").arg(block.integer("layer", -1)).arg(block.text("block")));
        network.origins.append(block.text("origin"));
    }
    return network;
}

QString blockTitle(const QString &block)
{
    QString layer = block.section(':', 0, 0), variant = block.section(':', 1);
    BlockPart part = variant.startsWith(QLatin1String("ffn")) ? BlockPart::Ffn : BlockPart::Attention;
    return Tangents::tr("Layer %1, %2: %3").arg(layer, partTitle(part), variantTitle(variant.section('=', 1)));
}

bool comparable(const TangentData &a, const TangentData &b) { return a.estimator == b.estimator && a.probeHash == b.probeHash; }

QString formatBand(const BandData &band)
{
    QLocale locale;
    if (std::isnan(band.mean))
        return QStringLiteral("–");
    QString text = locale.toString(band.mean, 'g', 4);
    if (band.high > band.low)
        text += QStringLiteral(" (%1 – %2)").arg(locale.toString(band.low, 'g', 3), locale.toString(band.high, 'g', 3));
    return text;
}

Tangents::Tangents(Session &session) : QObject(&session), m_session(session)
{
    connect(&session, &Session::projectChanged, this, [this] {
        if (m_session.project().path != m_project) {
            m_project = m_session.project().path;
            forget();
        }
        Q_EMIT changed();
    });
    connect(&session, &Session::progressed, this, [this](const Json &params) {
        if (m_job < 0 || params.value("id", std::int64_t(-1)) != m_job)
            return;
        double done = params.value("done", 0.0), total = params.value("total", 0.0);
        m_progress = total > 0 ? formatPercent(done / total, 0) : tr("running…");
        Q_EMIT progressed();
    });
    connect(&session.engine(), &EngineClient::died, this, [this] {
        m_job = -1;
        m_computing.clear();
        ++m_round;
        m_waiting = 0;
        Q_EMIT changed();
    });
}

void Tangents::forget()
{
    m_kept.clear();
    m_incoming.clear();
    ++m_round;
    m_waiting = 0;
}

void Tangents::fetch()
{
    if (!m_session.project().isOpen() || !m_session.engine().isConnected())
        return;
    int round = ++m_round;
    m_waiting = 1;
    m_session.engine().call("spectra/list", {{"kind", "tangent"}}, this, [this, round](const Reply &reply) {
        if (round != m_round)
            return;
        --m_waiting;
        m_incoming = reply.ok() ? QList<TangentNetwork>() : m_kept;
        if (reply.ok())
            for (const Json &row : reply.result.value("rows", Json::array())) {
                qint64 id = row.value("id", std::int64_t(0));
                auto known = std::find_if(m_kept.cbegin(), m_kept.cend(),
                                          [id](const TangentNetwork &network) { return network.spectrum.id == id; });
                if (known == m_kept.cend())
                    fetch(id);
                else
                    m_incoming.append(*known);
            }
        fetched();
    });
}

void Tangents::fetch(qint64 id)
{
    ++m_waiting;
    m_session.engine().call("spectra/get", {{"id", id}}, this, [this, round = m_round](const Reply &reply) {
        if (round != m_round)
            return;
        --m_waiting;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_incoming.append(readTangentNetwork(reply.result));
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
        fetched();
    });
}

void Tangents::fetched()
{
    if (m_waiting > 0)
        return;
    m_kept = std::exchange(m_incoming, {});
    std::sort(m_kept.begin(), m_kept.end(),
              [](const TangentNetwork &a, const TangentNetwork &b) { return a.spectrum.id < b.spectrum.id; });
    Q_EMIT changed();
}

int Tangents::parentBeside(int index) const
{
    for (int i = static_cast<int>(m_kept.size()) - 1; i >= 0; --i)
        if (m_kept[i].isParent() && (index < 0 || comparable(m_kept[i].spectrum, m_kept[index].spectrum)))
            return i;
    return -1;
}

int Tangents::find(const QStringList &replaced, const QStringList &origins) const
{
    int alone = -1;
    for (int i = static_cast<int>(m_kept.size()) - 1; i >= 0; --i) {
        const TangentNetwork &network = m_kept[i];
        bool same = !network.ownModel && network.replaced == replaced;
        for (qsizetype block = 0; same && block < std::min(origins.size(), network.origins.size()); ++block)
            same = origins[block].isEmpty() || network.origins[block].isEmpty() || origins[block] == network.origins[block];
        if (!same)
            continue;
        if (parentBeside(i) >= 0)
            return i;
        if (alone < 0)
            alone = i;
    }
    return alone;
}

QString Tangents::whyNot() const
{
    const ProjectInfo &project = m_session.project();
    if (!project.isOpen() || isComputing())
        return {};
    if (!project.runnable)
        return tr("This project has no model and no text: it was imported.");
    return project.writable ? QString() : project.whyReadOnly;
}

bool Tangents::mayCompute() const { return m_session.project().isOpen() && !isComputing() && whyNot().isEmpty(); }

void Tangents::computeModels(const QStringList &models)
{
    Json paths = Json::array();
    for (const QString &model : models)
        paths.push_back(model.toStdString());
    m_computing.clear();
    compute({{"probes", kProbes}, {"window", kWindow}, {"models", paths}});
}

void Tangents::computeReplaced(const QStringList &replaced)
{
    int parent = parentBeside(-1), kept = find(replaced, {});
    Json params = parent < 0 ? Json{{"probes", kProbes}, {"window", kWindow}} : questionOf(m_kept[parent]);
    Json blocks = Json::array();
    for (const QString &block : replaced)
        blocks.push_back(block.toStdString());
    if (!replaced.isEmpty()) {
        params["replace"] = blocks;
        // One that stands alone was made on other probes than the parent's: now both are made.
        params["parent_too"] = parent < 0 || (kept >= 0 && parentBeside(kept) < 0);
    }
    m_computing = replaced;
    compute(params);
}

void Tangents::compute(Json params)
{
    m_progress = tr("running…");
    m_job = m_session.engine().call("spectra/tangent", std::move(params), this, [this](const Reply &reply) {
        m_job = -1;
        m_computing.clear();
        m_progress.clear();
        if (!reply.ok() && !reply.interrupted())
            Q_EMIT m_session.complained(reply.sentence());
        fetch();
        Q_EMIT changed();
    });
    Q_EMIT changed();
}

void Tangents::stop()
{
    if (!isComputing())
        return;
    m_session.engine().cancel(m_job);
    m_progress = tr("stopping…");
    Q_EMIT progressed();
}

} // namespace tessera::ui
