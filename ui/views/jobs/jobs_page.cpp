// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobs/jobs_page.h"

#include "ui/models/row_table_model.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"
#include "ui/views/common/table_notes.h"

#include "engine/base/error.h"

#include <QHeaderView>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QTime>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr double kLogShare = 0.22; ///< Of the page's height.

QString methodTitle(const QString &method)
{
    if (method == "jobs/run")
        return JobsPage::tr("Build the library");
    if (method == "children/realize")
        return JobsPage::tr("Make a child");
    if (method == "children/evaluate")
        return JobsPage::tr("Evaluate a child");
    if (method == "children/check")
        return JobsPage::tr("Measure a child");
    if (method == "children/distill")
        return JobsPage::tr("Distil a child");
    if (method == "children/export")
        return JobsPage::tr("Export a child");
    if (method == "spectra/tangent")
        return JobsPage::tr("Tangent kernel of a model");
    if (method == "children/generate")
        return JobsPage::tr("Generate text");
    if (method == "project/create")
        return JobsPage::tr("Create a project");
    if (method == "project/demo")
        return JobsPage::tr("Open the demo");
    if (method == "project/import")
        return JobsPage::tr("Import a library");
    if (method == "project/import_costs")
        return JobsPage::tr("Import costs");
    if (method == "doctor")
        return JobsPage::tr("Examine this machine");
    return method;
}

QString wordOf(const Json &json, const char *key)
{
    auto found = json.find(key);
    return found != json.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

double numberOf(const Json &json, const char *key)
{
    auto found = json.find(key);
    return found != json.end() && found->is_number() ? found->get<double>() : kUnknown;
}

} // namespace

JobsPage::JobsPage(Session &session, QWidget *parent) : DockPage("jobs", parent), m_session(session)
{
    setFocusPolicy(Qt::ClickFocus);
    setCentralWidget(makeMiddle());
    addPanel("log", tr("Log"), Qt::BottomDockWidgetArea, makeLog(), nullptr, {0, kLogShare});
    panelsAdded();

    connect(m_run, &QPushButton::clicked, this, &JobsPage::run);
    connect(&session, &Session::jobChanged, this, &JobsPage::stateChanged);
    connect(&session, &Session::progressed, this, &JobsPage::progressed);
    connect(&session, &Session::logged, this, [this](const QString &text) {
        m_log->appendPlainText(QTime::currentTime().toString("HH:mm:ss  ") + text);
    });
    connect(&session, &Session::projectChanged, this, [this] {
        m_run->setEnabled(m_session.project().runnable && m_session.project().writable);
        if (m_session.project().isOpen() && !m_session.isLoading())
            refreshHistory();
        else if (!m_session.project().isOpen())
            m_history->setRows({});
    });
    connect(&session.engine(), &EngineClient::died, this, [this] {
        for (auto &[id, job] : m_jobs)
            job.card->deleteLater();
        m_jobs.clear();
        updateEmpty();
    });
    m_run->setEnabled(false);
}

QWidget *JobsPage::makeMiddle()
{
    auto *middle = new QWidget;
    auto *column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kSpaceL);
    QVBoxLayout *now = nullptr;
    QFrame *nowPanel = makePanel(tr("Running"), &now);
    m_run = makeButton(tr("Build or continue the library"), "primary");
    m_run->setToolTip(
        tr("Fits, trains, scores and measures what is still missing; can be stopped and continued at any time"));
    headingOf(nowPanel)->addWidget(m_run);
    now->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceL);
    m_idle = makeLabel(tr("Nothing is running."), Type::Body, "muted");
    now->addWidget(m_idle);
    m_cards = new QVBoxLayout;
    m_cards->setSpacing(kSpaceM);
    now->addLayout(m_cards);
    column->addWidget(nowPanel);

    QVBoxLayout *history = nullptr;
    QFrame *historyPanel = makePanel(tr("History"), &history);
    QToolButton *exportHistory = makeIconButton(Icon::Export, tr("Export the history"));
    headingOf(historyPanel)->addWidget(exportHistory);
    connect(exportHistory, &QToolButton::clicked, this, [this] { exportRows(m_history, m_session, this, "jobs"); });
    m_history = new RowTableModel(this);
    m_history->setHeads(
        {{tr("Started")}, {tr("Stage")}, {tr("State")}, {tr("Done"), true}, {tr("Time"), true}, {tr("Note")}});
    QTableView *table = makeTable(m_history, tr("History of jobs"));
    table->horizontalHeader()->setStretchLastSection(true);
    const int widths[] = {184, 192, 112, 112, 112};
    for (int i = 0; i < 5; ++i)
        table->setColumnWidth(i, widths[i]);
    tellWhenEmpty(table, tr("Nothing has run in this project yet. Building the library is the first job."));
    history->addWidget(table);
    column->addWidget(historyPanel, 1);
    return middle;
}

QWidget *JobsPage::makeLog()
{
    auto *frame = new QWidget;
    auto *column = new QVBoxLayout(frame);
    column->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceL);
    m_log = new QPlainTextEdit;
    m_log->setReadOnly(true);
    m_log->setMaximumBlockCount(2000);
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setAccessibleName(tr("Log"));
    m_log->setPlaceholderText(tr("What running jobs say appears here."));
    column->addWidget(m_log);
    return frame;
}

