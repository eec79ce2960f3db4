// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/library/tangent_section.h"

#include "ui/plot/curve_chart.h"
#include "ui/state/tangents.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"

#include <QEvent>

namespace tessera::ui {
namespace {

constexpr int kChartHeight = 184;

Curve curveOf(const TangentData &spectrum, const QString &name, const QColor &ink, Qt::PenStyle style)
{
    Curve curve{name, name, {}, ink, 2, style};
    for (int mode = 0; mode < spectrum.normalised.size(); ++mode) {
        const BandData &band = spectrum.normalised[mode];
        if (!(band.low > 0))
            continue;
        curve.points.append({mode + 1.0, band.mean});
        curve.low.append(band.low);
        curve.high.append(band.high);
    }
    return curve;
}

bool overlap(const BandData &a, const BandData &b) { return a.low <= b.high && b.low <= a.high; }

} // namespace

TangentSection::TangentSection(Tangents &tangents, QWidget *parent) : QWidget(parent), m_tangents(tangents)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, kSpaceXs, 0, 0);
    column->setSpacing(kSpaceXs);
    m_title = makeLabel(tr("Tangent spectrum"), Type::Strong);
    column->addWidget(m_title);
    m_chart = new CurveChart;
    m_chart->setFixedHeight(kChartHeight);
    m_chart->setAccessibleName(tr("Tangent spectrum with this variant"));
    column->addWidget(m_chart);
    m_ranks = makeLabel({}, Type::Body);
    m_how = makeLabel({}, Type::Caption, "muted");
    for (QLabel *label : {m_ranks, m_how}) {
        label->setWordWrap(true);
        column->addWidget(label);
    }
    auto *row = new QHBoxLayout;
    row->setSpacing(kSpaceS);
    m_compute = makeButton({});
    m_stop = makeButton(tr("Stop"));
    m_progress = makeLabel({}, Type::Body, "muted");
    row->addWidget(m_compute);
    row->addWidget(m_stop);
    row->addWidget(m_progress, 1);
    column->addLayout(row);

    connect(m_compute, &QPushButton::clicked, this, [this] { m_tangents.computeReplaced(m_replaced); });
    connect(m_stop, &QPushButton::clicked, &tangents, &Tangents::stop);
    connect(&tangents, &Tangents::changed, this, &TangentSection::showSpectrum);
    connect(&tangents, &Tangents::progressed, this, &TangentSection::showState);
}

void TangentSection::setVariant(const VariantRow &row, const QString &origin)
{
    m_replaced.clear();
    m_origins.clear();
    const QStringList blocks = row.parent ? QStringList() : row.block().split('+');
    for (const QString &block : blocks) {
        m_replaced.append(QStringLiteral("%1:%2").arg(row.layer).arg(block));
        m_origins.append(origin);
    }
    showSpectrum();
}

QString TangentSection::sentence() const { return m_ranks->isHidden() ? QString() : m_ranks->text(); }

void TangentSection::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_tangents.kept().isEmpty() && !m_tangents.isFetching())
        m_tangents.fetch();
}

void TangentSection::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showSpectrum();
}

void TangentSection::showSpectrum()
{
    int shown = m_tangents.find(m_replaced, m_origins);
    m_chart->setVisible(shown >= 0);
    m_ranks->setVisible(shown >= 0);
    m_how->setVisible(shown >= 0);
    showState();
    if (shown < 0)
        return;
    const TangentData &spectrum = m_tangents.kept()[shown].spectrum;
    int beside = m_replaced.isEmpty() ? -1 : m_tangents.parentBeside(shown);
    CurveData picture;
    picture.x = {tr("Number of the eigenvalue"), true};
    picture.y = {tr("Share of the trace"), true, 0, 0, QStringLiteral("%.0e")};
    picture.legend = Qt::BottomLeftCorner;
    QString rank = formatBand(spectrum.effectiveRank);
    if (beside >= 0) {
        const TangentData &parent = m_tangents.kept()[beside].spectrum;
        picture.curves.append(curveOf(parent, tr("Parent"), colour(Colour::Parent), Qt::DashLine));
        QString text = tr("Effective rank %1, the parent's %2.").arg(rank, formatBand(parent.effectiveRank));
        if (spectrum.seeds > 1 && parent.seeds > 1)
            text += " "
                  + (overlap(spectrum.effectiveRank, parent.effectiveRank) ? tr("The bands overlap: no difference is shown.")
                                                                           : tr("The bands over seeds do not meet."));
        m_ranks->setText(text);
    } else {
        m_ranks->setText(m_replaced.isEmpty() ? tr("Effective rank of the parent: %1.").arg(rank)
                                              : tr("Effective rank %1. No spectrum of the parent on the same probes is kept.").arg(rank));
    }
    picture.curves.append(curveOf(spectrum, m_replaced.isEmpty() ? tr("Parent") : tr("With this variant"),
                                  colour(m_replaced.isEmpty() ? Colour::Parent : Colour::Child), Qt::SolidLine));
    m_chart->setData(picture);
    m_how->setText(tr("Estimator %1; probes: %2, seeds: %3; made %4")
                       .arg(spectrum.estimator)
                       .arg(spectrum.probes)
                       .arg(spectrum.seeds)
                       .arg(formatTime(spectrum.created)));
}

void TangentSection::showState()
{
    bool mine = m_tangents.isComputing() && m_tangents.computing() == m_replaced;
    m_compute->setVisible(!mine);
    m_stop->setVisible(mine);
    m_compute->setText(m_chart->isHidden() ? tr("Compute it") : tr("Compute again"));
    m_compute->setEnabled(m_tangents.mayCompute());
    QString why = m_tangents.whyNot();
    m_compute->setToolTip(!why.isEmpty()              ? why
                          : m_tangents.isComputing() ? tr("Another tangent kernel is being computed.")
                                                      : tr("From the gradients of the parent with this variant in it, on a few "
                                                           "probes of the project's text"));
    m_progress->setText(mine ? m_tangents.progress() : QString());
}

} // namespace tessera::ui
