// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/session.h"

#include "ui/state/scenario_command.h"

#include "engine/base/error.h"

#include <QDateTime>

#include <memory>

namespace tessera::ui {
namespace {

constexpr int kMostRestarts = 3;
constexpr int kDragPause = 500; ///< ms without a change after which a drag's step is kept.

} // namespace

Session::Session(QObject *parent) : QObject(parent), m_engine(this)
{
    m_stepTimer.setSingleShot(true);
    m_stepTimer.setInterval(kDragPause);
    connect(&m_stepTimer, &QTimer::timeout, this, &Session::flushStep);
    connect(&m_undo, &QUndoStack::indexChanged, this, &Session::undoChanged);
    connect(&m_engine, &EngineClient::connected, this, [this] {
        Q_EMIT engineStateChanged(tr("Engine %1").arg(m_engine.version()), true);
        if (!m_wanted.isEmpty())
            open(m_wanted);
    });
    connect(&m_engine, &EngineClient::died, this, &Session::restart);
    connect(&m_engine, &EngineClient::notified, this, &Session::notified);
}

void Session::start(const QString &program)
{
    m_program = program;
    Q_EMIT engineStateChanged(tr("Engine starting"), false);
    m_engine.start(program);
}

void Session::restart(const QString &reason)
{
    m_loading = false;
    Q_EMIT complained(reason);
    if (++m_restarts > kMostRestarts || m_program.isEmpty()) {
        Q_EMIT engineStateChanged(tr("Engine stopped"), false);
        return;
    }
    Q_EMIT engineStateChanged(tr("Engine restarting"), false);
    m_wanted = m_project.path.isEmpty() ? m_wanted : m_project.path;
    QTimer::singleShot(100 * m_restarts, this, [this] { m_engine.start(m_program); });
}

void Session::notified(const QString &method, const Json &params)
{
    if (method == "progress")
        Q_EMIT progressed(params);
    else if (method == "job")
        Q_EMIT jobChanged(params);
    else if (method == "log" && params.contains("text") && params["text"].is_string())
        Q_EMIT logged(QString::fromStdString(params["text"].get<std::string>()));
    else if (method == "library" && !m_loading && m_project.isOpen())
        reloadLibrary();
}

void Session::open(const QString &path)
{
    m_wanted = path;
    if (!m_engine.isConnected())
        return;
    flushStep();
    bool again = path == m_project.path;
    m_loading = true;
    Q_EMIT projectChanged();
    m_engine.call("project/open", {{"path", path.toStdString()}}, this, [this, again](const Reply &reply) {
        m_loading = false;
        if (!reply.ok()) {
            m_wanted = m_project.path;
            Q_EMIT complained(reply.sentence());
            Q_EMIT projectChanged();
            return;
        }
        try {
            m_project = readProject(reply.result, "project/open");
        } catch (const Error &error) {
            Q_EMIT complained(QString::fromStdString(error.what()));
        }
        if (!again) {
            m_undo.clear();
            m_scenario = {};
            m_library = {};
            m_currentVariant = -1;
        }
        m_loading = true;
        Q_EMIT projectChanged();
        loadLibrary();
    });
}

QString Session::provenance() const
{
    return QStringLiteral("Tessera %1 · %2 · library %3 · %4 · %5")
        .arg(m_engine.version(), m_project.name, m_library.hash.left(16), m_scenario.describe(),
             QDateTime::currentDateTimeUtc().toString(Qt::ISODate));
}

void Session::close()
{
    flushStep();
    m_wanted.clear();
    if (m_engine.isConnected() && m_project.isOpen())
        m_engine.call("project/close", Json::object(), this, {});
    m_project = {};
    m_library = {};
    m_scenario = {};
    m_undo.clear();
    m_olderSteps = false;
    m_currentVariant = -1;
    Q_EMIT projectChanged();
    Q_EMIT libraryChanged();
    Q_EMIT scenarioChanged();
}

void Session::reloadLibrary()
{
    m_loading = true;
    loadLibrary();
}

void Session::loadLibrary()
{
    int number = ++m_loadNumber;
    m_engine.call("library/describe", Json::object(), this, [this, number](const Reply &reply) {
        if (number != m_loadNumber)
            return;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            QStringList columns;
            auto next = std::make_shared<Library>(readLibrary(reply.result, &columns));
            columns.removeIf(
                [](const QString &column) { return column.startsWith("samples:"); }); // One by one, by the inspector.
            next->parentLayers = m_project.parentLayers;
            loadVariants(next, columns, 0);
        } catch (const Error &error) {
            m_loading = false;
            Q_EMIT complained(QString::fromStdString(error.what()));
            Q_EMIT projectChanged();
        }
    });
}

void Session::loadVariants(const std::shared_ptr<Library> &next, const QStringList &columns, int from)
{
    int number = m_loadNumber;
    m_engine.call("library/variants", {{"from", from}}, this, [this, number, next, columns](const Reply &reply) {
        if (number != m_loadNumber)
            return;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            qsizetype before = next->variants.size();
            appendVariants(next.get(), reply.result);
            std::int64_t total = requireInteger(reply.result, "total", "library/variants");
            if (next->variants.size() < total && next->variants.size() > before)
                loadVariants(next, columns, static_cast<int>(next->variants.size()));
            else
                loadColumns(next, columns);
        } catch (const Error &error) {
            m_loading = false;
            Q_EMIT complained(QString::fromStdString(error.what()));
        }
    });
}

void Session::loadColumns(const std::shared_ptr<Library> &next, const QStringList &columns)
{
    if (columns.isEmpty())
        return libraryLoaded(next);
    auto left = std::make_shared<int>(static_cast<int>(columns.size()));
    for (const QString &column : columns)
        loadColumn(next, column, 0, left);
}

