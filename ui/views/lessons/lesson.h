// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <functional>

class QWidget;

namespace tessera::ui {

class MainWindow;

/// One step of a tour: it brings the window into a state, says what is to be seen, and points at it.
struct LessonStep {
    QString text;
    std::function<void(MainWindow &)> act;
    std::function<QString(MainWindow &)> figures; ///< Said again whenever something was found; may be empty.
    std::function<QWidget *(MainWindow &)> look;  ///< What is framed; may be empty.
};

struct Lesson {
    QString name, title;
    QList<LessonStep> steps;
};

/// The tours, in the order in which they are best taken. They drive the window with the project that is open.
QList<Lesson> allLessons();

} // namespace tessera::ui
