// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/scenario_command.h"

#include "ui/state/session.h"

namespace tessera::ui {

ScenarioCommand::ScenarioCommand(Session &session, ScenarioDraft before, ScenarioDraft after, const QString &label,
                                 int drag)
    : QUndoCommand(label), m_session(session), m_before(std::move(before)), m_after(std::move(after)), m_drag(drag)
{
}

void ScenarioCommand::undo() { m_session.adopt(m_before); }

void ScenarioCommand::redo() { m_session.adopt(m_after); }

bool ScenarioCommand::mergeWith(const QUndoCommand *other)
{
    if (other->id() != id())
        return false;
    m_after = static_cast<const ScenarioCommand *>(other)->m_after;
    setObsolete(m_after == m_before);
    return true;
}

} // namespace tessera::ui
