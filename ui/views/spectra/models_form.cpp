// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/models_form.h"

#include "ui/client/answers.h"
#include "ui/models/row_table_model.h"
#include "ui/plot/contribution_view.h"
#include "ui/plot/curve_chart.h"
#include "ui/state/session.h"
#include "ui/state/tangents.h"
#include "ui/state/text.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/kernel_row.h"

#include "engine/base/error.h"

#include <QCheckBox>
#include <QEvent>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>
#include <utility>

namespace tessera::ui {
namespace {

constexpr qsizetype kMostCurves = 6; ///< As many as there are colours that can be told apart.

} // namespace

ModelsForm::ModelsForm(Session &session, Tangents &tangents, QWidget *parent)
    : QWidget(parent), m_session(session), m_tangents(tangents)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);
    m_noProject = new EmptyState(Icon::Open, tr("No project is open"),
                                 tr("The tangent kernels of language models belong to a project: to its parent, its "
                                    "children and its text. Open one, or the demo, and come back."));
    m_none = new EmptyState(Icon::Spectra, tr("No tangent kernel is kept yet"),
                            tr("It is made from the gradients of the model itself, on a few probes of the project's text: "
                               "what every eigenmode would learn, and which block teaches it. It takes a minute or so, "
                               "longer for large models. On the command line: tessera spectra tangent PROJECT"));
    m_first = m_none->addAction(tr("Compute it for the parent"), true);
    m_stopFirst = m_none->addAction(tr("Stop"), false);
    m_pages->addWidget(m_noProject);
    m_pages->addWidget(m_none);
    m_pages->addWidget(makeResults());

    connect(m_first, &QPushButton::clicked, this, &ModelsForm::compute);
    connect(m_compute, &QPushButton::clicked, this, &ModelsForm::compute);
    for (QPushButton *stop : {m_stopFirst, m_stop})
        connect(stop, &QPushButton::clicked, &tangents, &Tangents::stop);
    connect(&session, &Session::projectChanged, this, [this] {
        if (std::exchange(m_project, m_session.project().path) == m_session.project().path)
            return;
        m_current = -1;
        if (isVisible())
            m_tangents.fetch();
    });
    connect(&tangents, &Tangents::changed, this, &ModelsForm::showAll);
    connect(&tangents, &Tangents::progressed, this, &ModelsForm::showProgress);
    showAll();
}

QWidget *ModelsForm::makeResults()
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kSpaceM);
    auto *split = new QSplitter(Qt::Vertical);
    auto *upper = new QSplitter(Qt::Horizontal);
    for (QSplitter *each : {split, upper}) {
        each->setHandleWidth(kSpaceL);
        each->setChildrenCollapsible(false);
    }
    QVBoxLayout *spectra = nullptr, *shares = nullptr, *table = nullptr;
    QFrame *spectraPanel = makePanel(tr("Eigenvalues, trace 1"), &spectra);
    QToolButton *exportSpectra = makeIconButton(Icon::Export, tr("Export the spectra"));
    headingOf(spectraPanel)->addWidget(exportSpectra);
    m_chart = new CurveChart;
    m_chart->setAccessibleName(tr("Normalised spectra of language models"));
    spectra->addWidget(m_chart);
    QFrame *sharePanel = makePanel(tr("What each block has of them"), &shares);
    QToolButton *exportShares = makeIconButton(Icon::Export, tr("Export the contributions"));
    headingOf(sharePanel)->addWidget(exportShares);
    m_contributions = new ContributionView;
    m_contributions->setAccessibleName(tr("Contribution of each block to each eigenvalue"));
    shares->addWidget(m_contributions);
    upper->addWidget(spectraPanel);
    upper->addWidget(sharePanel);
    upper->setSizes({520, 620});
    QFrame *tablePanel = makePanel(tr("Networks"), &table);
    m_children = new QCheckBox(tr("With its children"));
    m_compute = makeButton(tr("Compute again"));
    m_stop = makeButton(tr("Stop"));
    m_progress = makeLabel({}, Type::Body, "muted");
    QToolButton *exportTable = makeIconButton(Icon::Export, tr("Export the table"));
    for (QWidget *tool : std::initializer_list<QWidget *>{m_progress, m_stop, m_children, m_compute, exportTable})
        headingOf(tablePanel)->addWidget(tool);
    m_rows = new RowTableModel(this);
    m_rows->setHeads({{tr("Network")},
                      {tr("Effective rank"), true},
                      {tr("Stable rank"), true},
                      {tr("log₁₀ condition"), true},
                      {tr("Estimator")},
                      {tr("Probes"), true},
                      {tr("Seeds"), true},
                      {tr("Made")}});
    m_table = makeTable(m_rows, tr("Networks with a tangent kernel"), false);
    fitColumns(m_table, 0);
    table->addWidget(m_table);
    split->addWidget(upper);
    split->addWidget(tablePanel);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    column->addWidget(split, 1);
    QLabel *caption = makeLabel(
        tr("How gradient descent (not Adam) would move these networks from where they are now, on these probes alone. "
           "Numbers free of scale may be compared, with the same estimator and the same probes only; where bands over "
           "seeds overlap there is no difference. Nobody has shown that such spectra rank blocks better than their "
           "parameter counts do."),
        Type::Caption, "muted");
    caption->setWordWrap(true);
    column->addWidget(caption);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        if (index.isValid() && index.row() != m_current) {
            m_current = index.row();
            showSpectra();
            showContributions();
        }
    });
    connect(exportSpectra, &QToolButton::clicked, this,
            [this] { exportPicture(m_chart->picture({}), m_session, this, "tangent-spectra"); });
    connect(exportShares, &QToolButton::clicked, this, [this] { exportPlot(m_contributions, m_session, "contributions"); });
    connect(exportTable, &QToolButton::clicked, this, [this] { exportRows(m_rows, m_session, this, "tangent-networks"); });
    return page;
}

void ModelsForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_tangents.kept().isEmpty() && !m_tangents.isFetching())
        m_tangents.fetch();
}

void ModelsForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showSpectra();
}

bool ModelsForm::isSettled() const { return !m_tangents.isFetching(); }

void ModelsForm::compute()
{
    if (!m_children->isChecked())
        return m_tangents.computeModels({});
    m_session.engine().call("children/list", Json::object(), this, [this](const Reply &reply) {
        QStringList models;
        try {
            if (reply.ok())
                for (const ChildData &child : readChildren(reply.result, "children/list"))
                    if (child.exists)
                        models.append(child.path);
        } catch (const Error &) { // The parent alone is of use too.
        }
        if (m_tangents.mayCompute())
            m_tangents.computeModels(models);
    });
}

void ModelsForm::showAll()
{
    const QList<TangentNetwork> &kept = m_tangents.kept();
    m_pages->setCurrentIndex(!m_session.project().isOpen() ? 0 : kept.isEmpty() ? 1 : 2);
    for (QPushButton *button : {m_first, m_compute}) {
        button->setEnabled(m_tangents.mayCompute());
        button->setToolTip(m_tangents.whyNot());
    }
    for (QPushButton *stop : {m_stopFirst, m_stop})
        stop->setVisible(m_tangents.isComputing());
    showProgress();
    if (m_current >= kept.size() || m_current < 0)
        m_current = static_cast<int>(kept.size()) - 1;
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < kept.size(); ++i) {
        const TangentData &network = kept[i].spectrum;
        rows.append({i,
                     {{kept[i].title(), {}, network.name},
                      {formatBand(network.effectiveRank), network.effectiveRank.mean},
                      {formatBand(network.stableRank), network.stableRank.mean},
                      {formatBand(network.logCondition), network.logCondition.mean},
                      {network.estimator},
                      {QString::number(network.probes), network.probes, network.probeHash},
                      {QString::number(network.seeds), network.seeds},
                      {formatTime(network.created)}}});
    }
    m_rows->setRows(rows);
    if (m_current >= 0)
        m_table->setCurrentIndex(m_rows->index(m_current, 0));
    showSpectra();
    showContributions();
}

void ModelsForm::showProgress()
{
    m_first->setText(m_tangents.isComputing() ? tr("Computing… %1").arg(m_tangents.progress()) : tr("Compute it for the parent"));
    m_progress->setText(m_tangents.progress());
}

void ModelsForm::showSpectra()
{
    CurveData picture;
    picture.x = {tr("Number of the eigenvalue"), true};
    picture.y = {tr("Share of the trace"), true, 0, 0, QStringLiteral("%.0e")};
    picture.legend = Qt::BottomLeftCorner;
    const QList<TangentNetwork> &kept = m_tangents.kept();
    // Other estimators and probes say nothing about these; single variants are many, and shown one at a time.
    for (int i = static_cast<int>(kept.size()) - 1; m_current >= 0 && i >= 0; --i) {
        const TangentData &network = kept[i].spectrum;
        bool wanted = i == m_current || kept[i].ownModel || i == m_tangents.parentBeside(m_current);
        if (!wanted || !comparable(network, kept[m_current].spectrum) || (i != m_current && picture.curves.size() >= kMostCurves))
            continue;
        Curve curve{kept[i].title(), kept[i].title(), {}, colour(kernelColour(static_cast<int>(picture.curves.size()))),
                    i == m_current ? 2.5 : 1.5};
        for (int mode = 0; mode < network.normalised.size(); ++mode) {
            const BandData &band = network.normalised[mode];
            if (!(band.low > 0))
                continue;
            curve.points.append({mode + 1.0, band.mean});
            curve.low.append(band.low);
            curve.high.append(band.high);
        }
        picture.curves.append(curve);
    }
    m_chart->setData(picture);
}

void ModelsForm::showContributions()
{
    ContributionData shares;
    if (m_current >= 0) {
        const TangentData &network = m_tangents.kept()[m_current].spectrum;
        shares.rows.append({tr("Whole trace"), {}});
        qsizetype modes = network.blocks.isEmpty() ? 0 : network.blocks.first().modeShares.size();
        for (qsizetype mode = 0; mode < modes; ++mode)
            shares.rows.append({tr("Eigenvalue %1").arg(mode + 1), {}});
        for (const TangentData::Block &block : network.blocks) {
            bool fixed = block.layer < 0;
            shares.parts.append({fixed ? tr("Embedding and head") : blockTitle(block.name), block.part == "ffn", std::max(0, block.layer), fixed});
            shares.rows[0].shares.append(block.traceShare.mean);
            for (qsizetype mode = 0; mode < modes; ++mode)
                shares.rows[mode + 1].shares.append(block.modeShares.value(mode).mean);
        }
    }
    m_contributions->setData(shares);
}

} // namespace tessera::ui
