// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"
#include "ui/client/engine_client.h"
#include "ui/state/scenario.h"

#include <QObject>
#include <QTimer>
#include <QUndoStack>

namespace tessera::ui {

/// What the user has open: the engine, the project, its library, the scenario with its undo steps, and the one selection
/// that runs through all views. Views read it and call it; they never talk to each other.
class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject *parent = nullptr);

    EngineClient &engine() { return m_engine; }
    /// Starts the engine; where it dies later it is started again and what was open is opened again.
    void start(const QString &program);

    void open(const QString &path);
    void close();
    /// Fetches the library again where the engine's has changed.
    void reloadLibrary();
    /// Where false, nothing is written into the project: pictures from the command line leave it as it is.
    void setKeepsSteps(bool keep) { m_keepsSteps = keep; }
    /// Whether results may be written into the project.
    bool mayStore() const { return m_keepsSteps && m_project.writable; }

    const ProjectInfo &project() const { return m_project; }
    const Library &library() const { return m_library; }
    /// Where a picture or a table comes from, in one line: project, library, scenario, engine, time.
    QString provenance() const;
    bool isLoading() const { return m_loading; }

    const ScenarioDraft &scenario() const { return m_scenario; }
    QString objective() const
    {
        return m_scenario.objective.isEmpty() ? m_library.objectiveDefault : m_scenario.objective;
    }
    QUndoStack &undoStack() { return m_undo; }
    /// One step. Steps with the same drag number (not 0) become one; the number ends with endDrag().
    void setScenario(const ScenarioDraft &next, const QString &label, int drag = 0);
    int beginDrag() { return ++m_lastDrag; }
    void endDrag() { flushStep(); }
    void undo();
    void redo();
    bool canUndo() const { return m_undo.canUndo() || m_olderSteps; }

    // Decisions about one variant, or a layer's part.
    bool isPinned(int layer, const QString &block) const { return m_scenario.pins.contains(layerBlock(layer, block)); }
    bool isBanned(int layer, const QString &block) const { return m_scenario.bans.contains(layerBlock(layer, block)); }
    void togglePin(int variant);
    void toggleBan(int variant);

    int currentVariant() const { return m_currentVariant; }
    /// -1: none.
    void setCurrentVariant(int variant);

    /// No request is unanswered and nothing waits for its time.
    bool isSettled() const { return !m_loading && m_engine.pending() == 0 && !m_stepTimer.isActive(); }

Q_SIGNALS:
    void engineStateChanged(const QString &sentence, bool alive);
    void projectChanged();
    void libraryChanged();
    void scenarioChanged();
    void currentVariantChanged(int variant);
    /// A sentence for the user about something that did not work.
    void complained(const QString &sentence);
    void progressed(const tessera::Json &params);
    void jobChanged(const tessera::Json &params);
    void logged(const QString &text);
    void undoChanged();

private:
    friend class ScenarioCommand;
    void adopt(const ScenarioDraft &scenario);
    void restart(const QString &reason);
    void notified(const QString &method, const Json &params);
    void loadLibrary();
    void loadVariants(const std::shared_ptr<Library> &next, const QStringList &columns, int from);
    void loadColumns(const std::shared_ptr<Library> &next, const QStringList &columns);
    void loadColumn(const std::shared_ptr<Library> &next, const QString &column, int from,
                    const std::shared_ptr<int> &left);
    void libraryLoaded(const std::shared_ptr<Library> &next);
    void loadScenario();
    void takeSteps(const Json &result, bool adoptIt);
    void keepStep(const QString &label);
    void flushStep();

    EngineClient m_engine;
    QString m_program, m_wanted;
    int m_restarts = 0;
    ProjectInfo m_project;
    Library m_library;
    bool m_loading = false, m_keepsSteps = true, m_olderSteps = false;
    ScenarioDraft m_scenario;
    QUndoStack m_undo;
    QTimer m_stepTimer;
    QString m_pendingLabel;
    int m_lastDrag = 0, m_currentVariant = -1, m_loadNumber = 0;
};

} // namespace tessera::ui
