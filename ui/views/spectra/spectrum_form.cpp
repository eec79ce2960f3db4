// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/spectrum_form.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/curve_chart.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/state/text.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/kernel_row.h"

#include <QCheckBox>
#include <QEvent>
#include <QHeaderView>
#include <QLocale>
#include <QSplitter>
#include <QStackedWidget>

#include <cmath>
#include <utility>

namespace tessera::ui {
namespace {

constexpr int kAnchor = 100; ///< The degree at which the line of theory meets the curve.

/// The eigenvalues of one parity, as points; the first degree is left out where it has no logarithm.
QList<QPointF> pointsOf(const MercerData &spectrum, int parity, double scale)
{
    QList<QPointF> points;
    for (int degree = parity == 0 ? 2 : 1; degree < spectrum.values.size(); degree += 2)
        if (spectrum.shows(degree))
            points.append({static_cast<double>(degree), spectrum.values[degree] / scale});
    return points;
}

QString withMinus(double value, char format, int digits)
{
    return (value < 0 ? QStringLiteral("−") : QString()) + QLocale().toString(std::abs(value), format, digits);
}

QString slopeText(const DecayFitData &fit)
{
    if (!fit.known())
        return QStringLiteral("–");
    const QString slope = withMinus(fit.slope, 'f', 3);
    return fit.error < 5e-4 ? slope : slope + QStringLiteral(" ± ") + QLocale().toString(fit.error, 'f', 3);
}

} // namespace

SpectrumForm::SpectrumForm(Session &session, Spectra &spectra, QWidget *parent)
    : QWidget(parent), m_session(session), m_spectra(spectra)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *split = new QSplitter(Qt::Vertical);
    split->setHandleWidth(kSpaceL);
    split->setChildrenCollapsible(false);
    outer->addWidget(split);

    QVBoxLayout *chart = nullptr, *tables = nullptr;
    QFrame *chartPanel = makePanel(tr("Eigenvalues by degree"), &chart);
    QHBoxLayout *tools = headingOf(chartPanel);
    m_normalise = new QCheckBox(tr("Trace 1"));
    m_normalise->setToolTip(tr("Divides every spectrum by its trace, so that shapes can be compared"));
    m_normalise->setChecked(true);
    m_theory = new QCheckBox(tr("Theory"));
    m_theory->setToolTip(tr("A dotted line with the slope that theory gives"));
    m_theory->setChecked(true);
    QToolButton *exportChart = makeIconButton(Icon::Export, tr("Export the spectra"));
    tools->addWidget(m_normalise);
    tools->addSpacing(kSpaceS);
    tools->addWidget(m_theory);
    tools->addSpacing(kSpaceS);
    tools->addWidget(exportChart);
    m_chart = new CurveChart;
    m_chart->setAccessibleName(tr("Eigenvalues of the kernels by degree"));
    chart->addWidget(m_chart);
    split->addWidget(chartPanel);

