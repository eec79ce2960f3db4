// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/children/export_dialog.h"

#include "ui/models/row_table_model.h"
#include "ui/state/session.h"
#include "ui/views/common/parts.h"

#include "engine/base/error.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace tessera::ui {
namespace {

constexpr int kLayersNamed = 12;

QString programName(const QString &runtime)
{
    static const QMap<QString, QString> names{{"transformers", "transformers"},
                                              {"vllm", "vLLM"},
                                              {"tensorrt-llm", "TensorRT-LLM"},
                                              {"llama.cpp", "llama.cpp"},
                                              {"megatron", "Megatron"}};
    return names.value(runtime, runtime);
}

QString layersOf(const VerdictData::Finding &finding)
{
    QStringList numbers;
    for (int i = 0; i < finding.layers.size() && i < kLayersNamed; ++i)
        numbers.append(QString::number(finding.layers[i]));
    if (finding.layers.size() > kLayersNamed)
        numbers.append("…");
    return numbers.join(", ");
}

} // namespace

ExportDialog::ExportDialog(Session &session, const QString &model, QWidget *parent)
    : QDialog(parent), m_session(session), m_model(model)
{
    setWindowTitle(tr("Export %1").arg(QFileInfo(model).fileName()));
    resize(720, 640);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceL, kSpaceL, kSpaceL);
    outer->setSpacing(kSpaceL);

    QVBoxLayout *programs = nullptr;
    QFrame *programsPanel = makePanel(tr("Which programs load it"), &programs);
    m_programs = new RowTableModel(this);
    m_programs->setHeads({{tr("Program")}, {tr("Loads it")}, {tr("Format")}, {tr("Why")}});
    m_table = makeTable(m_programs, tr("Programs"), false);
    m_why = new QPlainTextEdit;
    m_why->setReadOnly(true);
    m_why->setAccessibleName(tr("What the program does with this model"));
    programs->addWidget(m_table, 3);
    auto *framed = new QVBoxLayout;
    framed->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceL);
    framed->addWidget(m_why);
    programs->addLayout(framed, 2);
    outer->addWidget(programsPanel, 1);

    auto *form = new QFormLayout;
    form->setSpacing(kSpaceS);
    m_format = new QComboBox;
    m_format->addItem(tr("Hugging Face folder (plain where all layers are alike)"), "hf");
    m_format->addItem(tr("nemotron-nas folder (layers may differ)"), "decilm");
    m_format->addItem(tr("GGUF file for llama.cpp"), "gguf");
    m_format->addItem(tr("Puzzletron folder (one file a sub-block)"), "puzzletron");
    form->addRow(tr("Format"), m_format);
    m_numbers = new QComboBox;
    form->addRow(tr("Numbers"), m_numbers);
    m_tokenizer = new QCheckBox(tr("With the tokenizer"));
    m_tokenizer->setChecked(true);
    form->addRow(QString(), m_tokenizer);
    auto *place = new QHBoxLayout;
    place->setSpacing(kSpaceS);
    m_place = new QLineEdit;
    m_place->setAccessibleName(tr("Where to write it"));
    m_browse = makeButton(tr("Choose…"));
    place->addWidget(m_place, 1);
    place->addWidget(m_browse);
    form->addRow(tr("Where"), place);
    for (QWidget *label : {form->labelForField(m_format), form->labelForField(m_numbers), form->labelForField(place)})
        label->setMinimumHeight(kControlHeight); // In the middle beside its field.
    outer->addLayout(form);

    m_told = makeLabel({}, Type::Body, "muted");
    m_told->setWordWrap(true);
    m_told->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    outer->addWidget(m_told);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(kSpaceS);
    buttons->addStretch();
    m_close = makeButton(tr("Close"));
    m_write = makeButton(tr("Export"), "primary");
    m_write->setDefault(true);
    buttons->addWidget(m_close);
    buttons->addWidget(m_write);
    outer->addLayout(buttons);

    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::suggestPlace);
    connect(m_place, &QLineEdit::textChanged, this, [this] { setWriting(m_writing); });
    connect(m_browse, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(m_write, &QPushButton::clicked, this, &ExportDialog::write);
    connect(m_close, &QPushButton::clicked, this, &ExportDialog::stopOrClose);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ExportDialog::showVerdict);
    suggestPlace();

    m_session.engine().call("children/lint", {{"model", model.toStdString()}}, this, [this](const Reply &reply) {
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_verdicts = readVerdicts(reply.result, "children/lint");
            takeVerdicts();
        } catch (const Error &error) {
            tell(QString::fromUtf8(error.what()), "error");
        }
    });
}

