// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QString>
#include <QStringList>

namespace tessera::ui {

/// The application of the tests: it times every event that the window's thread works on or is blocked in, without the time in
/// which the machine had no processor for it or its host gave the processors to others, so that a busy machine does not look
/// like a slow window; and it collects what Qt complains about. TESSERA_TELL_EVENTS=MS prints every event that took longer.
class StudioApplication : public QApplication {
public:
    StudioApplication(int &argc, char **argv);
    bool notify(QObject *receiver, QEvent *event) override;

    /// What the interface promises; sanitizers and unoptimised builds are given five times as much.
    static const double kMostMilliseconds;
    static double longestMilliseconds();
    static QString longestEvent();
    static QStringList warnings();
    static void forget();

private:
    int m_depth = 0;
    bool m_watched = false;
};

} // namespace tessera::ui
