// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/gallery_form.h"

#include "ui/models/row_table_model.h"
#include "ui/state/gallery_words.h"
#include "ui/state/session.h"
#include "ui/views/common/parts.h"
#include "ui/views/common/table_notes.h"
#include "ui/views/spectra/experiment_parameters.h"

#include "engine/base/error.h"

#include <QHeaderView>
#include <QLocale>
#include <QSplitter>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::ui {
namespace {

QString numberText(double value) { return std::isnan(value) ? QStringLiteral("–") : QLocale().toString(value, 'g', 5); }

bool allHold(const ExperimentData &experiment)
{
    return std::all_of(experiment.rows.cbegin(), experiment.rows.cend(), [](const ExperimentData::Row &row) { return row.holds; });
}

/// True where a number was changed after the figures were measured.
bool isStale(const ExperimentData &experiment)
{
    return std::any_of(experiment.parameters.cbegin(), experiment.parameters.cend(), [](const ExperimentData::Parameter &one) {
        return !std::isnan(one.measured) && one.value != one.measured;
    });
}

/// The answer to a run, in its place: what is set by now stays set.
void takeAnswer(ExperimentData *experiment, ExperimentData answer)
{
    for (qsizetype i = 0; i < std::min(answer.parameters.size(), experiment->parameters.size()); ++i)
        answer.parameters[i].value = experiment->parameters[i].value;
    *experiment = std::move(answer);
}

SpectraQuestion questionOf(const ExperimentData &experiment)
{
    Json parameters = Json::object();
    for (const ExperimentData::Parameter &one : experiment.parameters)
        parameters[one.name.toStdString()] = one.value;
    return {QStringLiteral("spectra/experiment"), {{"name", experiment.name.toStdString()}, {"parameters", parameters}}, galleryText(experiment.claim)};
}

QLabel *wrapped(Type type, const char *role)
{
    QLabel *label = makeLabel({}, type, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

/// Rows that may have several lines, with air between them.
class Airy : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QSize size = QStyledItemDelegate::sizeHint(option, index);
        const auto *table = qobject_cast<const QTableView *>(option.widget);
        const int width = table ? table->columnWidth(index.column()) - 2 * kSpaceS : size.width();
        const QRect text = option.fontMetrics.boundingRect(QRect(0, 0, width, 1 << 14), Qt::TextWordWrap, index.data().toString());
        return {size.width(), std::max(kRowHeight, text.height() + 2 * kSpaceXs)};
    }
};

void letWrap(QTableView *table)
{
    table->setWordWrap(true);
    table->setItemDelegate(new Airy(table));
    table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
}

} // namespace

std::optional<PlayDraft> playOf(const QString &commandLine)
{
    const QStringList words = commandLine.split(' ', Qt::SkipEmptyParts);
    if (words.size() < 4 || words[0] != "tessera" || words[1] != "spectra")
        return std::nullopt;
    PlayDraft play;
    if (words[2] == "mercer")
        play.view = PlayDraft::kSpectrum;
    else if (words[2] == "descend")
        play.view = PlayDraft::kTraining;
    else if (words[2] == "gram" || words[2] == "regress")
        play.view = PlayDraft::kData;
    else
        return std::nullopt;
    for (qsizetype i = 3; i < words.size(); ++i) {
        if (!words[i].startsWith("--")) {
            if (auto kernel = kernelDraftOf(words[i]))
                play.kernels.append(*kernel);
            continue;
        }
        QString value = i + 1 < words.size() ? words[++i] : QString();
        if (words[i - 1] == "--dimension")
            play.dimension = value.toInt();
        else if (words[i - 1] == "--of")
            play.gp = value == "gp";
        else if (words[i - 1] == "--data")
            play.data = value;
    }
    return play.kernels.isEmpty() ? std::nullopt : std::optional(play);
}

