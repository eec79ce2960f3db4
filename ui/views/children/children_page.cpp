// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/children/children_page.h"

#include "ui/models/row_table_model.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/children/child_figures.h"
#include "ui/views/children/distill_dialog.h"
#include "ui/views/children/export_dialog.h"
#include "ui/views/common/dock_page.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"

#include "engine/base/error.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSortFilterProxyModel>
#include <QStackedWidget>

#include <utility>

namespace tessera::ui {
namespace {

constexpr int kGeneratedTokens = 64;
constexpr QSizeF kFiguresShare{0.4, 0.63}, kWordsShare{0.6, 0.63}; ///< Of the page.

} // namespace

ChildrenPage::ChildrenPage(Session &session, Search &search, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search)
{
    setFocusPolicy(Qt::ClickFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceL, kSpaceL, kSpaceL);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);
    auto *empty = new EmptyState(
        Icon::Children, tr("No children yet"),
        tr("A child is a checkpoint made from a solution: it can be evaluated, asked to write, and exported. "
           "Find a solution first, then make it here."));
    connect(empty->addAction(tr("Go to the search"), true), &QPushButton::clicked, this, &ChildrenPage::searchWanted);
    m_pages->addWidget(empty);

    m_docks = new DockPage("children");
    m_docks->setContentsMargins(0, 0, 0, 0);
    m_docks->setCentralWidget(makeList());
    m_figures = new ChildFigures;
    QHBoxLayout *tools = nullptr;
    m_docks->addPanel("figures", tr("Predicted and measured"), Qt::BottomDockWidgetArea, m_figures, &tools, kFiguresShare);
    m_figures->addTools(tools);
    m_docks->addPanel("words", tr("Side by side"), Qt::BottomDockWidgetArea, makeWords(), nullptr, kWordsShare);
    m_docks->panelsAdded();
    m_pages->addWidget(m_docks);

    connect(m_realize, &QPushButton::clicked, this, &ChildrenPage::realize);
    connect(m_evaluate, &QPushButton::clicked, this, &ChildrenPage::evaluate);
    connect(m_distill, &QPushButton::clicked, this, &ChildrenPage::distill);
    connect(m_export, &QPushButton::clicked, this, &ChildrenPage::exportChild);
    connect(m_figures, &ChildFigures::exportWanted, this,
            [this](const RowTableModel *table, const QString &name) { exportRows(table, m_session, this, name); });
    connect(m_generate, &QPushButton::clicked, this, &ChildrenPage::generate);
    connect(m_prompt, &QLineEdit::returnPressed, this, &ChildrenPage::generate);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { showChild(current()); });
    connect(m_table->model(), &QAbstractItemModel::modelReset, this, [this] {
        if (m_list->rowCount() > 0)
            m_table->selectRow(0);
    });
    connect(&session, &Session::projectChanged, this, [this] {
        if (!m_session.isLoading())
            refresh();
    });
    connect(&search, &Search::solutionChanged, this, [this] {
        m_realize->setEnabled(m_search.solution().found() && m_session.project().runnable);
    });
}

QFrame *ChildrenPage::makeList()
{
    QVBoxLayout *list = nullptr;
    QFrame *panel = makePanel(tr("Children"), &list);
    m_realize = makeButton(tr("Make the present solution…"));
    m_evaluate = makeButton(tr("Check against measurement"));
    m_evaluate->setToolTip(
        tr("Measures divergence, perplexity and run time of the child, on text that the search has not seen"));
    m_distill = makeButton(tr("Distil…"));
    m_distill->setToolTip(tr("Trains the whole child towards its parent, as a new child beside it"));
    m_export = makeButton(tr("Export…"));
    m_export->setToolTip(tr("Writes the child for transformers, vLLM, TensorRT-LLM or llama.cpp, and says which of them load it"));
    QToolButton *exportList = makeIconButton(Icon::Export, tr("Export this table"));
    for (QPushButton *button : {m_evaluate, m_distill, m_export, m_realize})
        headingOf(panel)->addWidget(button);
    headingOf(panel)->addWidget(exportList);
    m_list = new RowTableModel(this);
    m_table = makeTable(m_list, tr("Children"));
    fitColumns(m_table, 0);
    list->addWidget(m_table);
    connect(exportList, &QToolButton::clicked, this, [this] { exportRows(m_list, m_session, this, "children"); });
    return panel;
}

