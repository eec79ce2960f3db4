// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/models_form.h"

#include "ui/client/answers.h"
#include "ui/models/row_table_model.h"
#include "ui/plot/contribution_view.h"
#include "ui/plot/curve_chart.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/kernel_row.h"

#include "engine/base/error.h"

#include <QCheckBox>
#include <QEvent>
#include <QFileInfo>
#include <QHeaderView>
#include <QLocale>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kProbes = 24, kWindow = 32; ///< Of a kernel that is computed from here: about a minute for a small model.

QString bandText(const BandData &band)
{
    QLocale locale;
    if (std::isnan(band.mean))
        return QStringLiteral("–");
    QString text = locale.toString(band.mean, 'g', 4);
    if (band.high > band.low)
        text += QStringLiteral(" (%1 – %2)").arg(locale.toString(band.low, 'g', 3), locale.toString(band.high, 'g', 3));
    return text;
}

QString networkTitle(const TangentData &network)
{
    return network.name == "parent"         ? ModelsForm::tr("Parent")
         : network.name.contains(u'/')      ? QFileInfo(network.name).fileName()
                                            : network.name;
}

bool comparable(const TangentData &a, const TangentData &b) { return a.estimator == b.estimator && a.probeHash == b.probeHash; }

} // namespace

ModelsForm::ModelsForm(Session &session, QWidget *parent) : QWidget(parent), m_session(session)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);
    m_noProject = new EmptyState(Icon::Open, tr("No project is open"),
                                 tr("The tangent kernels of language models belong to a project: to its parent, its "
                                    "children and its text. Open one, or the demo, and come back."));
    m_none = new EmptyState(Icon::Children, tr("No tangent kernel is kept yet"),
                            tr("It is made from the gradients of the model itself, on a few probes of the project's text: "
                               "what every eigenmode would learn, and which block teaches it. It takes a minute or so, "
                               "longer for large models. On the command line: tessera spectra tangent PROJECT"));
    m_first = m_none->addAction(tr("Compute it for the parent"), true);
    m_pages->addWidget(m_noProject);
    m_pages->addWidget(m_none);
    m_pages->addWidget(makeResults());

    connect(m_first, &QPushButton::clicked, this, &ModelsForm::compute);
    connect(m_compute, &QPushButton::clicked, this, &ModelsForm::compute);
    connect(&session, &Session::projectChanged, this, [this] {
        if (m_session.project().path != m_project) {
            m_project = m_session.project().path;
            m_kept.clear();
            m_current = -1;
            ++m_round;
            m_waiting = 0;
            showAll();
            if (isVisible())
                reload();
        }
    });
    connect(&session, &Session::progressed, this, [this](const Json &params) {
        if (m_job >= 0 && params.value("id", std::int64_t(-1)) == m_job) {
            double done = params.value("done", 0.0), total = params.value("total", 0.0);
            m_progress->setText(total > 0 ? formatPercent(done / total, 0) : tr("running…"));
        }
    });
    connect(&session.engine(), &EngineClient::died, this, [this] {
        m_job = -1;
        m_waiting = 0;
        showAll();
    });
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
    m_children = new QCheckBox(tr("with its children"));
    m_compute = makeButton(tr("Compute again"));
    m_progress = makeLabel({}, Type::Body, "muted");
    QToolButton *exportTable = makeIconButton(Icon::Export, tr("Export the table"));
    for (QWidget *tool : std::initializer_list<QWidget *>{m_progress, m_children, m_compute, exportTable})
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
    if (m_kept.isEmpty())
        reload();
}

void ModelsForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showSpectra();
}

void ModelsForm::reload()
{
    if (!m_session.project().isOpen() || !m_session.engine().isConnected())
        return;
    int round = ++m_round;
    m_kept.clear();
    m_waiting = 1;
    m_session.engine().call("spectra/list", {{"kind", "tangent"}}, this, [this, round](const Reply &reply) {
        if (round != m_round)
            return;
        --m_waiting;
        if (reply.ok())
            for (const Json &row : reply.result.value("rows", Json::array()))
                load(row.value("id", std::int64_t(0)));
        if (m_waiting == 0)
            showAll();
    });
}