GalleryForm::GalleryForm(Session &session, QWidget *parent) : QWidget(parent), m_session(session)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(kSpaceL);
    split->setChildrenCollapsible(false);
    QVBoxLayout *column = nullptr;
    QFrame *listPanel = makePanel(tr("Experiments"), &column);
    m_runAll = makeButton(tr("Run all"));
    headingOf(listPanel)->addWidget(m_runAll);
    m_list = new RowTableModel(this);
    m_list->setHeads({{tr("Claim")}, {tr("Result")}});
    m_listTable = makeTable(m_list, tr("Experiments of the gallery"), false);
    m_listTable->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_listTable->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    letWrap(m_listTable);
    column->addWidget(m_listTable);
    split->addWidget(listPanel);
    split->addWidget(makeDetail());
    split->setSizes({440, 700});
    outer->addWidget(split);

    connect(m_listTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        if (index.isValid() && index.row() != m_current) {
            m_current = index.row();
            showDetail();
            Q_EMIT changed();
        }
    });
    connect(m_listTable, &QTableView::activated, this, [this] { run(); });
    connect(m_run, &QPushButton::clicked, this, &GalleryForm::run);
    connect(m_runAll, &QPushButton::clicked, this, [this] {
        bool idle = m_running.isEmpty();
        if (!idle) { // It says "Stop" then: what runs is finished, the rest is not begun.
            m_running = m_running.mid(0, 1);
            showList();
            return;
        }
        for (const ExperimentData &experiment : std::as_const(m_experiments))
            m_running.append(experiment.name);
        runNext();
    });
    connect(m_play, &QPushButton::clicked, this, [this] {
        if (m_current >= 0)
            if (auto play = playOf(m_experiments[m_current].play))
                Q_EMIT playWanted(*play);
    });
    connect(&session.engine(), &EngineClient::connected, this, [this] {
        m_running.clear();
        m_asked = false;
        ask();
    });
    showDetail();
}

QFrame *GalleryForm::makeDetail()
{
    QVBoxLayout *whole = nullptr;
    QFrame *panel = makePanel({}, &whole);
    whole->setContentsMargins(0, kSpaceL, 0, kSpaceM);
    whole->setSpacing(kSpaceM);
    auto *column = new QVBoxLayout;
    column->setContentsMargins(kSpaceL, 0, kSpaceL, 0);
    column->setSpacing(kSpaceM);
    whole->addLayout(column);
    m_claim = wrapped(Type::Title, nullptr);
    m_lesson = wrapped(Type::Body, nullptr);
    column->addWidget(m_claim);
    column->addWidget(m_lesson);
    m_notReproduced = new QFrame;
    m_notReproduced->setProperty("role", "notice");
    auto *notice = new QVBoxLayout(m_notReproduced);
    notice->setContentsMargins(kSpaceM, kSpaceS, kSpaceM, kSpaceS);
    notice->addWidget(makeLabel(tr("Not reproduced"), Type::Strong));
    m_notReproducedText = wrapped(Type::Body, nullptr);
    notice->addWidget(m_notReproducedText);
    column->addWidget(m_notReproduced);
    m_parameters = new ExperimentParameters;
    column->addWidget(m_parameters);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(kSpaceS);
    m_run = makeButton(tr("Run"), "primary");
    m_play = makeButton(tr("Explore these kernels"));
    m_verdict = makeLabel({}, Type::Body, "muted");
    buttons->addWidget(m_run);
    buttons->addWidget(m_play);
    buttons->addSpacing(kSpaceM);
    buttons->addWidget(m_verdict, 1);
    column->addLayout(buttons);
    m_rows = new RowTableModel(this);
    m_rows->setHeads({{tr("What")}, {tr("Measured"), true}, {tr("Expected"), true}, {tr("Rule")}, {tr("Holds")}});
    m_rowTable = makeTable(m_rows, tr("Measured and expected figures"), false);
    m_rowTable->setMinimumHeight(120);
    letWrap(m_rowTable);
    tellWhenEmpty(m_rowTable, tr("What it measures, beside what is expected, is shown here once it has run."));
    whole->addWidget(m_rowTable, 1);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(kSpaceL, 0, kSpaceS, 0);
    m_source = makeLabel({}, Type::Caption, "muted");
    m_source->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export the figures"));
    foot->addWidget(m_source, 1);
    foot->addWidget(exportButton);
    whole->addLayout(foot);
    connect(m_parameters, &ExperimentParameters::changed, this, &GalleryForm::setParameter);
    connect(m_parameters, &ExperimentParameters::runWanted, this, &GalleryForm::run);
    connect(exportButton, &QToolButton::clicked, this, [this] {
        exportRows(m_rows, m_session, this, m_current >= 0 ? m_experiments[m_current].name : QStringLiteral("experiment"));
    });
    return panel;
}

void GalleryForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_experiments.isEmpty())
        ask();
}

void GalleryForm::ask()
{
    if (!isVisible() || m_asked || !m_experiments.isEmpty() || !m_session.engine().isConnected())
        return;
    m_asked = true;
    m_session.engine().call("spectra/experiments", Json::object(), this, [this](const Reply &reply) {
        m_asked = false;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_experiments = readGallery(reply.result);
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
        m_current = m_experiments.isEmpty() ? -1 : 0;
        for (const ExperimentData &kept : std::exchange(m_waiting, {}))
            take(kept);
        showList();
        showDetail();
        select(std::exchange(m_wanted, {}));
        Q_EMIT changed();
    });
}

void GalleryForm::take(const ExperimentData &done)
{
    if (ExperimentData *experiment = find(done.name))
        *experiment = done;
}

ExperimentData *GalleryForm::find(const QString &name)
{
    auto found = std::find_if(m_experiments.begin(), m_experiments.end(), [&](const ExperimentData &one) { return one.name == name; });
    return found == m_experiments.end() ? nullptr : &*found;
}

SpectraQuestion GalleryForm::question() const
{
    return m_current < 0 ? SpectraQuestion() : questionOf(m_experiments[m_current]);
}

bool GalleryForm::isAnswered() const
{
    if (m_current < 0)
        return false;
    const ExperimentData &experiment = m_experiments[m_current];
    return !std::isnan(experiment.seconds) && !isStale(experiment) && !m_kept.contains(experiment.name)
        && !m_running.contains(experiment.name);
}

void GalleryForm::adoptKept(const Json &result)
{
    const ExperimentData kept = readExperiment(result);
    m_kept.append(kept.name);
    if (m_experiments.isEmpty()) {
        m_waiting.append(kept);
        m_wanted = kept.name;
        return;
    }
    take(kept);
    showList();
    select(kept.name);
    showDetail();
    Q_EMIT changed();
}

Json GalleryForm::settings() const
{
    return {{"experiment", (m_current < 0 ? m_wanted : m_experiments[m_current].name).toStdString()}};
}

void GalleryForm::restore(const Json &settings)
{
    auto name = settings.is_object() ? settings.find("experiment") : settings.end();
    if (name == settings.end() || !name->is_string())
        return;
    m_wanted = QString::fromStdString(name->get<std::string>());
    select(m_wanted);
}

void GalleryForm::select(const QString &name)
{
    for (int i = 0; i < m_experiments.size(); ++i)
        if (m_experiments[i].name == name)
            m_listTable->setCurrentIndex(m_list->index(i, 0));
}

void GalleryForm::setParameter(int index, double value)
{
    if (m_current < 0 || index < 0 || index >= m_experiments[m_current].parameters.size())
        return;
    m_experiments[m_current].parameters[index].value = value;
    showDetail();
    Q_EMIT changed();
}

void GalleryForm::run()
{
    if (m_current < 0 || m_running.contains(m_experiments[m_current].name))
        return;
    m_running.append(m_experiments[m_current].name);
    if (m_running.size() == 1)
        runNext();
    else
        showList();
}

