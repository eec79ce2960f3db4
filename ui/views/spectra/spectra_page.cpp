// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/spectra_page.h"

#include "ui/state/spectra.h"
#include "ui/views/common/dock_page.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/data_form.h"
#include "ui/views/spectra/gallery_form.h"
#include "ui/views/spectra/kernel_panel.h"
#include "ui/views/spectra/models_form.h"
#include "ui/views/spectra/profile_form.h"
#include "ui/views/spectra/spectrum_form.h"
#include "ui/views/spectra/training_form.h"

#include <QStackedWidget>

namespace tessera::ui {

SpectraPage::SpectraPage(Session &session, Spectra &spectra, Tangents &tangents, QWidget *parent)
    : QWidget(parent), m_spectra(spectra)
{
    setFocusPolicy(Qt::ClickFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceM, kSpaceL, kSpaceL);
    outer->setSpacing(kSpaceM);
    auto *top = new QHBoxLayout;
    m_form = new Segments({tr("Spectrum"), tr("Profile"), tr("Training"), tr("Data"), tr("Gallery"), tr("Language models")},
                          tr("Spectra"));
    m_of = new Segments({tr("Tangent kernel"), tr("Gaussian process")}, tr("Kernel of a network"));
    m_of->setToolTip(tr("How a wide network is trained, or what a random one computes"));
    for (Segments *segments : {m_form, m_of})
        segments->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    top->addWidget(m_form);
    top->addStretch();
    top->addWidget(m_of);
    outer->addLayout(top);
    m_docks = new DockPage("spectra");
    m_docks->setContentsMargins(0, 0, 0, 0);
    m_ofKernels = new QStackedWidget;
    m_docks->setCentralWidget(m_ofKernels);
    m_kernels = new KernelPanel(spectra);
    QHBoxLayout *tools = nullptr;
    m_docks->addPanel("kernels", tr("Kernels"), Qt::LeftDockWidgetArea, m_kernels, &tools);
    m_kernels->addTools(tools);
    m_docks->panelsAdded();
    m_forms = new QStackedWidget;
    m_forms->addWidget(m_docks);
    m_spectrum = new SpectrumForm(session, spectra);
    m_profile = new ProfileForm(session, spectra);
    m_training = new TrainingForm(session, spectra);
    m_data = new DataForm(session, spectra);
    m_gallery = new GalleryForm(session);
    m_models = new ModelsForm(session, tangents);
    for (QWidget *form : std::initializer_list<QWidget *>{m_spectrum, m_profile, m_training, m_data})
        m_ofKernels->addWidget(form);
    for (QWidget *form : std::initializer_list<QWidget *>{m_gallery, m_models})
        m_forms->addWidget(form);
    outer->addWidget(m_forms, 1);

    connect(m_form, &Segments::currentChanged, this, &SpectraPage::setForm);
    connect(m_of, &Segments::currentChanged, this, [this](int of) { m_spectra.setGp(of == 1); });
    connect(&spectra, &Spectra::questionChanged, this, [this] { m_of->setCurrent(m_spectra.isGp() ? 1 : 0); });
    connect(m_gallery, &GalleryForm::playWanted, this, &SpectraPage::play);
}

int SpectraPage::form() const
{
    return m_forms->currentIndex() == 0 ? m_ofKernels->currentIndex() : m_forms->currentIndex() + kData;
}

void SpectraPage::setForm(int form)
{
    m_form->setCurrent(form);
    if (form <= kData)
        m_ofKernels->setCurrentIndex(form);
    m_forms->setCurrentIndex(form <= kData ? 0 : form - kData);
    // Training is always with the tangent kernel.
    m_of->setVisible(form == kSpectrum || form == kProfile || form == kData);
    want();
}

bool SpectraPage::isSettled() const
{
    switch (form()) {
    case kSpectrum:
    case kProfile:
        return !m_spectra.isStale();
    case kTraining:
        return m_training->isSettled();
    case kData:
        return m_data->isSettled();
    case kGallery:
        return m_gallery->isSettled();
    default:
        return m_models->isSettled();
    }
}

void SpectraPage::play(const PlayDraft &play)
{
    m_spectra.setKernels(play.kernels);
    m_spectra.setGp(play.gp);
    if (play.dimension > 0)
        m_spectra.setDimension(play.dimension);
    if (play.view == PlayDraft::kData)
        m_data->setData(play.data.isEmpty() ? QStringLiteral("sphere") : play.data);
    if (play.view == PlayDraft::kTraining)
        m_training->setKernel(0);
    setForm(play.view == PlayDraft::kData ? kData : play.view == PlayDraft::kTraining ? kTraining : kSpectrum);
}

void SpectraPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    want();
}

void SpectraPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    want();
}

void SpectraPage::want()
{
    m_spectra.setWanted(!isVisible()          ? Spectra::Wanted::Nothing
                        : form() == kSpectrum ? Spectra::Wanted::Spectra
                        : form() == kProfile  ? Spectra::Wanted::Profiles
                                              : Spectra::Wanted::Nothing);
}

} // namespace tessera::ui
