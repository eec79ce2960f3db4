// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/spectra_question.h"

#include <QSet>
#include <QWidget>

class QAction;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace tessera::ui {

class DataForm;
class DockPage;
class GalleryForm;
class KernelPanel;
class KeptForm;
class KeptSpectra;
class ModelsForm;
class ProfileForm;
class Segments;
class Session;
class Spectra;
class SpectraMemory;
class SpectrumForm;
class Tangents;
class TrainingForm;
struct KeptSpectrum;
struct PlayDraft;

/// Tangent kernels: how an architecture biases what is learnt. The kernels on the left are those of the first four views.
class SpectraPage : public QWidget {
    Q_OBJECT
public:
    enum Form { kSpectrum, kProfile, kTraining, kData, kGallery, kModels, kKept };

    SpectraPage(Session &session, Spectra &spectra, Tangents &tangents, QWidget *parent = nullptr);
    void setForm(int form);
    int form() const;
    /// Nothing that is shown waits for the engine.
    bool isSettled() const;
    KernelPanel *kernels() const { return m_kernels; }
    DockPage *docks() const { return m_docks; }
    SpectrumForm *spectrum() const { return m_spectrum; }
    ProfileForm *profile() const { return m_profile; }
    TrainingForm *training() const { return m_training; }
    DataForm *dataForm() const { return m_data; }
    GalleryForm *gallery() const { return m_gallery; }
    ModelsForm *models() const { return m_models; }
    KeptForm *keptForm() const { return m_keptForm; }
    KeptSpectra &kept() const { return *m_kept; }
    /// Keeps what is shown in the project; disabled where there is nothing to keep, or no place for it.
    QAction *keepAction() const { return m_keep; }
    /// What the user was told about keeping; empty when it is of other settings than these.
    QString notice() const { return m_noticeText; }

    /// Of the whole workspace, as in kept_settings.h. What is missing or nonsense stays as it is.
    Json settings() const;
    void restore(const Json &settings);
    SpectraMemory &memory() const { return *m_memory; }

Q_SIGNALS:
    void settingsChanged();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void want();
    void play(const PlayDraft &play);
    QWidget *makeFoot();
    /// What the form that is shown asks, and what of it is answered.
    SpectraQuestions asked() const;
    SpectraQuestions answered() const;
    QString askedKey() const;
    void keep();
    void showKept(const KeptSpectrum &kept);
    void showKeep();
    void tell(const QString &sentence);

    Session &m_session;
    Spectra &m_spectra;
    KeptSpectra *m_kept;
    SpectraMemory *m_memory = nullptr;
    QAction *m_keep;
    QWidget *m_foot;
    QPushButton *m_keepButton;
    QLabel *m_notice;
    QString m_noticeText, m_noticeOf; ///< m_noticeOf: askedKey() when it was said.
    QSet<QString> m_here;             ///< Keys of questions whose answers are kept already.
    Segments *m_form, *m_of;
    QStackedWidget *m_forms, *m_ofKernels; ///< All views; those of kernels, which have a panel beside them.
    DockPage *m_docks;
    KernelPanel *m_kernels;
    SpectrumForm *m_spectrum;
    ProfileForm *m_profile;
    TrainingForm *m_training;
    DataForm *m_data;
    GalleryForm *m_gallery;
    ModelsForm *m_models;
    KeptForm *m_keptForm;
};

} // namespace tessera::ui