    QFrame *tablePanel = makePanel(tr("How they fall"), &tables);
    m_which = new Segments({tr("Slopes"), tr("Numbers")}, tr("Table"));
    QToolButton *exportTable = makeIconButton(Icon::Export, tr("Export the table"));
    headingOf(tablePanel)->addWidget(m_which);
    headingOf(tablePanel)->addWidget(exportTable);
    m_slopes = new RowTableModel(this);
    m_numbers = new RowTableModel(this);
    m_slopes->setHeads({{tr("Kernel")}, {tr("Even degrees"), true}, {tr("Odd degrees"), true}, {tr("Theory"), true}, {tr("Means")}});
    m_slopeTable = makeTable(m_slopes, tr("Fitted slopes and theory"), false);
    fitColumns(m_slopeTable);
    m_numberTable = makeTable(m_numbers, tr("Eigenvalues"), false);
    m_tables = new QStackedWidget;
    m_tables->addWidget(m_slopeTable);
    m_tables->addWidget(m_numberTable);
    tables->addWidget(m_tables, 1);
    m_caption = makeLabel(tr("Slopes are fitted over degrees 40 to 200, even and odd apart. They say in which order "
                             "gradient descent on an infinitely wide network learns frequencies spread evenly over the "
                             "sphere: nothing about narrow networks, about Adam, or about other data. Equal slopes are "
                             "not equal kernels: the factors differ."),
                          Type::Caption, "muted");
    m_caption->setWordWrap(true);
    m_caption->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceM);
    tables->addWidget(m_caption);
    split->addWidget(tablePanel);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 0);
    split->setSizes({460, 250});

    // Every question is answered, if only from what is known already: there is no second signal to follow.
    connect(&spectra, &Spectra::answered, this, &SpectrumForm::refresh);
    for (QCheckBox *box : {m_normalise, m_theory}) {
        connect(box, &QCheckBox::toggled, this, &SpectrumForm::showCurves);
        connect(box, &QCheckBox::toggled, this, &SpectrumForm::settingsChanged);
    }
    connect(m_which, &Segments::currentChanged, this, [this](int which) {
        m_tables->setCurrentIndex(which);
        refresh();
        Q_EMIT settingsChanged();
    });
    connect(exportChart, &QToolButton::clicked, this,
            [this] { exportPicture(m_chart->picture(provenance()), m_session, this, "spectra"); });
    connect(exportTable, &QToolButton::clicked, this, [this] {
        exportRows(m_which->current() == 0 ? m_slopes : m_numbers, m_session, this,
                   m_which->current() == 0 ? "slopes" : "eigenvalues");
    });
}

Json SpectrumForm::settings() const
{
    return {{"trace_one", m_normalise->isChecked()}, {"theory", m_theory->isChecked()}, {"table", m_which->current()}};
}

void SpectrumForm::restore(const Json &settings)
{
    if (!settings.is_object())
        return;
    for (auto [box, name] : {std::pair{m_normalise, "trace_one"}, std::pair{m_theory, "theory"}})
        if (auto found = settings.find(name); found != settings.end() && found->is_boolean())
            box->setChecked(found->get<bool>());
    if (auto table = settings.find("table"); table != settings.end() && table->is_number_integer()) {
        int which = *table == 1 ? 1 : 0;
        m_which->setCurrent(which);
        m_tables->setCurrentIndex(which);
        refresh();
    }
}

void SpectrumForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void SpectrumForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

QString SpectrumForm::provenance() const
{
    return QStringLiteral("Tessera %1 · %2").arg(m_session.engine().version(), m_spectra.describe());
}

void SpectrumForm::refresh()
{
    if (!isVisible())
        return; // It is made up for when it is shown.
    showCurves();
    if (m_which->current() == 0)
        showSlopes();
    else
        showNumbers();
}

void SpectrumForm::showCurves()
{
    CurveData picture;
    picture.x = {tr("Degree k"), true, 1, 200};
    picture.y = {m_normalise->isChecked() ? tr("Eigenvalue / trace") : tr("Eigenvalue"), true, 0, 0, QStringLiteral("%.0e")};
    picture.legend = Qt::BottomLeftCorner;
    picture.empty = m_spectra.failure().isEmpty() ? tr("Eigenvalues appear here.") : m_spectra.failure();
    for (int i = 0; i < m_spectra.kernels().size(); ++i) {
        const auto &spectrum = m_spectra.spectrum(i);
        const KernelDraft &kernel = m_spectra.kernels()[i];
        if (!kernel.shown || !spectrum)
            continue;
        double scale = m_normalise->isChecked() && spectrum->trace > 0 ? spectrum->trace : 1;
        QString title = kernelTitle(kernel);
        QColor ink = colour(kernelColour(i));
        Curve even{tr("%1, even degrees").arg(title), title, pointsOf(*spectrum, 0, scale), ink};
        Curve odd{tr("%1, odd degrees").arg(title), {}, pointsOf(*spectrum, 1, scale), ink, 1.5, Qt::DashLine};
        if (m_theory->isChecked() && !std::isnan(spectrum->exponent) && spectrum->values.size() > kAnchor
            && spectrum->shows(kAnchor)) {
            double shift = (m_spectra.dimension() - 2) / 2.0;
            Curve theory{{}, {}, {}, colour(Colour::TextMuted), 1.2, Qt::DotLine, true};
            for (double degree : {1, 2, 3, 5, 8, 12, 20, 40, 80, 200})
                theory.points.append({degree, spectrum->values[kAnchor] / scale
                                                  * std::pow((degree + shift) / (kAnchor + shift), spectrum->exponent)});
            picture.curves.append(theory);
        }
        picture.curves.append(even);
        picture.curves.append(odd);
    }
    // What the dashes mean, once for all kernels.
    if (!picture.curves.isEmpty()) {
        picture.curves.append({{}, tr("dashed: odd degrees"), {}, colour(Colour::TextMuted), 1.5, Qt::DashLine, true});
        if (m_theory->isChecked())
            picture.curves.append({{}, tr("dotted: slope of theory"), {}, colour(Colour::TextMuted), 1.2, Qt::DotLine, true});
    }
    m_chart->setData(picture);
}

