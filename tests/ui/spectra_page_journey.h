// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/journey.h"

#include "ui/state/kept_spectra.h"
#include "ui/state/spectra.h"
#include "ui/views/spectra/spectra_page.h"

#include <QTest>

namespace tessera::ui {

/// The workspace of spectra on the toy project, in one of its views.
class SpectraPageJourney : public Journey {
protected:
    void show(int form)
    {
        m_window.showPlace(MainWindow::kSpectra);
        page().setForm(form);
        settled();
    }
    void settled()
    {
        QTest::qWait(5);
        auto isSettled = [this] { return page().isSettled() && page().kept().isSettled(); };
        ASSERT_TRUE(QTest::qWaitFor(isSettled, 60000)) << said();
    }
    SpectraPage &page() { return *m_window.spectraPage(); }
    Spectra &spectra() { return m_window.spectra(); }
};

} // namespace tessera::ui
