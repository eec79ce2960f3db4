// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/views/search/constraint_panel.h"
#include "ui/views/search/search_page.h"
#include "ui/views/window/main_window.h"

#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <string>

namespace tessera::ui {

inline constexpr int kToyLayers = 4;
/// Of the toy's parent.
inline constexpr double kToyMemory = 200 + kToyLayers * 1200.0;

/// The least damage of a toy child within a limit, by trying every child.
double bestWithin(double memory);

/// The window on a fresh toy project, with the real engine. At the end of each test: nothing took the window's thread longer
/// than a tenth of a second, and Qt had no complaint.
class Journey : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;
    /// Waits until nothing is asked any more.
    void settle();
    /// What the user was told.
    std::string said() const { return m_complaints.join("; ").toStdString(); }
    ConstraintPanel &panel() { return *m_window.searchPage()->constraints(); }

    QTemporaryDir m_folder;
    QStringList m_complaints;
    Session m_session;
    Search m_search{m_session};
    MainWindow m_window{m_session, m_search};
};

} // namespace tessera::ui
