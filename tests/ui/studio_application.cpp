// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/studio_application.h"

#include <QEvent>

#include <cstdio>
#include <ctime>

namespace tessera::ui {
namespace {

double g_longest = 0;
QString g_event;
QStringList g_warnings;

double threadMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

void takeMessage(QtMsgType type, const QMessageLogContext &, const QString &text)
{
    std::fprintf(stderr, "%s\n", qPrintable(text));
    // The offscreen platform says these of every window; they are about it, not about us.
    bool known = text.contains("This plugin does not support")
              || text.contains("propagateSizeHints")
              // And the test's own clicks say these where nothing takes them.
              || text.contains("by receiving widget") || text.contains("outside of target window");
    if (type != QtDebugMsg && type != QtInfoMsg && !known)
        g_warnings.append(text);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
constexpr double kPatience = 500;
#else
constexpr double kPatience = 100;
#endif

} // namespace

const double StudioApplication::kMostMilliseconds = kPatience;

StudioApplication::StudioApplication(int &argc, char **argv) : QApplication(argc, argv)
{
    qInstallMessageHandler(takeMessage);
}

bool StudioApplication::notify(QObject *receiver, QEvent *event)
{
    if (m_depth > 0)
        return QApplication::notify(receiver, event);
    ++m_depth;
    QString what =
        QString::fromLatin1(receiver->metaObject()->className()) + ", event " + QString::number(event->type());
    double begin = threadMilliseconds();
    bool done = QApplication::notify(receiver, event);
    double took = threadMilliseconds() - begin;
    --m_depth;
    if (took > g_longest) {
        g_longest = took;
        g_event = what;
    }
    return done;
}

double StudioApplication::longestMilliseconds() { return g_longest; }

QString StudioApplication::longestEvent() { return g_event; }

QStringList StudioApplication::warnings() { return g_warnings; }

void StudioApplication::forget()
{
    g_longest = 0;
    g_event.clear();
    g_warnings.clear();
}

} // namespace tessera::ui
