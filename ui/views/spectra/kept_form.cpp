// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/kept_form.h"

#include "ui/models/row_table_model.h"
#include "ui/state/kept_spectra.h"
#include "ui/state/kernel_draft.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"

#include <QHeaderView>
#include <QInputDialog>
#include <QMessageBox>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QStackedWidget>

namespace tessera::ui {
namespace {

QString kindTitle(const QString &kind)
{
    if (kind == "mercer")
        return KeptForm::tr("Spectrum");
    if (kind == "profile")
        return KeptForm::tr("Profile");
    if (kind == "descend")
        return KeptForm::tr("Training");
    if (kind == "matrix")
        return KeptForm::tr("Kernel matrix");
    if (kind == "regress")
        return KeptForm::tr("Prediction");
    if (kind == "gram")
        return KeptForm::tr("Spectrum on data");
    return kind == "gallery" ? KeptForm::tr("Experiment") : kind;
}

/// As a person reads it; those without sliders as on the command line.
QString kernelText(const Json &kernel)
{
    if (auto draft = kernelFromJson(kernel))
        return kernelTitle(*draft);
    if (!kernel.is_object())
        return {};
    QStringList fields;
    for (const auto &[name, value] : kernel.items())
        if (name != "family")
            fields.append(QString::fromStdString(name + "=" + (value.is_string() ? value.get<std::string>() : value.dump())));
    const Json family = kernel.value("family", Json());
    return (family.is_string() ? QString::fromStdString(family.get<std::string>()) : QString()) + (fields.isEmpty() ? "" : ":") + fields.join(',');
}

QString kernelsText(const KeptRow &row)
{
    QStringList titles;
    for (const Json &kernel : row.kernels)
        titles.append(kernelText(kernel));
    return titles.join(QStringLiteral("; "));
}

} // namespace

KeptForm::KeptForm(Session &session, KeptSpectra &kept, QWidget *parent) : QWidget(parent), m_session(session), m_kept(kept)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);
    m_pages->addWidget(new EmptyState(Icon::Open, tr("No project is open"),
                                      tr("What is kept here belongs to a project. Open one, or the demo, and come back.")));
    m_pages->addWidget(new EmptyState(
        Icon::Spectra, tr("Nothing is kept yet"),
        tr("In Spectrum, Profile, Training, Data and Gallery the button Keep at the bottom right (Ctrl+S) keeps what is shown there in the "
           "project: the figures to the last bit, and the settings that they were found at. On the command line: tessera spectra "
           "mercer KERNEL --store PROJECT")));
    m_pages->addWidget(makeList());
    connect(&kept, &KeptSpectra::changed, this, &KeptForm::showAll);
    showAll();
}

QWidget *KeptForm::makeList()
{
    QVBoxLayout *column = nullptr;
    QFrame *panel = makePanel(tr("Kept in the project"), &column);
    m_open = makeButton(tr("Open"), "primary");
    m_open->setToolTip(tr("Shows these figures again, at the settings that they were found at"));
    m_rename = makeButton(tr("Rename…"));
    m_remove = makeButton(tr("Delete…"));
    QToolButton *exportTable = makeIconButton(Icon::Export, tr("Export the list"));
    for (QWidget *tool : std::initializer_list<QWidget *>{m_open, m_rename, m_remove, exportTable})
        headingOf(panel)->addWidget(tool);
    m_rows = new RowTableModel(this);
    m_rows->setHeads({{tr("Name")}, {tr("What")}, {tr("Kernels")}, {tr("Kept")}});
    m_table = makeTable(m_rows, tr("Spectra that the project keeps"));
    m_table->horizontalHeader()->setStretchLastSection(true);
    column->addWidget(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &KeptForm::showButtons);
    connect(m_table, &QTableView::activated, this, &KeptForm::open);
    connect(m_open, &QPushButton::clicked, this, &KeptForm::open);
    connect(m_rename, &QPushButton::clicked, this, &KeptForm::askName);
    connect(m_remove, &QPushButton::clicked, this, &KeptForm::askRemoval);
    connect(exportTable, &QToolButton::clicked, this, [this] { exportRows(m_rows, m_session, this, "kept-spectra"); });
    auto onKey = [this](const QKeySequence &key, void (KeptForm::*action)()) {
        auto *shortcut = new QShortcut(key, m_table);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    onKey(QKeySequence::Delete, &KeptForm::askRemoval);
    onKey(QKeySequence(Qt::Key_F2), &KeptForm::askName);
    return panel;
}

void KeptForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_kept.fetch();
}

void KeptForm::showAll()
{
    const QList<KeptRow> &kept = m_kept.rows();
    bool before = m_rows->rowCount() > 0;
    QList<RowTableModel::Row> rows;
    for (const KeptRow &row : kept) {
        const QString kernels = kernelsText(row);
        rows.append({row.id, {{row.name, {}, row.name}, {kindTitle(row.kind)}, {kernels, {}, kernels}, {formatTime(row.created), row.created}}});
    }
    m_rows->setRows(rows);
    m_pages->setCurrentIndex(!m_session.project().isOpen() ? 0 : kept.isEmpty() ? 1 : 2);
    if (!before && !kept.isEmpty()) {
        const int widths[] = {280, 130, 420};
        for (int column = 0; column < 3; ++column)
            m_table->setColumnWidth(column, widths[column]);
    }
    if (current() < 0 && !kept.isEmpty())
        m_table->setCurrentIndex(m_table->model()->index(m_table->model()->rowCount() - 1, 0));
    showButtons();
}

void KeptForm::showButtons()
{
    bool any = current() >= 0, writable = m_kept.whyNot().isEmpty();
    m_open->setEnabled(any);
    for (QPushButton *button : {m_rename, m_remove}) {
        button->setEnabled(any && writable);
        button->setToolTip(m_kept.whyNot());
    }
}

qint64 KeptForm::current() const
{
    QModelIndex index = m_table->currentIndex();
    return index.isValid() ? index.data(RowTableModel::kKeyRole).toLongLong() : -1;
}

QString KeptForm::currentName() const
{
    for (const KeptRow &row : m_kept.rows())
        if (row.id == current())
            return row.name;
    return {};
}

void KeptForm::open()
{
    if (current() >= 0)
        m_kept.open(current());
}

void KeptForm::askName()
{
    if (!m_rename->isEnabled())
        return;
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename"));
    dialog->setLabelText(tr("Name"));
    dialog->setTextValue(currentName());
    connect(dialog, &QInputDialog::textValueSelected, this, [this, id = current()](const QString &name) {
        if (!name.trimmed().isEmpty())
            m_kept.rename(id, name.trimmed());
    });
    dialog->open();
}

void KeptForm::askRemoval()
{
    if (!m_remove->isEnabled())
        return;
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Delete"),
                                tr("Delete “%1” from the project?\n\nIts figures can be found again only by asking again.").arg(currentName()),
                                QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QPushButton *remove = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(tr("Cancel"), QMessageBox::RejectRole));
    connect(remove, &QPushButton::clicked, this, [this, id = current()] { m_kept.remove(id); });
    box->open();
}

} // namespace tessera::ui