void ModelsForm::load(qint64 id)
{
    ++m_waiting;
    m_session.engine().call("spectra/get", {{"id", id}}, this, [this, round = m_round](const Reply &reply) {
        if (round != m_round)
            return;
        --m_waiting;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_kept.append(readTangent(reply.result));
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
        if (m_waiting == 0)
            showAll();
    });
}

void ModelsForm::compute()
{
    auto start = [this](const QList<ChildData> &children) {
        Json models = Json::array();
        for (const ChildData &child : children)
            if (child.exists)
                models.push_back(child.path.toStdString());
        m_job = m_session.engine().call(
            "spectra/tangent", {{"probes", kProbes}, {"window", kWindow}, {"models", models}}, this, [this](const Reply &reply) {
                m_job = -1;
                m_progress->clear();
                if (!reply.ok() && !reply.interrupted())
                    Q_EMIT m_session.complained(reply.sentence());
                reload();
                showAll();
            });
        showAll();
    };
    if (!m_children->isChecked())
        return start({});
    m_session.engine().call("children/list", Json::object(), this, [start](const Reply &reply) {
        QList<ChildData> children;
        try {
            if (reply.ok())
                children = readChildren(reply.result, "children/list");
        } catch (const Error &) { // The parent alone is of use too.
        }
        start(children);
    });
}

void ModelsForm::showAll()
{
    const ProjectInfo &project = m_session.project();
    m_pages->setCurrentIndex(!project.isOpen() ? 0 : m_kept.isEmpty() ? 1 : 2);
    bool may = project.isOpen() && project.runnable && project.writable && m_job < 0;
    for (QPushButton *button : {m_first, m_compute}) {
        button->setEnabled(may);
        button->setToolTip(project.runnable || !project.isOpen() ? QString()
                                                                 : tr("This project has no model and no text: it was imported."));
    }
    m_first->setText(m_job < 0 ? tr("Compute it for the parent") : tr("Computing…"));
    if (m_job >= 0 && m_progress->text().isEmpty())
        m_progress->setText(tr("running…"));
    if (m_current >= m_kept.size() || m_current < 0)
        m_current = static_cast<int>(m_kept.size()) - 1;
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < m_kept.size(); ++i) {
        const TangentData &network = m_kept[i];
        rows.append({i,
                     {{networkTitle(network), {}, network.name},
                      {bandText(network.effectiveRank), network.effectiveRank.mean},
                      {bandText(network.stableRank), network.stableRank.mean},
                      {bandText(network.logCondition), network.logCondition.mean},
                      {network.estimator},
                      {QString::number(network.probes), network.probes, network.probeHash},
                      {QString::number(network.seeds), network.seeds},
                      {formatTime(network.created)}}});
    }
    m_rows->setRows(rows);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    if (m_current >= 0)
        m_table->setCurrentIndex(m_rows->index(m_current, 0));
    showSpectra();
    showContributions();
}

void ModelsForm::showSpectra()
{
    CurveData picture;
    picture.x = {tr("Number of the eigenvalue"), true};
    picture.y = {tr("Share of the trace"), true, 0, 0, QStringLiteral("%.0e")};
    picture.legend = Qt::BottomLeftCorner;
    for (int i = 0; m_current >= 0 && i < m_kept.size(); ++i) {
        const TangentData &network = m_kept[i];
        if (!comparable(network, m_kept[m_current])) // Other estimators and probes say nothing about these.
            continue;
        Curve curve{networkTitle(network), networkTitle(network), {}, colour(kernelColour(static_cast<int>(picture.curves.size()))),
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
        const TangentData &network = m_kept[m_current];
        shares.rows.append({tr("Whole trace"), {}});
        qsizetype modes = network.blocks.isEmpty() ? 0 : network.blocks.first().modeShares.size();
        for (qsizetype mode = 0; mode < modes; ++mode)
            shares.rows.append({tr("Eigenvalue %1").arg(mode + 1), {}});
        for (const TangentData::Block &block : network.blocks) {
            shares.parts.append({block.name, block.part == "ffn", std::max(0, block.layer)});
            shares.rows[0].shares.append(block.traceShare.mean);
            for (qsizetype mode = 0; mode < modes; ++mode)
                shares.rows[mode + 1].shares.append(block.modeShares.value(mode).mean);
        }
    }
    m_contributions->setData(shares);
}

} // namespace tessera::ui