void SpectrumForm::showSlopes()
{
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < m_spectra.kernels().size(); ++i) {
        const auto &spectrum = m_spectra.spectrum(i);
        const KernelDraft &kernel = m_spectra.kernels()[i];
        RowTableModel::Row row{i, {{kernelTitle(kernel)}}};
        if (!spectrum) {
            row.cells.resize(5);
            rows.append(row);
            continue;
        }
        bool power = !std::isnan(spectrum->exponent);
        bool none = !spectrum->even.known() && !spectrum->odd.known();
        auto tone = [&](const DecayFitData &fit) {
            return !fit.known() ? RowTableModel::Tone::Muted
                 : power && std::abs(fit.slope - spectrum->exponent) < 0.06 ? RowTableModel::Tone::Good
                                                                            : RowTableModel::Tone::Plain;
        };
        for (const DecayFitData *fit : {&spectrum->even, &spectrum->odd})
            row.cells.append({slopeText(*fit), fit->slope, {}, tone(*fit)});
        row.cells.append({power ? withMinus(spectrum->exponent, 'g', 4) : QStringLiteral("–"), spectrum->exponent});
        row.cells.append({none && power    ? tr("too small to be known: no slope")
                          : !power         ? tr("falls faster than every power")
                          : !spectrum->odd.known()
                              ? tr("odd degrees vanish: a bias or a second layer repairs it")
                          : m_spectra.isGp() && kernel.isNetwork() ? tr("smoother than the tangent kernel")
                          : kernel.family == KernelDraft::kGammaExponential
                              ? tr("γ sets the smoothness: −d − γ + 1")
                              : tr("as Laplace and every tangent kernel: −d")});
        rows.append(row);
    }
    m_slopes->setRows(rows);
}

void SpectrumForm::showNumbers()
{
    QList<RowTableModel::Head> heads{{tr("Degree"), true}};
    QList<int> shown;
    for (int i = 0; i < m_spectra.kernels().size(); ++i)
        if (m_spectra.spectrum(i) && m_spectra.kernels()[i].shown) {
            heads.append({kernelTitle(m_spectra.kernels()[i]), true});
            shown.append(i);
        }
    QList<RowTableModel::Row> rows;
    for (int degree = 0; degree < Spectra::kDegrees && !shown.isEmpty(); ++degree) {
        RowTableModel::Row row{degree, {{QString::number(degree), degree}}};
        for (int i : shown) {
            const QList<double> &values = m_spectra.spectrum(i)->values;
            double value = degree < values.size() ? values[degree] : kUnknown;
            row.cells.append({QLocale().toString(value, 'g', 6), value});
        }
        rows.append(row);
    }
    m_numbers->setHeads(heads);
    m_numbers->setRows(rows);
    m_numberTable->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
}

} // namespace tessera::ui