void GalleryForm::runNext()
{
    showList();
    showDetail();
    if (m_running.isEmpty())
        return;
    const QString name = m_running.first();
    const SpectraQuestion question = questionOf(*find(name));
    m_session.engine().call("spectra/experiment", question.params, this, [this, name, question](const Reply &reply) {
        m_running.removeOne(name);
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            if (ExperimentData *asked = find(name))
                takeAnswer(asked, readExperiment(reply.result));
            m_kept.removeAll(name);
            Q_EMIT ran(question);
        } catch (const Error &error) {
            m_running.clear();
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
        runNext();
        Q_EMIT changed();
    });
}

void GalleryForm::showList()
{
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < m_experiments.size(); ++i) {
        const ExperimentData &experiment = m_experiments[i];
        using Tone = RowTableModel::Tone;
        bool done = !std::isnan(experiment.seconds);
        QString result = !m_running.isEmpty() && m_running.first() == experiment.name ? tr("running…")
                       : m_running.contains(experiment.name)           ? tr("waiting")
                       : !done                                         ? QStringLiteral("–")
                       : !allHold(experiment)                          ? tr("differs")
                       : experiment.notReproduced.isEmpty()            ? tr("as expected")
                                                                       : tr("not reproduced");
        QString claim = galleryText(experiment.claim);
        rows.append({i,
                     {{claim, {}, claim},
                      {result, {}, {}, !done ? Tone::Muted : !allHold(experiment) ? Tone::Bad : experiment.notReproduced.isEmpty() ? Tone::Good : Tone::Warn}}});
    }
    m_list->setRows(rows);
    m_runAll->setText(m_running.isEmpty() ? tr("Run all") : tr("Stop"));
    m_runAll->setEnabled(!m_experiments.isEmpty());
    if (m_current >= 0)
        m_listTable->setCurrentIndex(m_list->index(m_current, 0));
}

void GalleryForm::showDetail()
{
    bool any = m_current >= 0;
    const ExperimentData experiment = any ? m_experiments[m_current] : ExperimentData();
    bool done = !std::isnan(experiment.seconds), running = any && m_running.contains(experiment.name);
    m_claim->setText(galleryText(experiment.claim));
    m_lesson->setText(galleryText(experiment.lesson));
    m_notReproduced->setVisible(!experiment.notReproduced.isEmpty());
    m_notReproducedText->setText(galleryText(experiment.notReproduced));
    m_run->setEnabled(any && !running);
    m_run->setText(running ? tr("Running…") : done ? tr("Run again") : tr("Run"));
    m_parameters->setParameters(experiment.parameters);
    m_play->setVisible(playOf(experiment.play).has_value());
    m_play->setToolTip(experiment.play);
    int holding = static_cast<int>(std::count_if(experiment.rows.cbegin(), experiment.rows.cend(),
                                                 [](const ExperimentData::Row &row) { return row.holds; }));
    m_verdict->setText(done && isStale(experiment) ? tr("Measured with other numbers: run again")
                       : done               ? tr("%1 of %2 figures as expected, in %3 s")
                                  .arg(holding)
                                  .arg(experiment.rows.size())
                                  .arg(QLocale().toString(experiment.seconds, 'f', 1))
                            : QString());
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < experiment.rows.size(); ++i) {
        const ExperimentData::Row &row = experiment.rows[i];
        QString what = galleryRow(row.what);
        rows.append({i,
                     {{what, {}, what},
                      {numberText(row.measured), row.measured},
                      {numberText(row.expected), row.expected},
                      {galleryRow(row.rule)},
                      {row.holds ? tr("yes") : tr("no"), {}, {}, row.holds ? RowTableModel::Tone::Good : RowTableModel::Tone::Bad}}});
    }
    m_rows->setRows(rows);
    for (int column = 1; column < 5; ++column)
        m_rowTable->horizontalHeader()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    m_rowTable->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_source->setText(any ? tr("To read on: %1").arg(experiment.source) : QString());
}

} // namespace tessera::ui
