// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/parts.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/plot_view.h"
#include "ui/state/session.h"
#include "ui/views/common/table_notes.h"
#include "ui/views/common/table_picture.h"

#include <QFileDialog>
#include <QHeaderView>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyle>

namespace tessera::ui {
namespace {

class Heading : public QHeaderView {
public:
    explicit Heading(QWidget *parent) : QHeaderView(Qt::Horizontal, parent) { setSectionsClickable(true); }

protected:
    void showEvent(QShowEvent *event) override
    {
        // Now, because the style sheet drops the font of some that were not shown yet; and to both, because it keeps the
        // viewport, which is what is painted, from taking the heading's.
        for (QWidget *part : {static_cast<QWidget *>(this), viewport()})
            part->setFont(typeFont(Type::Caption));
        QHeaderView::showEvent(event);
    }
};

} // namespace

QLabel *makeLabel(const QString &text, Type type, const char *role)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(typeFont(type));
    if (role)
        label->setProperty("role", role);
    return label;
}

QFrame *makePanel(const QString &title, QVBoxLayout **content)
{
    auto *panel = new QFrame;
    panel->setProperty("role", "panel");
    auto *outer = new QVBoxLayout(panel);
    outer->setContentsMargins(1, 1, 1, 1);
    outer->setSpacing(0);
    if (!title.isEmpty()) {
        auto *heading = new QHBoxLayout;
        heading->setObjectName("heading");
        heading->setContentsMargins(kSpaceL, kSpaceS, kSpaceS, kSpaceS);
        heading->setSpacing(kSpaceS);
        QLabel *label = makeLabel(title, Type::Heading);
        label->setMinimumHeight(kControlHeight);
        heading->addWidget(label);
        heading->addStretch();
        outer->addLayout(heading);
        panel->setAccessibleName(title);
    }
    *content = new QVBoxLayout;
    (*content)->setContentsMargins(0, 0, 0, 0);
    (*content)->setSpacing(kSpaceS);
    outer->addLayout(*content, 1);
    return panel;
}

QHBoxLayout *headingOf(QFrame *panel) { return panel->findChild<QHBoxLayout *>("heading"); }