void Session::loadColumn(const std::shared_ptr<Library> &next, const QString &column, int from,
                         const std::shared_ptr<int> &left)
{
    int number = m_loadNumber;
    m_engine.call("library/column", {{"column", column.toStdString()}, {"from", from}}, this,
                  [this, number, next, column, left](const Reply &reply) {
                      if (number != m_loadNumber)
                          return;
                      try {
                          if (!reply.ok())
                              throw toError(*reply.error);
                          BulkPage page = readBulk(reply.result, "library/column");
                          QList<double> &values = next->columns[column];
                          values += page.values;
                          if (values.size() < page.total && page.rows > 0)
                              return loadColumn(next, column, static_cast<int>(values.size()), left);
                      } catch (const Error &error) {
                          Q_EMIT complained(QString::fromStdString(error.what()));
                      }
                      if (--*left == 0)
                          libraryLoaded(next);
                  });
}

void Session::libraryLoaded(const std::shared_ptr<Library> &next)
{
    bool first = m_library.isEmpty();
    m_library = std::move(*next);
    m_loading = false;
    m_restarts = 0;
    if (m_currentVariant >= m_library.variants.size())
        m_currentVariant = -1;
    Q_EMIT projectChanged();
    Q_EMIT libraryChanged();
    if (first && m_scenario.isEmpty())
        loadScenario();
    else
        Q_EMIT scenarioChanged();
}

void Session::loadScenario()
{
    m_engine.call("scenario/get", Json::object(), this, [this](const Reply &reply) {
        if (!reply.ok())
            Q_EMIT complained(reply.sentence());
        else
            takeSteps(reply.result, m_scenario.isEmpty());
        Q_EMIT scenarioChanged();
    });
}

void Session::takeSteps(const Json &result, bool adoptIt)
{
    try {
        m_olderSteps = boolOr(result, "can_undo", false, "scenario/get");
        if (adoptIt && result.contains("scenario"))
            adopt(readScenario(result["scenario"]));
    } catch (const Error &error) {
        Q_EMIT complained(QString::fromStdString(error.what()));
    }
    Q_EMIT undoChanged();
}

void Session::adopt(const ScenarioDraft &scenario)
{
    if (scenario == m_scenario)
        return;
    m_scenario = scenario;
    Q_EMIT scenarioChanged();
}

void Session::setScenario(const ScenarioDraft &next, const QString &label, int drag)
{
    if (next == m_scenario)
        return;
    if (drag == 0 || label != m_pendingLabel)
        flushStep();
    m_undo.push(new ScenarioCommand(*this, m_scenario, next, label, drag));
    m_pendingLabel = label;
    if (drag == 0)
        flushStep();
    else
        m_stepTimer.start();
}

void Session::flushStep()
{
    m_stepTimer.stop();
    if (!m_pendingLabel.isEmpty())
        keepStep(m_pendingLabel);
    m_pendingLabel.clear();
}

void Session::keepStep(const QString &label)
{
    if (!m_keepsSteps || !m_engine.isConnected())
        return;
    m_engine.call("scenario/set", {{"scenario", toJson(m_scenario)}, {"label", label.toStdString()}}, this,
                  [this](const Reply &reply) {
                      if (!reply.ok() && !reply.superseded())
                          Q_EMIT complained(reply.sentence());
                      else
                          takeSteps(reply.result, false);
                  });
}

void Session::undo()
{
    flushStep();
    bool here = m_undo.canUndo();
    if (here)
        m_undo.undo();
    if (m_keepsSteps && m_engine.isConnected())
        m_engine.call("scenario/undo", Json::object(), this, [this, here](const Reply &reply) {
            if (reply.ok())
                takeSteps(reply.result, !here);
        });
}

void Session::redo()
{
    flushStep();
    if (!m_undo.canRedo())
        return;
    m_undo.redo();
    if (m_keepsSteps && m_engine.isConnected())
        m_engine.call("scenario/redo", Json::object(), this, [this](const Reply &reply) {
            if (reply.ok())
                takeSteps(reply.result, false);
        });
}

void Session::togglePin(int variant)
{
    if (variant < 0 || variant >= m_library.variants.size())
        return;
    const VariantRow &row = m_library.variants[variant];
    QString pin = layerBlock(row.layer, row.block());
    ScenarioDraft next = m_scenario;
    bool remove = next.pins.removeAll(pin) > 0;
    if (!remove) {
        // One sub-block holds one variant: a new pin takes the place of the old one.
        for (int other = m_library.begin[row.layer]; other < m_library.begin[row.layer + 1]; ++other)
            if (m_library.variants[other].part == row.part)
                next.pins.removeAll(layerBlock(row.layer, m_library.variants[other].block()));
        next.bans.removeAll(pin);
        next.pins.append(pin);
    }
    setScenario(next, remove ? tr("unpin %1").arg(pin) : tr("pin %1").arg(pin));
}

void Session::toggleBan(int variant)
{
    if (variant < 0 || variant >= m_library.variants.size())
        return;
    const VariantRow &row = m_library.variants[variant];
    QString ban = layerBlock(row.layer, row.block());
    ScenarioDraft next = m_scenario;
    bool remove = next.bans.removeAll(ban) > 0;
    if (!remove) {
        next.pins.removeAll(ban);
        next.bans.append(ban);
    }
    setScenario(next, remove ? tr("allow %1").arg(ban) : tr("ban %1").arg(ban));
}

void Session::setCurrentVariant(int variant)
{
    if (variant == m_currentVariant || variant >= m_library.variants.size())
        return;
    m_currentVariant = variant;
    Q_EMIT currentVariantChanged(variant);
}

} // namespace tessera::ui
