// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/journey.h"
#include "tests/ui/studio_application.h"

#include <QElapsedTimer>
#include <QPushButton>
#include <QRandomGenerator>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <iterator>

using namespace tessera;
using namespace tessera::ui;

namespace {

/// TESSERA_RANDOM_SECONDS makes the storm longer (600 before a release); TESSERA_RANDOM_SEED makes it another one.
double secondsOf()
{
    bool given = false;
    double seconds = qEnvironmentVariable("TESSERA_RANDOM_SECONDS").toDouble(&given);
    return given ? seconds : 5;
}

const Qt::Key kKeys[] = {Qt::Key_Left,     Qt::Key_Right,       Qt::Key_Up,     Qt::Key_Down,  Qt::Key_Space,
                         Qt::Key_Return,   Qt::Key_Tab,         Qt::Key_Plus,   Qt::Key_Minus, Qt::Key_Home,
                         Qt::Key_PageDown, Qt::Key_P,           Qt::Key_B,      Qt::Key_5,     Qt::Key_Percent,
                         Qt::Key_Escape,   Qt::Key_BracketLeft, Qt::Key_Backtab};
const Qt::Key kWithControl[] = {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5,
                                Qt::Key_6, Qt::Key_7, Qt::Key_Z, Qt::Key_Y, Qt::Key_A};

} // namespace

TEST_F(Journey, AStormOfRandomEventsNeitherCrashesNorWarns)
{
    QRandomGenerator random(qEnvironmentVariableIntValue("TESSERA_RANDOM_SEED") + 1);
    // Dialogs and menus that the storm opens are closed again, or nothing else would be reached.
    QTimer closer;
    QObject::connect(&closer, &QTimer::timeout, [&] {
        if (QWidget *modal = QApplication::activeModalWidget())
            modal->close();
        if (QWidget *popup = QApplication::activePopupWidget(); popup && random.bounded(2))
            popup->close();
        m_window.show();
    });
    closer.start(20);
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < 1000 * secondsOf()) {
        QList<QWidget *> shown;
        const auto all = m_window.findChildren<QWidget *>();
        for (QWidget *widget : all)
            if (widget->isVisible() && widget->isEnabled() && !widget->inherits("QMenuBar"))
                shown.append(widget);
        ASSERT_FALSE(shown.isEmpty());
        QWidget *target = shown[random.bounded(shown.size())];
        QPoint at(random.bounded(std::max(1, target->width())), random.bounded(std::max(1, target->height())));
        switch (random.bounded(6)) {
        case 0:
        case 1:
            QTest::mouseClick(target, Qt::LeftButton, {}, at);
            break;
        case 2:
            QTest::mousePress(target, Qt::LeftButton, random.bounded(4) ? Qt::NoModifier : Qt::ShiftModifier, at);
            for (int i = 0; i < 4; ++i)
                QTest::mouseMove(target, {random.bounded(std::max(1, target->width())), at.y()});
            QTest::mouseRelease(target, Qt::LeftButton, {}, at);
            break;
        case 3:
            QTest::keyClick(target, kKeys[random.bounded(static_cast<int>(std::size(kKeys)))]);
            break;
        case 4:
            QTest::keyClick(&m_window, kWithControl[random.bounded(static_cast<int>(std::size(kWithControl)))],
                            Qt::ControlModifier);
            break;
        default:
            m_window.resize(1024 + random.bounded(800), 640 + random.bounded(500));
        }
        QTest::qWait(random.bounded(8));
    }
    closer.stop();
    while (QWidget *modal = QApplication::activeModalWidget())
        modal->close();
    // Jobs that the storm began, on the demo say, take minutes: they are stopped as a person would stop them.
    const auto buttons = m_window.findChildren<QPushButton *>();
    for (QPushButton *button : buttons)
        if (button->text() == "Stop" && button->isEnabled())
            button->click();
    if (m_session.project().isOpen())
        settle();
    EXPECT_TRUE(m_session.engine().isConnected());
}

TEST_F(Journey, TheWindowClosesWhileItSolves)
{
    for (int percent : {70, 60, 50, 40})
        panel().setLimit("memory", QString::number(percent) + "%", false);
    m_window.close();
    QElapsedTimer clock;
    clock.start();
    m_session.engine().stop();
    EXPECT_LT(clock.elapsed(), 10000) << "the engine ends when its input does";
    EXPECT_FALSE(m_session.engine().isConnected());
}

TEST_F(Journey, AProjectClosesWhileItsFrontIsTracedAndAnotherOpens)
{
    QString path = m_session.project().path;
    for (int round = 0; round < 5; ++round) {
        panel().setLimit("memory", QString::number(40 + 5 * round) + "%", false);
        QTest::qWait(20 * round);
        m_session.close();
        EXPECT_FALSE(m_session.project().isOpen());
        m_session.open(path);
        settle();
        EXPECT_EQ(m_session.library().variants.size(), kToyLayers * 5) << said();
    }
}