QWidget *ChildrenPage::makeWords()
{
    auto *panel = new QWidget;
    auto *words = new QVBoxLayout(panel);
    words->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceL);
    words->setSpacing(kSpaceS);
    auto *ask = new QHBoxLayout;
    ask->setSpacing(kSpaceS);
    m_prompt = new QLineEdit;
    m_prompt->setPlaceholderText(tr("The beginning of a text that both go on with"));
    m_prompt->setAccessibleName(tr("Prompt"));
    m_generate = makeButton(tr("Generate"));
    ask->addWidget(m_prompt, 1);
    ask->addWidget(m_generate);
    words->addLayout(ask);
    auto *both = new QHBoxLayout;
    both->setSpacing(kSpaceM);
    for (bool child : {false, true}) {
        auto *side = new QVBoxLayout;
        side->setSpacing(kSpaceXs);
        side->addWidget(makeLabel(child ? tr("Child") : tr("Parent"), Type::Body, "muted"));
        auto *text = new QPlainTextEdit;
        text->setReadOnly(true);
        text->setPlaceholderText(child ? tr("What the child makes of it appears here.")
                                       : tr("What the parent makes of it appears here."));
        text->setAccessibleName(child ? tr("What the child wrote") : tr("What the parent wrote"));
        side->addWidget(text, 1);
        (child ? m_childText : m_parentText) = text;
        both->addLayout(side);
    }
    words->addLayout(both, 1);
    return panel;
}

void ChildrenPage::refresh()
{
    if (!m_session.project().isOpen() || !m_session.engine().isConnected()) {
        m_children.clear();
        m_pages->setCurrentIndex(0);
        return;
    }
    m_session.engine().call("children/list", Json::object(), this, [this](const Reply &reply) {
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_children = readChildren(reply.result, "children/list");
            m_distilled = readDistilledChildren(reply.result, "children/list");
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromUtf8(error.what()));
            return;
        }
        const Library &library = m_session.library();
        QString metric = library.objectiveDefault;
        QList<RowTableModel::Head> heads{{tr("Child")},
                                         {tr("Made")},
                                         {metricTitle(metric) + " " + tr("predicted"), true},
                                         {metricTitle(metric) + " " + tr("measured"), true},
                                         {costTitle("parameters"), true},
                                         {costTitle("memory"), true},
                                         {costTitle("runtime"), true},
                                         {tr("State")}};
        m_list->setHeads(heads);
        QList<RowTableModel::Row> rows;
        for (const ChildData &child : std::as_const(m_children)) {
            auto amount = [&](const char *key) {
                double value = child.predicted.value(key, kUnknown);
                return RowTableModel::Cell{formatAmount(value, library.unitOf(key)), value};
            };
            double predicted = child.predicted.value(metric, kUnknown),
                   measured = child.measured.value(metric, kUnknown);
            rows.append(
                {child.id,
                 {{QFileInfo(child.path).fileName(), {}, child.path},
                  {formatTime(child.created), child.created},
                  {formatScore(predicted), predicted},
                  {formatScore(measured), measured},
                  {formatAmount(static_cast<double>(child.parameters), "count"), child.parameters},
                  amount("memory"),
                  amount("runtime"),
                  {!child.exists                     ? tr("its folder is gone")
                   : m_distilled.contains(child.id) ? tr("distilled from %1").arg(QFileInfo(m_distilled[child.id].from).fileName())
                   : child.refitted                 ? tr("refitted")
                                                    : tr("assembled"),
                   {},
                   {},
                   child.exists ? RowTableModel::Tone::Muted : RowTableModel::Tone::Warn}}});
        }
        m_list->setRows(rows);
        m_pages->setCurrentIndex(m_children.isEmpty() ? 0 : 1);
        if (!m_children.isEmpty() && !m_table->currentIndex().isValid())
            m_table->selectRow(0);
        if (std::exchange(m_showsNewest, false))
            for (int row = 0; row < m_table->model()->rowCount(); ++row)
                if (m_table->model()->index(row, 0).data(RowTableModel::kKeyRole) == m_children.last().id)
                    m_table->selectRow(row);
        showChild(current());
    });
}

