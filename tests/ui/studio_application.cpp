// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/studio_application.h"

#include <QAbstractButton>
#include <QAbstractEventDispatcher>
#include <QEvent>
#include <QKeyEvent>
#include <QThread>
#include <QWidget>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

namespace tessera::ui {
namespace {

double g_longest = 0;
QString g_event;
QStringList g_warnings;

double millisecondsOf(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// For how long this thread was ready to run while no processor was free for it, since it began; NaN where the system does not
/// say. The second number of schedstat, in nanoseconds.
double delayedMilliseconds()
{
    static const int file = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    char text[96];
    ssize_t size = file < 0 ? -1 : ::pread(file, text, sizeof text - 1, 0);
    if (size <= 0)
        return std::nan("");
    text[size] = 0;
    unsigned long long ran = 0, waited = 0;
    return std::sscanf(text, "%llu %llu", &ran, &waited) == 2 ? 1e-6 * static_cast<double>(waited) : std::nan("");
}

/// The time that this thread itself spent, computing or blocked in a call. Other programs that keep all processors busy stretch
/// the time on the wall, which says nothing about the window: what the thread waited for a processor is taken off. Where the
/// system does not tell it, the thread's processor time is all there is, and calls that block go unseen.
double ownMilliseconds()
{
    double delayed = delayedMilliseconds();
    return std::isnan(delayed) ? millisecondsOf(CLOCK_THREAD_CPUTIME_ID) : millisecondsOf(CLOCK_MONOTONIC) - delayed;
}

/// Processor time, in milliseconds and over all processors, that the host gave to others although this machine wanted it; 0
/// where the system does not say.
double stolenMilliseconds()
{
    static const int file = ::open("/proc/stat", O_RDONLY | O_CLOEXEC);
    char text[256];
    ssize_t size = file < 0 ? -1 : ::pread(file, text, sizeof text - 1, 0);
    if (size <= 0)
        return 0;
    text[size] = 0;
    unsigned long long stolen = 0;
    static const double perTick = 1e3 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return std::sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &stolen) == 1 ? perTick * static_cast<double>(stolen) : 0;
}

/// What the host has stolen, looked up now and then in a thread of its own: to ask before every event would take longer than
/// most events.
class StolenTime {
public:
    StolenTime() : m_samples{{millisecondsOf(CLOCK_MONOTONIC), stolenMilliseconds()}}, m_thread([this] { watch(); }) {}
    ~StolenTime()
    {
        m_stop = true;
        m_thread.join();
    }
    /// What has been stolen since a time of CLOCK_MONOTONIC, at most a few samples too much.
    double since(double begin)
    {
        std::lock_guard lock(m_mutex);
        double stolen = m_samples.front().second;
        for (const auto &[when, sum] : m_samples)
            if (when <= begin)
                stolen = sum;
        return std::max(0.0, stolenMilliseconds() - stolen);
    }

private:
    void watch()
    {
        constexpr std::size_t kKept = 1024;
        while (!m_stop) {
            {
                std::lock_guard lock(m_mutex);
                m_samples.emplace_back(millisecondsOf(CLOCK_MONOTONIC), stolenMilliseconds());
                if (m_samples.size() > kKept)
                    m_samples.pop_front();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    std::mutex m_mutex;
    std::deque<std::pair<double, double>> m_samples;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

/// What is being worked on now, and since when.
struct Stretch {
    QString what;
    double begin = 0, wallBegin = 0;
    int loop = 0;
};
Stretch g_now;

void beginStretch()
{
    g_now.begin = ownMilliseconds();
    g_now.wallBegin = millisecondsOf(CLOCK_MONOTONIC);
}

void endStretch()
{
    constexpr double kWorthAsking = 20;
    static StolenTime stolen;
    double took = ownMilliseconds() - g_now.begin;
    if (took > kWorthAsking)
        took = std::max(0.0, took - stolen.since(g_now.wallBegin));
    if (took > g_longest) {
        g_longest = took;
        g_event = g_now.what;
    }
    static const double tell = qEnvironmentVariable("TESSERA_TELL_EVENTS").toDouble();
    if (tell > 0 && took > tell)
        std::fprintf(stderr, "%.0f ms: %s\n", took, qPrintable(g_now.what));
}

QString describe(QObject *receiver, const QEvent *event)
{
    QString what = QString::fromLatin1(receiver->metaObject()->className());
    if (receiver->isWidgetType()) {
        auto *widget = static_cast<QWidget *>(receiver);
        auto *button = qobject_cast<QAbstractButton *>(widget);
        QString name = widget->accessibleName().isEmpty() && button ? button->text() : widget->accessibleName();
        what += " \"" + (name.isEmpty() ? widget->objectName() : name) + '"';
    }
    what += ", event " + QString::number(event->type());
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::KeyRelease)
        what += ", key " + QString::number(static_cast<const QKeyEvent *>(event)->key(), 16);
    return what;
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
    if (thread() != QThread::currentThread())
        return QApplication::notify(receiver, event);
    if (!m_watched) {
        m_watched = true;
        // Inside an event there may be a loop of its own, of a dialog for instance: while that sleeps, nothing is held up.
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [this] {
            if (m_depth > 0)
                endStretch();
        });
        connect(dispatcher, &QAbstractEventDispatcher::awake, this, [] { beginStretch(); });
    }
    int loop = thread()->loopLevel();
    // Events that an event sends are part of it; those of a loop inside it are events of their own.
    if (m_depth > 0 && loop == g_now.loop)
        return QApplication::notify(receiver, event);
    Stretch outer = g_now;
    if (m_depth++ > 0)
        endStretch();
    g_now = {describe(receiver, event), 0, 0, loop};
    beginStretch();
    bool done = QApplication::notify(receiver, event);
    endStretch();
    --m_depth;
    g_now = outer;
    beginStretch();
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