void ExportDialog::takeVerdicts()
{
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < m_verdicts.size(); ++i) {
        const VerdictData &verdict = m_verdicts[i];
        QString why = verdict.findings.isEmpty() ? QString() : verdict.findings.first().why;
        for (const VerdictData::Finding &finding : verdict.findings)
            if (finding.refused) {
                why = finding.why;
                break;
            }
        using Tone = RowTableModel::Tone;
        rows.append({i,
                     {{programName(verdict.runtime)},
                      {verdict.loads ? tr("yes") : tr("no"), {}, {}, verdict.loads ? Tone::Good : Tone::Bad},
                      {m_format->itemText(m_format->findData(verdict.format)).section(" (", 0, 0)},
                      {why, {}, why, Tone::Muted}}});
    }
    m_programs->setRows(rows);
    for (int column = 0; column < 3; ++column)
        m_table->horizontalHeader()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(3, QHeaderView::Stretch);
    m_table->selectRow(0);
}

void ExportDialog::showVerdict()
{
    int row = m_table->currentIndex().row();
    if (row < 0 || row >= m_verdicts.size())
        return;
    const VerdictData &verdict = m_verdicts[row];
    QStringList lines;
    for (const VerdictData::Finding &finding : verdict.findings) {
        QString layers = layersOf(finding);
        QString part = finding.part == "attention" ? tr("attention") : finding.part == "ffn" ? tr("FFN") : QString();
        QString where = layers.isEmpty() ? part : (tr("Layer %1").arg(layers) + (part.isEmpty() ? "" : " " + part));
        lines.append((where.isEmpty() ? QString() : where + ": ") + finding.why);
        lines.append("    " + tr("Source: %1").arg(finding.source));
    }
    m_why->setPlainText(lines.isEmpty() ? tr("%1 loads this model as it is.").arg(programName(verdict.runtime))
                                        : lines.join("\n"));
    if (!m_writing)
        m_format->setCurrentIndex(m_format->findData(verdict.format));
}

void ExportDialog::suggestPlace()
{
    const QString format = m_format->currentData().toString();
    const QString numbers = m_numbers->currentData().toString();
    m_numbers->clear();
    m_numbers->addItem(tr("As the model has them"), "");
    m_numbers->addItem("BF16", "bf16");
    m_numbers->addItem("F16", "f16");
    m_numbers->addItem("F32", "f32");
    if (format == "gguf")
        m_numbers->addItem(tr("Q8_0 (8 bits in blocks of 32)"), "q8_0");
    m_numbers->setCurrentIndex(std::max(0, m_numbers->findData(numbers)));
    // A place that the user typed stays.
    if (m_place->text() != m_suggested)
        return;
    QFileInfo model(m_model);
    QString name = model.isDir() ? model.fileName() : model.completeBaseName();
    m_suggested = model.absolutePath() + "/" + name + (format == "gguf" ? ".gguf" : "-" + format);
    m_place->setText(m_suggested);
}

void ExportDialog::browse()
{
    QString path = QFileDialog::getSaveFileName(this, tr("Where to write it"), m_place->text());
    if (!path.isEmpty())
        m_place->setText(path);
}

void ExportDialog::write()
{
    Json params{{"model", m_model.toStdString()},
                {"format", m_format->currentData().toString().toStdString()},
                {"out", m_place->text().toStdString()},
                {"tokenizer", m_tokenizer->isChecked()}};
    if (QString numbers = m_numbers->currentData().toString(); !numbers.isEmpty())
        params["dtype"] = numbers.toStdString();
    tell(tr("Writing…"), "muted");
    setWriting(m_session.engine().call("children/export", params, this, [this](const Reply &reply) { written(reply); }));
}

void ExportDialog::written(const Reply &reply)
{
    setWriting(std::nullopt);
    if (reply.interrupted())
        return tell(tr("Stopped; nothing was written."), "muted");
    try {
        if (!reply.ok())
            throw toError(*reply.error);
        const ExportedData written = readExported(reply.result, "children/export");
        tell(tr("Written: %1 (%2)").arg(written.path, written.kind), "muted");
    } catch (const Error &error) {
        tell(QString::fromUtf8(error.what()), "error");
    }
}

void ExportDialog::setWriting(std::optional<std::int64_t> request)
{
    m_writing = request;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_format, m_numbers, m_tokenizer, m_place, m_browse})
        widget->setEnabled(!request);
    m_write->setEnabled(!request && !m_place->text().isEmpty());
    m_close->setText(request ? tr("Stop") : tr("Close"));
}

void ExportDialog::tell(const QString &text, const char *role)
{
    m_told->setText(text);
    setRole(m_told, role);
}

void ExportDialog::stopOrClose()
{
    if (m_writing)
        m_session.engine().cancel(*m_writing);
    else
        reject();
}

void ExportDialog::done(int result)
{
    if (m_writing)
        m_session.engine().cancel(*m_writing);
    QDialog::done(result);
}

} // namespace tessera::ui
