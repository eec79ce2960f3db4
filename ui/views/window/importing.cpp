// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How projects come from elsewhere: from a checkpoint, and from what other tools found.
#include "ui/state/session.h"
#include "ui/views/window/main_window.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>

namespace tessera::ui {

void MainWindow::chooseCheckpoint()
{
    QString file = QFileDialog::getOpenFileName(
        this, tr("Checkpoint: a GGUF file, or any file of a folder in the Hugging Face layout"), {},
        tr("Checkpoints (*.gguf *.safetensors config.json);;All files (*)"));
    if (file.isEmpty())
        return;
    bool gguf = file.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive);
    newProject(gguf ? file : QFileInfo(file).absolutePath());
}

void MainWindow::newProject(const QString &checkpoint)
{
    const QStringList texts = QFileDialog::getOpenFileNames(this, tr("Texts to fit and score with"), {},
                                                            tr("Text files (*.txt);;All files (*)"));
    QString path = askNewProject(QFileInfo(checkpoint).completeBaseName());
    if (path.isEmpty())
        return;
    Json files = Json::array();
    for (const QString &text : texts)
        files.push_back(text.toStdString());
    makeProject("project/create",
                {{"path", path.toStdString()}, {"parent", checkpoint.toStdString()}, {"texts", files}}, path);
}

void MainWindow::fillImportMenu(QMenu *menu)
{
    struct Format {
        const char *word;
        QString title;
        bool folder;
    };
    const Format formats[] = {{"library", tr("&Library file (JSON)…"), false},
                              {"nvlabs", tr("&NVlabs Puzzle folder…"), true},
                              {"puzzletron", tr("&Puzzletron folder…"), true},
                              {"nemotron-nas", tr("nemotron-nas &model (config.json)…"), false}};
    for (const Format &format : formats)
        menu->addAction(format.title, this, [this, word = format.word, folder = format.folder] {
            QString source = folder ? QFileDialog::getExistingDirectory(this, tr("Import"))
                                    : QFileDialog::getOpenFileName(this, tr("Import"), {}, tr("JSON files (*.json)"));
            if (!source.isEmpty())
                importLibrary(word, source);
        });
    menu->addSeparator();
    QAction *costs = menu->addAction(tr("&Costs for the open project…"), this, [this] {
        QString source = QFileDialog::getOpenFileName(this, tr("Import"), {}, tr("JSON files (*.json)"));
        if (!source.isEmpty())
            importCosts(source);
    });
    connect(menu, &QMenu::aboutToShow, costs,
            [this, costs] { costs->setEnabled(m_session.project().isOpen() && m_session.project().writable); });
}

QString MainWindow::askNewProject(const QString &name)
{
    return QFileDialog::getSaveFileName(this, tr("New project"), name + ".tessera", tr("Tessera projects (*.tessera)"));
}

void MainWindow::importLibrary(const QString &format, const QString &source)
{
    QString path = askNewProject(QFileInfo(source).completeBaseName());
    if (!path.isEmpty())
        makeProject("project/import",
                    {{"format", format.toStdString()}, {"source", source.toStdString()}, {"path", path.toStdString()}},
                    path);
}

void MainWindow::importCosts(const QString &source)
{
    m_session.engine().call("project/import_costs", {{"source", source.toStdString()}}, this,
                            [this](const Reply &reply) {
                                if (reply.ok())
                                    m_session.reloadLibrary();
                                else
                                    complain(reply.sentence());
                            });
}

void MainWindow::makeProject(const char *method, const Json &params, const QString &path)
{
    m_session.engine().call(method, params, this, [this, path](const Reply &reply) {
        if (reply.ok())
            m_session.open(path);
        else
            complain(reply.sentence());
    });
}

} // namespace tessera::ui