void JobsPage::run()
{
    m_session.engine().call("jobs/run", Json::object(), this, [this](const Reply &reply) {
        if (!reply.ok() && !reply.interrupted())
            Q_EMIT m_session.complained(reply.sentence());
        m_session.reloadLibrary();
        refreshHistory();
    });
}

JobsPage::Job &JobsPage::jobOf(std::int64_t id, const QString &method)
{
    auto found = m_jobs.find(id);
    if (found != m_jobs.end())
        return found->second;
    Job job;
    job.card = new QWidget;
    auto *row = new QHBoxLayout(job.card);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kSpaceL);
    auto *column = new QVBoxLayout;
    column->setSpacing(kSpaceXs);
    job.title = makeLabel(methodTitle(method), Type::Strong);
    job.bar = new QProgressBar;
    job.bar->setTextVisible(false);
    job.bar->setRange(0, 0);
    job.bar->setAccessibleName(methodTitle(method));
    job.figures = makeLabel(tr("waiting"), Type::Caption, "muted");
    column->addWidget(job.title);
    column->addWidget(job.bar);
    column->addWidget(job.figures);
    row->addLayout(column, 1);
    job.cancel = makeButton(tr("Stop"));
    job.cancel->setToolTip(tr("What is done is kept; the same job continues later"));
    row->addWidget(job.cancel, 0, Qt::AlignTop);
    connect(job.cancel, &QPushButton::clicked, this, [this, id] {
        m_session.engine().cancel(id);
        m_jobs[id].cancel->setEnabled(false);
        m_jobs[id].figures->setText(tr("stopping…"));
    });
    m_cards->addWidget(job.card);
    return m_jobs.emplace(id, job).first->second;
}

void JobsPage::stateChanged(const Json &params)
{
    double id = numberOf(params, "id");
    if (std::isnan(id))
        return;
    QString state = wordOf(params, "state"), note = wordOf(params, "note");
    auto number = static_cast<std::int64_t>(id);
    if (state == "waiting" || state == "running") {
        jobOf(number, wordOf(params, "method"));
    } else if (m_jobs.contains(number)) {
        m_jobs[number].card->hide();
        m_jobs[number].card->deleteLater();
        m_jobs.erase(number);
        if (!note.isEmpty())
            m_log->appendPlainText(QTime::currentTime().toString("HH:mm:ss  ") + note);
        refreshHistory();
    }
    updateEmpty();
}

void JobsPage::progressed(const Json &params)
{
    double id = numberOf(params, "id");
    if (std::isnan(id) || !m_jobs.contains(static_cast<std::int64_t>(id)))
        return;
    Job &job = m_jobs[static_cast<std::int64_t>(id)];
    double done = numberOf(params, "done"), total = numberOf(params, "total"), seconds = numberOf(params, "seconds"),
           left = numberOf(params, "seconds_left");
    QString name = stageTitle(wordOf(params, "name")), note = wordOf(params, "note"), unit = wordOf(params, "unit");
    job.title->setText(name);
    job.bar->setRange(0, total > 0 ? 1000 : 0);
    if (total > 0)
        job.bar->setValue(static_cast<int>(1000 * done / total));
    QStringList figures;
    if (total > 0)
        figures.append(tr("%1 of %2 %3").arg(formatAmount(done, "count"), formatAmount(total, "count"), unit));
    if (seconds > 0 && done > 0)
        figures.append(tr("%1 %2/s").arg(formatScore(done / seconds), unit));
    if (!std::isnan(left))
        figures.append(tr("%1 left").arg(formatSeconds(left)));
    if (!note.isEmpty())
        figures.append(note);
    job.figures->setText(figures.join(QStringLiteral(" · ")));
    Q_EMIT running(total > 0 ? name + " " + formatPercent(done / total, 0) : name);
}

void JobsPage::refreshHistory()
{
    if (!m_session.engine().isConnected() || !m_session.project().isOpen())
        return;
    m_session.engine().call("jobs/history", Json::object(), this, [this](const Reply &reply) {
        if (!reply.ok())
            return;
        try {
            QList<RowTableModel::Row> rows;
            for (const HistoryRow &job : readHistory(reply.result, "jobs/history")) {
                bool failed = job.state == "failed";
                QString state = job.state == "done"    ? tr("done")
                              : job.state == "running" ? tr("running")
                              : failed                 ? tr("failed")
                                                       : tr("interrupted");
                rows.prepend({job.job,
                              {{formatTime(job.started), job.started},
                               {stageTitle(job.stage)},
                               {state,
                                {},
                                {},
                                failed                ? RowTableModel::Tone::Bad
                                : job.state == "done" ? RowTableModel::Tone::Good
                                                      : RowTableModel::Tone::Warn},
                               {QStringLiteral("%1 / %2").arg(job.done).arg(job.total), job.done},
                               {formatSeconds(job.seconds), job.seconds},
                               {job.note, {}, job.note, RowTableModel::Tone::Muted}}});
            }
            m_history->setRows(rows);
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromUtf8(error.what()));
        }
    });
}

void JobsPage::updateEmpty()
{
    m_idle->setVisible(m_jobs.empty());
    if (m_jobs.empty())
        Q_EMIT running({});
}

} // namespace tessera::ui
