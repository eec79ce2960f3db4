// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QStackedWidget;

namespace tessera::ui {

class DataForm;
class DockPage;
class GalleryForm;
class KernelPanel;
class ModelsForm;
class ProfileForm;
class Segments;
class Session;
class Spectra;
class SpectrumForm;
class Tangents;
class TrainingForm;
struct PlayDraft;

/// Tangent kernels: how an architecture biases what is learnt. The kernels on the left are those of the first four views.
class SpectraPage : public QWidget {
    Q_OBJECT
public:
    enum Form { kSpectrum, kProfile, kTraining, kData, kGallery, kModels };

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

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void want();
    void play(const PlayDraft &play);

    Spectra &m_spectra;
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
};

} // namespace tessera::ui
