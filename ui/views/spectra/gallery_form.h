// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"
#include "ui/state/kernel_draft.h"
#include "ui/state/spectra_question.h"

#include <QList>
#include <QWidget>

#include <optional>

class QFrame;
class QLabel;
class QPushButton;
class QTableView;

namespace tessera::ui {

class ExperimentParameters;
class RowTableModel;
class Session;
class Spectra;

/// A command line of the engine as the workspace can play it: which view, with which kernels.
struct PlayDraft {
    enum View { kSpectrum, kTraining, kData };
    View view = kSpectrum;
    QList<KernelDraft> kernels;
    int dimension = 0; ///< 0: as it is.
    bool gp = false;
    QString data; ///< Empty: the sphere.
};
/// From "tessera spectra mercer fc:depth=1,bias=0 --dimension 2"; nothing where the workspace has no view for it.
std::optional<PlayDraft> playOf(const QString &commandLine);

/// The gallery: claims of the literature, each run by one click, what is expected beside what is measured.
class GalleryForm : public QWidget {
    Q_OBJECT
public:
    explicit GalleryForm(Session &session, QWidget *parent = nullptr);
    const QList<ExperimentData> &experiments() const { return m_experiments; }
    RowTableModel *rows() const { return m_rows; }
    RowTableModel *list() const { return m_list; }
    void select(const QString &name);
    /// Sets a parameter of the selected experiment; its figures stay until it runs again.
    void setParameter(int index, double value);
    void run();
    bool isSettled() const { return m_running.isEmpty() && !m_asked; }
    /// What the experiment on the right was asked, and whether it has run here: figures that were kept need no keeping.
    SpectraQuestion question() const;
    bool isAnswered() const;
    /// Shows what an experiment gave another time. Errors are those of answers.h.
    void adoptKept(const Json &result);
    /// As in kept_settings.h.
    Json settings() const;
    void restore(const Json &settings);

Q_SIGNALS:
    /// Settings, or what is shown at them.
    void changed();
    void ran(const tessera::ui::SpectraQuestion &question);
    void playWanted(const tessera::ui::PlayDraft &play);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QFrame *makeDetail();
    void ask();
    void take(const ExperimentData &done);
    ExperimentData *find(const QString &name); ///< Null where there is none.
    void runNext();
    void showList();
    void showDetail();

    Session &m_session;
    QList<ExperimentData> m_experiments;
    QStringList m_running; ///< Names, the one that runs first.
    QStringList m_kept;    ///< Names of those whose figures are of another time.
    QList<ExperimentData> m_waiting; ///< Kept ones that are shown as soon as the gallery is here.
    QString m_wanted;      ///< To be selected then.
    bool m_asked = false;
    int m_current = -1;
    RowTableModel *m_list, *m_rows;
    QTableView *m_listTable, *m_rowTable;
    QLabel *m_claim, *m_lesson, *m_notReproducedText, *m_source, *m_verdict;
    QFrame *m_notReproduced;
    ExperimentParameters *m_parameters;
    QPushButton *m_run, *m_runAll, *m_play;
};

} // namespace tessera::ui