QPushButton *makeButton(const QString &text, const char *role)
{
    auto *button = new QPushButton(text);
    if (role)
        button->setProperty("role", role);
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

void letOpen(QPushButton *button, QMenu *menu)
{
    button->setProperty("opens", "menu");
    button->setMenu(menu);
}

QToolButton *makeIconButton(Icon icon, const QString &name)
{
    auto *button = new QToolButton;
    button->setProperty("role", "quiet");
    button->setIcon(makeIcon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

QFrame *makeLine()
{
    auto *line = new QFrame;
    line->setProperty("role", "line");
    line->setFixedHeight(1);
    return line;
}

void setRole(QLabel *label, const char *role)
{
    if (label->property("role").toString() == QLatin1String(role))
        return;
    label->setProperty("role", role);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

QTableView *makeTable(QAbstractItemModel *model, const QString &name, bool sortable)
{
    auto *table = new QTableView;
    table->setHorizontalHeader(new Heading(table));
    if (sortable) {
        auto *sorted = new QSortFilterProxyModel(table);
        sorted->setSourceModel(model);
        sorted->setSortRole(RowTableModel::kSortRole);
        sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
        sorted->setFilterKeyColumn(-1);
        table->setModel(sorted);
        table->setSortingEnabled(true);
        table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    } else {
        table->setModel(model);
    }
    table->setAccessibleName(name);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setTextElideMode(Qt::ElideRight);
    tellCutText(table);
    return table;
}

EmptyState::EmptyState(Icon icon, const QString &title, const QString &text, QWidget *parent)
    : QWidget(parent), m_icon(icon)
{
    auto *outer = new QVBoxLayout(this);
    outer->addStretch(2);
    m_sign = new QLabel;
    m_sign->setAlignment(Qt::AlignCenter);
    outer->addWidget(m_sign);
    outer->addSpacing(kSpaceS);
    QLabel *heading = makeLabel(title, Type::Title);
    heading->setAlignment(Qt::AlignCenter);
    outer->addWidget(heading);
    m_text = makeLabel(text, Type::Body, "muted");
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    setTextWidth(440);
    outer->addWidget(m_text, 0, Qt::AlignHCenter);
    outer->addSpacing(kSpaceM);
    m_actions = new QHBoxLayout;
    m_actions->addStretch();
    m_actions->addStretch();
    outer->addLayout(m_actions);
    outer->addStretch(3);
    QEvent now(QEvent::PaletteChange);
    changeEvent(&now);
}

void EmptyState::setTextWidth(int width)
{
    m_text->setFixedWidth(width);
    m_text->setMinimumHeight(m_text->heightForWidth(width));
}

void EmptyState::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        QPixmap sign(96, 96);
        sign.setDevicePixelRatio(2);
        sign.fill(Qt::transparent);
        QPainter painter(&sign);
        paintIcon(painter, m_icon, QRectF(4, 4, 40, 40), colour(Colour::LineStrong));
        painter.end();
        m_sign->setPixmap(sign);
    }
    QWidget::changeEvent(event);
}

QPushButton *EmptyState::addAction(const QString &text, bool primary)
{
    QPushButton *button = makeButton(text, primary ? "primary" : nullptr);
    m_actions->insertWidget(m_actions->count() - 1, button);
    return button;
}

Segments::Segments(const QStringList &names, const QString &accessibleName, QWidget *parent)
    : QWidget(parent), m_group(new QButtonGroup(this))
{
    setAccessibleName(accessibleName);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int i = 0; i < names.size(); ++i) {
        QPushButton *button = makeButton(names[i], "segment");
        button->setCheckable(true);
        button->setChecked(i == 0);
        m_group->addButton(button, i);
        row->addWidget(button);
    }
    connect(m_group, &QButtonGroup::idClicked, this, &Segments::currentChanged);
}

void Segments::setCurrent(int index)
{
    if (QAbstractButton *button = m_group->button(index))
        button->setChecked(true);
}

void BarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QVariant share = index.data(RowTableModel::kShareRole);
    QStyledItemDelegate::paint(painter, option, index);
    if (!share.isValid())
        return;
    QRectF track(option.rect.left() + kSpaceS, option.rect.bottom() - 5, option.rect.width() - 2 * kSpaceS, 3);
    painter->fillRect(track, colour(Colour::Sunken));
    track.setWidth(track.width() * std::clamp(share.toDouble(), 0.0, 1.0));
    painter->fillRect(track, colour(Colour::Attention));
}

namespace {

QString suggested(const Session &session, const QString &name) { return session.project().name + "-" + name; }

} // namespace

void exportPlot(PlotView *view, Session &session, const QString &name)
{
    QString path = QFileDialog::getSaveFileName(view, EmptyState::tr("Export"), suggested(session, name) + ".png",
                                                EmptyState::tr("Picture (*.png);;Drawing (*.svg);;Numbers (*.csv)"));
    if (path.isEmpty())
        return;
    view->setProvenance(session.provenance());
    QString why = view->exportTo(path);
    if (!why.isEmpty())
        Q_EMIT session.complained(why);
}

void exportRows(const QAbstractItemModel *model, Session &session, QWidget *parent, const QString &name)
{
    QString path = QFileDialog::getSaveFileName(parent, EmptyState::tr("Export"), suggested(session, name) + ".csv",
                                                EmptyState::tr("Numbers (*.csv);;Picture (*.png);;Drawing (*.svg)"));
    if (path.isEmpty())
        return;
    bool drawn = !path.endsWith(".csv", Qt::CaseInsensitive);
    QString why = drawn && model->rowCount() > kMostRowsDrawn
                    ? EmptyState::tr("%1: a table of %2 rows is too long for a picture; write it as .csv")
                          .arg(path, QLocale().toString(model->rowCount()))
                    : exportPicture(tablePicture(*model, name, session.provenance()), path);
    if (!why.isEmpty())
        Q_EMIT session.complained(why);
}

} // namespace tessera::ui
