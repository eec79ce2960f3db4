// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/scenario.h"

#include <QUndoCommand>

namespace tessera::ui {

class Session;

/// The step from one scenario to the next. Steps of one drag merge into one.
class ScenarioCommand : public QUndoCommand {
public:
    ScenarioCommand(Session &session, ScenarioDraft before, ScenarioDraft after, const QString &label, int drag);
    void undo() override;
    void redo() override;
    int id() const override { return m_drag == 0 ? -1 : m_drag; }
    bool mergeWith(const QUndoCommand *other) override;

private:
    Session &m_session;
    ScenarioDraft m_before, m_after;
    int m_drag;
};

} // namespace tessera::ui
