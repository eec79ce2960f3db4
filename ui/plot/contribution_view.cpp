// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/contribution_view.h"

#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPair>

#include <algorithm>
#include <utility>

namespace tessera::ui {
namespace {

constexpr double kTitleWidth = 104, kFoot = 26, kMostBar = 26;

} // namespace

ContributionView::ContributionView(QWidget *parent) : PlotView(parent) {}

void ContributionView::setData(const ContributionData &data)
{
    m_data = data;
    m_layers = 1;
    for (const ContributionData::Part &part : data.parts)
        m_layers = std::max(m_layers, part.layer + 1);
    setCurrent(-1, -1);
    update();
}

void ContributionView::setCurrent(int row, int part)
{
    m_row = row;
    m_part = part;
    setAccessibleDescription(currentText());
    update();
}

QString ContributionView::currentText() const
{
    if (m_part < 0 || m_part >= m_data.parts.size() || m_row < 0 || m_row >= m_data.rows.size())
        return {};
    return tr("%1: %2 of %3")
        .arg(m_data.parts[m_part].name,
             QLocale().toString(100 * m_data.rows[m_row].shares.value(m_part), 'f', 1) + QStringLiteral(" %"),
             m_data.rows[m_row].title);
}

QRectF ContributionView::barOf(const QRectF &area, int row) const
{
    double height = (area.height() - kFoot - kSpaceS) / static_cast<double>(m_data.rows.size()), bar = std::min(kMostBar, height - 4);
    return {area.left() + kSpaceL + kTitleWidth, area.top() + kSpaceXs + row * height + (height - bar) / 2,
            area.width() - 2 * kSpaceL - kTitleWidth, bar};
}

void ContributionView::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    if (m_data.rows.isEmpty() || m_data.parts.isEmpty())
        return paintEmpty(painter, area, m_data.empty);
    painter.setFont(typeFont(Type::Caption));
    for (int row = 0; row < m_data.rows.size(); ++row) {
        QRectF bar = barOf(area, row);
        painter.setPen(colour(Colour::TextMuted));
        painter.drawText(QRectF(area.left() + kSpaceL, bar.top(), kTitleWidth - kSpaceS, bar.height()), Qt::AlignVCenter,
                         m_data.rows[row].title);
        painter.fillRect(bar, colour(Colour::Sunken));
        double x = bar.left();
        for (int i = 0; i < m_data.parts.size(); ++i) {
            const ContributionData::Part &part = m_data.parts[i];
            double width = bar.width() * std::max(0.0, m_data.rows[row].shares.value(i));
            // Early layers are pale, late ones full.
            double strength = 0.35 + 0.65 * (part.layer + 1) / m_layers;
            QColor ink = part.fixed ? colour(Colour::LineStrong) : colour(part.ffn ? Colour::Ffn : Colour::Attention, strength);
            painter.fillRect(QRectF(x, bar.top(), width, bar.height()), ink);
            if (width > 3)
                painter.fillRect(QRectF(x + width - 0.5, bar.top(), 0.5, bar.height()), colour(Colour::Surface));
            if (!forExport && i == m_part) {
                painter.setPen(QPen(colour(Colour::Text), row == m_row ? 2 : 1));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(QRectF(x, bar.top(), std::max(width, 1.0), bar.height()));
            }
            x += width;
        }
    }
    QRectF foot(area.left() + kSpaceL, area.bottom() - kFoot, area.width() - 2 * kSpaceL, kFoot);
    painter.setPen(colour(Colour::TextMuted));
    if (m_part >= 0 && !forExport) {
        painter.drawText(foot, Qt::AlignVCenter, currentText());
    } else {
        double x = foot.left();
        QList<QPair<Colour, QString>> kinds{{Colour::Attention, tr("Attention")}, {Colour::Ffn, tr("FFN")}};
        if (m_data.parts.last().fixed)
            kinds.append({Colour::LineStrong, tr("Embedding and head")});
        for (const auto &[role, name] : std::as_const(kinds)) {
            painter.fillRect(QRectF(x, foot.center().y() - 4, 8, 8), colour(role));
            painter.drawText(QRectF(x + 12, foot.top(), 160, kFoot), Qt::AlignVCenter, name);
            x += painter.fontMetrics().horizontalAdvance(name) + 12 + kSpaceL;
        }
        painter.drawText(QRectF(x, foot.top(), foot.right() - x, kFoot), Qt::AlignVCenter | Qt::AlignRight,
                         tr("pale: first layers, full: last layers"));
    }
    if (hasFocus() && !forExport) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(Colour::Accent), 1));
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

QString ContributionView::toCsv() const
{
    QStringList head{tr("Block")};
    for (const ContributionData::Row &row : m_data.rows)
        head.append(row.title);
    QString text = csvLine(head);
    for (int i = 0; i < m_data.parts.size(); ++i) {
        QStringList line{m_data.parts[i].name};
        for (const ContributionData::Row &row : m_data.rows)
            line.append(QString::number(row.shares.value(i), 'g', 17));
        text += csvLine(line);
    }
    return text;
}

void ContributionView::mouseMoveEvent(QMouseEvent *event)
{
    for (int row = 0; row < m_data.rows.size(); ++row) {
        QRectF bar = barOf(rect(), row);
        if (!bar.contains(event->position()))
            continue;
        double x = bar.left();
        for (int i = 0; i < m_data.parts.size(); ++i) {
            x += bar.width() * std::max(0.0, m_data.rows[row].shares.value(i));
            if (event->position().x() < x)
                return setCurrent(row, i);
        }
    }
    setCurrent(-1, -1);
}

void ContributionView::leaveEvent(QEvent *) { setCurrent(-1, -1); }

void ContributionView::keyPressEvent(QKeyEvent *event)
{
    int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0,
        down = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (m_data.rows.isEmpty() || m_data.parts.isEmpty() || (right == 0 && down == 0))
        return PlotView::keyPressEvent(event);
    if (m_part < 0)
        return setCurrent(0, 0);
    setCurrent(std::clamp(m_row + down, 0, static_cast<int>(m_data.rows.size()) - 1),
               std::clamp(m_part + right, 0, static_cast<int>(m_data.parts.size()) - 1));
}

} // namespace tessera::ui
