// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/lessons/lesson_panel.h"

#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/views/common/parts.h"
#include "ui/views/window/main_window.h"

#include <QAccessible>
#include <QCloseEvent>
#include <QPainter>

#include <optional>

namespace tessera::ui {
namespace {

constexpr int kFollow = 100; ///< ms between looks at where the framed widget is.
constexpr int kWidth = 300;

} // namespace

Spotlight::Spotlight(QWidget *window) : QWidget(window)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    m_timer.setInterval(kFollow);
    connect(&m_timer, &QTimer::timeout, this, &Spotlight::follow);
}

void Spotlight::point(QWidget *at)
{
    m_at = at;
    if (at)
        m_timer.start();
    else
        m_timer.stop();
    follow();
}

void Spotlight::follow()
{
    bool seen = m_at && m_at->isVisible() && m_at->window() == window();
    setVisible(seen);
    if (!seen)
        return;
    QRect place(m_at->mapTo(window(), QPoint(0, 0)), m_at->size());
    place.adjust(-4, -4, 4, 4);
    if (place != geometry())
        setGeometry(place);
    raise();
}

void Spotlight::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour(Colour::Accent), 3));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7);
}

struct LessonPanel::Before {
    ScenarioDraft scenario;
    std::optional<SolutionData> a;
    int place = 0;
};

LessonPanel::LessonPanel(MainWindow &window) : QDockWidget(&window), m_window(window)
{
    setObjectName("lesson");
    setWindowTitle(tr("Lesson"));
    setAccessibleName(tr("Lesson"));
    auto *heading = new QFrame;
    heading->setProperty("role", "dockTitle");
    auto *row = new QHBoxLayout(heading);
    row->setContentsMargins(kSpaceL, kSpaceS, kSpaceS, kSpaceS);
    m_count = makeLabel({}, Type::Caption, "muted");
    m_presenter = makeButton(tr("Large type"), "quiet");
    m_presenter->setCheckable(true);
    m_presenter->setToolTip(tr("Presenter mode: everything in large type"));
    QToolButton *closeButton = makeIconButton(Icon::Remove, tr("End the lesson"));
    row->addWidget(m_count, 1);
    row->addWidget(m_presenter);
    row->addWidget(closeButton);
    setTitleBarWidget(heading);
    auto *body = new QFrame;
    body->setProperty("role", "dockBody");
    body->setMinimumWidth(kWidth);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceL);
    column->setSpacing(kSpaceM);
    m_title = makeLabel({}, Type::Title);
    m_text = makeLabel({}, Type::Body);
    m_figures = makeLabel({}, Type::Strong);
    m_figures->setAccessibleName(tr("Figures of this step"));
    for (QLabel *label : {m_title, m_text, m_figures}) {
        label->setWordWrap(true);
        column->addWidget(label);
    }
    column->addStretch();
    auto *buttons = new QHBoxLayout;
    m_back = makeButton(tr("Back"));
    m_next = makeButton(tr("Next"), "primary");
    buttons->addWidget(m_back);
    buttons->addStretch();
    buttons->addWidget(m_next);
    column->addLayout(buttons);
    setWidget(body);
    m_spotlight = new Spotlight(&window);
    hide();

    connect(m_back, &QPushButton::clicked, this, [this] { go(m_step - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] {
        if (m_step + 1 < m_lesson.steps.size())
            go(m_step + 1);
        else
            end();
    });
    connect(m_presenter, &QPushButton::toggled, this, &LessonPanel::presenterWanted);
    connect(closeButton, &QToolButton::clicked, this, &LessonPanel::end);
    for (auto signal : {&Search::solutionChanged, &Search::frontChanged, &Search::pinnedChanged, &Search::lateChanged})
        connect(&window.search(), signal, this, &LessonPanel::refresh);
    connect(&window.session(), &Session::projectChanged, this, [this] {
        if (isRunning() && !m_window.session().project().isOpen()) {
            m_before.reset();
            end();
        }
    });
}

void LessonPanel::begin(const Lesson &lesson)
{
    if (!isRunning())
        m_before = std::make_shared<Before>(
            Before{m_window.session().scenario(), m_window.search().pinned(0), m_window.place()});
    m_lesson = lesson;
    show();
    go(0);
}

void LessonPanel::end()
{
    bool running = isRunning();
    m_lesson = {};
    m_spotlight->point(nullptr);
    m_presenter->setChecked(false);
    hide();
    if (!running || !m_before)
        return;
    m_window.session().setScenario(m_before->scenario, tr("end of the lesson"));
    m_window.search().setPinned(0, m_before->a);
    m_window.showPlace(m_before->place);
    m_before.reset();
}

QString LessonPanel::figures() const { return m_figures->text(); }

void LessonPanel::closeEvent(QCloseEvent *event)
{
    event->ignore();
    end();
}

void LessonPanel::go(int step)
{
    if (step < 0 || step >= m_lesson.steps.size())
        return;
    m_step = step;
    const LessonStep now = m_lesson.steps[step];
    m_title->setText(m_lesson.title);
    m_count->setText(tr("Step %1 of %2").arg(step + 1).arg(m_lesson.steps.size()));
    m_text->setText(now.text);
    m_back->setEnabled(step > 0);
    m_next->setText(step + 1 < m_lesson.steps.size() ? tr("Next") : tr("Finish"));
    if (now.act)
        now.act(m_window);
    m_spotlight->point(now.look ? now.look(m_window) : nullptr);
    refresh();
    m_next->setFocus();
    QAccessibleEvent event(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void LessonPanel::refresh()
{
    if (!isRunning())
        return;
    const LessonStep &now = m_lesson.steps[m_step];
    bool stale = m_window.search().isStale();
    if (!stale)
        m_figures->setText(now.figures ? now.figures(m_window) : QString());
    setRole(m_figures, stale ? "faint" : "");
}

} // namespace tessera::ui
