// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/lessons/lesson.h"

#include <QDockWidget>
#include <QPointer>
#include <QTimer>

#include <memory>

class QLabel;
class QPushButton;

namespace tessera::ui {

/// A frame around what a step of a lesson talks about; it lets everything through.
class Spotlight : public QWidget {
public:
    explicit Spotlight(QWidget *window);
    /// Null takes it away.
    void point(QWidget *at);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void follow();
    QPointer<QWidget> m_at;
    QTimer m_timer;
};

/// The text of a lesson beside the window that it drives. Closing it brings back what was asked before the lesson.
class LessonPanel : public QDockWidget {
    Q_OBJECT
public:
    explicit LessonPanel(MainWindow &window);
    void begin(const Lesson &lesson);
    void end();
    bool isRunning() const { return !m_lesson.steps.isEmpty(); }
    int step() const { return m_step; }
    QString figures() const;

Q_SIGNALS:
    void presenterWanted(bool large);

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void go(int step);
    void refresh();

    MainWindow &m_window;
    Lesson m_lesson;
    int m_step = 0;
    QLabel *m_title, *m_count, *m_text, *m_figures;
    QPushButton *m_back, *m_next, *m_presenter;
    Spotlight *m_spotlight;
    struct Before;
    std::shared_ptr<Before> m_before;
};

} // namespace tessera::ui
