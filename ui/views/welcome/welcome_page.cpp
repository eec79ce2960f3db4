// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/welcome/welcome_page.h"

#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"
#include "ui/views/lessons/lesson.h"

#include "engine/base/error.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace tessera::ui {
namespace {

/// A project as a button: its name, what it is, and its last front as a small picture.
class ProjectCard : public QAbstractButton {
public:
    explicit ProjectCard(const ProjectPeek &peek) : m_peek(peek)
    {
        setFixedSize(272, 176);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setToolTip(peek.path);
        setAccessibleName(WelcomePage::tr("Open %1").arg(peek.name));
        setAccessibleDescription(second());
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.setPen(QPen(colour(hasFocus()     ? Colour::Accent
                                   : underMouse() ? Colour::LineStrong
                                                  : Colour::Line),
                            hasFocus() ? 2 : 1));
        painter.setBrush(colour(Colour::Surface));
        painter.drawRoundedRect(frame, 6, 6);
        QRectF picture = frame.adjusted(kSpaceL, kSpaceL, -kSpaceL, -64);
        paintFront(painter, picture);
        painter.setPen(colour(Colour::Text));
        painter.setFont(typeFont(Type::Strong));
        QFontMetrics metrics(painter.font());
        painter.drawText(QRectF(kSpaceL, height() - 54, width() - 2 * kSpaceL, 20), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(m_peek.name, Qt::ElideMiddle, width() - 2 * kSpaceL));
        painter.setPen(colour(Colour::TextMuted));
        painter.setFont(typeFont(Type::Caption));
        painter.drawText(QRectF(kSpaceL, height() - 34, width() - 2 * kSpaceL, 20), Qt::AlignLeft | Qt::AlignVCenter,
                         second());
    }

private:
    QString second() const
    {
        return WelcomePage::tr("%n layer(s)", nullptr, m_peek.layers) + QStringLiteral(" · ")
             + formatTime(m_peek.modified);
    }
    void paintFront(QPainter &painter, const QRectF &place) const
    {
        if (m_peek.front.size() < 2) {
            painter.setPen(colour(Colour::TextFaint));
            painter.setFont(typeFont(Type::Caption));
            painter.drawText(place, Qt::AlignCenter, WelcomePage::tr("no front yet"));
            return;
        }
        QList<QPointF> points = m_peek.front;
        std::sort(points.begin(), points.end(), [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); });
        double high = 0;
        for (const QPointF &point : points)
            high = std::max(high, point.y());
        double low = points.first().x(), width = std::max(points.last().x() - low, 1e-12);
        QPainterPath line;
        for (const QPointF &point : points) {
            QPointF at(place.left() + (point.x() - low) / width * place.width(),
                       place.bottom() - point.y() / std::max(high, 1e-12) * place.height());
            if (line.isEmpty())
                line.moveTo(at);
            else
                line.lineTo(at);
        }
        QPainterPath region = line;
        region.lineTo(place.topRight());
        region.lineTo(place.topLeft());
        painter.fillPath(region, colour(Colour::Feasible));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(Colour::Front), 2));
        painter.drawPath(line);
    }

    ProjectPeek m_peek;
};

} // namespace