int ChildrenPage::current() const
{
    qint64 id = m_table->currentIndex().data(RowTableModel::kKeyRole).toLongLong();
    for (int i = 0; i < m_children.size(); ++i)
        if (m_children[i].id == id)
            return i;
    return -1;
}

void ChildrenPage::showChild(int index)
{
    const EngineClient &engine = m_session.engine();
    const bool exists = index >= 0 && m_children[index].exists;
    m_evaluate->setEnabled(exists);
    m_export->setEnabled(exists && engine.knows("children/export"));
    m_distill->setEnabled(exists && m_session.project().writable && engine.knows("children/distill"));
    m_generate->setEnabled(exists && engine.knows("children/generate"));
    if (index < 0)
        return m_figures->clear();
    const ChildData &child = m_children[index];
    const auto distilled = m_distilled.constFind(child.id);
    if (distilled == m_distilled.constEnd())
        return m_figures->setChild(child, m_session.library());
    const ChildData *before = nullptr;
    for (const ChildData &other : std::as_const(m_children))
        if (other.path == distilled->from)
            before = &other;
    m_figures->setDistilled(child, *distilled, before, m_session.library());
}

void ChildrenPage::realize()
{
    if (!m_search.solution().found())
        return;
    QString suggestion = QFileInfo(m_session.project().path).absolutePath() + "/child";
    QString path = QFileDialog::getSaveFileName(this, tr("Folder of the child"), suggestion);
    if (path.isEmpty())
        return;
    Json choices = Json::array();
    const auto layers = m_search.solution().choices;
    for (int layer = 0; layer < layers.size(); ++layer)
        choices.push_back({{"layer", layer},
                           {"attention", layers[layer].attention.toStdString()},
                           {"ffn", layers[layer].ffn.toStdString()}});
    m_session.engine().call("children/realize", {{"out", path.toStdString()}, {"choices", choices}}, this,
                            [this](const Reply &reply) {
                                if (!reply.ok() && !reply.interrupted())
                                    Q_EMIT m_session.complained(reply.sentence());
                                refresh();
                            });
}

void ChildrenPage::evaluate()
{
    int index = current();
    if (index < 0)
        return;
    m_evaluate->setEnabled(false);
    m_session.engine().call("children/check", {{"child", m_children[index].path.toStdString()}}, this,
                            [this](const Reply &reply) {
                                if (!reply.ok() && !reply.interrupted())
                                    Q_EMIT m_session.complained(reply.sentence());
                                refresh();
                            });
}

void ChildrenPage::exportChild()
{
    if (int index = current(); index >= 0) {
        auto *dialog = new ExportDialog(m_session, m_children[index].path, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    }
}

void ChildrenPage::distill()
{
    int index = current();
    if (index < 0)
        return;
    QPointer<DistillDialog> &dialog = m_distilling[m_children[index].path];
    if (!dialog) {
        dialog = new DistillDialog(m_session, m_children[index].path, this);
        connect(dialog, &DistillDialog::distilled, this, [this] {
            m_showsNewest = true;
            refresh();
        });
    }
    dialog->open(); // One that still runs is shown again.
}

void ChildrenPage::ask(const QString &model, QPlainTextEdit *into)
{
    into->setPlainText(m_prompt->text());
    m_session.engine().call(
        "children/generate",
        {{"model", model.toStdString()}, {"prompt", m_prompt->text().toStdString()}, {"max_tokens", kGeneratedTokens}},
        this,
        [this, into](const Reply &reply) {
            if (reply.ok() && reply.result.contains("text") && reply.result["text"].is_string())
                into->setPlainText(m_prompt->text() + QString::fromStdString(reply.result["text"].get<std::string>()));
            else if (!reply.ok())
                Q_EMIT m_session.complained(reply.sentence());
        },
        [into](const Json &item) {
            if (item.contains("text") && item["text"].is_string()) {
                into->moveCursor(QTextCursor::End);
                into->insertPlainText(QString::fromStdString(item["text"].get<std::string>()));
            }
        });
}

void ChildrenPage::generate()
{
    int index = current();
    if (index < 0 || m_prompt->text().isEmpty() || !m_generate->isEnabled())
        return;
    if (!m_session.project().parentPath.isEmpty())
        ask(m_session.project().parentPath, m_parentText);
    ask(m_children[index].path, m_childText);
}

} // namespace tessera::ui