WelcomePage::WelcomePage(Session &session, QWidget *parent) : QWidget(parent), m_session(session)
{
    setFocusPolicy(Qt::ClickFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceXxl * 2, kSpaceXxl * 2, kSpaceXxl * 2, kSpaceXxl);
    outer->setSpacing(kSpaceS);
    outer->addWidget(makeLabel(QStringLiteral("Tessera"), Type::Display));
    QLabel *what = makeLabel(tr("Make a language model smaller, and see what every limit costs: the best child is "
                                "found and proved while you drag."),
                             Type::Body, "muted");
    what->setWordWrap(true);
    outer->addWidget(what);
    outer->addSpacing(kSpaceL);
    auto *actions = new QHBoxLayout;
    actions->setSpacing(kSpaceS);
    QPushButton *open = makeButton(tr("Open project…"), "primary");
    QPushButton *fresh = makeButton(tr("New from checkpoint…"));
    QPushButton *import = makeButton(tr("Import"));
    m_import = new QMenu(import);
    letOpen(import, m_import);
    fresh->setToolTip(
        tr("A folder in the Hugging Face layout or a GGUF file; dropping it on the window does the same"));
    import->setToolTip(tr("Costs and scores that another tool measured"));
    QPushButton *demo = makeButton(tr("Explore the demo"));
    demo->setToolTip(tr("A small finished project that comes with Tessera"));
    connect(demo, &QPushButton::clicked, this, &WelcomePage::demoWanted);
    for (QPushButton *button : {open, fresh, import, demo})
        actions->addWidget(button);
    actions->addStretch();
    outer->addLayout(actions);
    outer->addSpacing(kSpaceXl);
    outer->addWidget(makeLabel(tr("Recent projects"), Type::Heading));
    m_none = makeLabel(tr("Projects that you open are listed here. A project file or a checkpoint can also be dropped "
                          "on this window."),
                       Type::Body, "muted");
    m_none->setWordWrap(true);
    outer->addWidget(m_none);
    outer->addSpacing(kSpaceXs);
    m_cards = new QGridLayout;
    m_cards->setSpacing(kSpaceL);
    outer->addLayout(m_cards);
    outer->addSpacing(kSpaceXl);
    outer->addWidget(makeLabel(tr("Lessons"), Type::Heading));
    QLabel *lessons =
        makeLabel(tr("Short tours that drive this window, on the open project or on the demo."), Type::Body, "muted");
    outer->addWidget(lessons);
    const QList<Lesson> all = allLessons();
    for (const Lesson &lesson : all) {
        QPushButton *start = makeButton(lesson.title, "link");
        start->setIcon(makeIcon(Icon::Lesson));
        connect(start, &QPushButton::clicked, this, [this, name = lesson.name] { Q_EMIT lessonWanted(name); });
        outer->addWidget(start, 0, Qt::AlignLeft);
    }
    outer->addStretch();
    connect(open, &QPushButton::clicked, this, &WelcomePage::openWanted);
    connect(fresh, &QPushButton::clicked, this, &WelcomePage::newWanted);
}

void WelcomePage::setRecent(const QStringList &paths)
{
    ++m_round;
    m_recent.clear();
    for (const QString &path : paths)
        if (QFileInfo::exists(path) && m_recent.size() < 6) {
            ProjectPeek peek;
            peek.path = path;
            peek.name = QFileInfo(path).completeBaseName();
            peek.modified = QFileInfo(path).lastModified().toUTC().toString(Qt::ISODate);
            m_recent.append(peek);
        }
    showCards();
    for (int i = 0; i < m_recent.size(); ++i)
        peek(i);
}

void WelcomePage::peek(int index)
{
    if (!m_session.engine().isConnected())
        return;
    int round = m_round;
    m_session.engine().call("project/peek", {{"path", m_recent[index].path.toStdString()}}, this,
                            [this, round, index](const Reply &reply) {
                                if (round != m_round || !reply.ok())
                                    return;
                                try {
                                    m_recent[index] = readPeek(reply.result, "project/peek");
                                } catch (const Error &) {
                                    return; // The card keeps what the file system says.
                                }
                                showCards();
                            });
}

void WelcomePage::showCards()
{
    while (QLayoutItem *item = m_cards->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    int columns = std::max(1, (width() > 400 ? width() - 4 * kSpaceXxl : 900) / (272 + kSpaceL));
    for (int i = 0; i < m_recent.size(); ++i) {
        auto *card = new ProjectCard(m_recent[i]);
        QString path = m_recent[i].path;
        connect(card, &QAbstractButton::clicked, this, [this, path] { Q_EMIT projectChosen(path); });
        m_cards->addWidget(card, i / columns, i % columns);
    }
    m_cards->setColumnStretch(columns, 1);
    m_none->setVisible(m_recent.isEmpty());
}

} // namespace tessera::ui
