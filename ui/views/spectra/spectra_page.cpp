// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/spectra_page.h"

#include "ui/state/kept_settings.h"
#include "ui/state/kept_spectra.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/state/text.h"
#include "ui/views/common/dock_page.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/data_form.h"
#include "ui/views/spectra/gallery_form.h"
#include "ui/views/spectra/kernel_panel.h"
#include "ui/views/spectra/kept_form.h"
#include "ui/views/spectra/models_form.h"
#include "ui/views/spectra/profile_form.h"
#include "ui/views/spectra/spectra_memory.h"
#include "ui/views/spectra/spectrum_form.h"
#include "ui/views/spectra/training_form.h"

#include "engine/base/error.h"

#include <QAccessible>
#include <QAction>
#include <QStackedWidget>

#include <algorithm>
#include <optional>
#include <utility>

namespace tessera::ui {
namespace {

/// As settings call the forms, in their order.
constexpr const char *kViews[] = {"spectrum", "profile", "training", "data", "gallery", "models", "kept"};

const Json &memberOf(const Json &settings, const char *name)
{
    static const Json none;
    auto found = settings.find(name);
    return found == settings.end() ? none : *found;
}

} // namespace

SpectraPage::SpectraPage(Session &session, Spectra &spectra, Tangents &tangents, QWidget *parent)
    : QWidget(parent), m_session(session), m_spectra(spectra), m_kept(new KeptSpectra(session))
{
    setFocusPolicy(Qt::ClickFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceM, kSpaceL, kSpaceL);
    outer->setSpacing(kSpaceM);
    auto *top = new QHBoxLayout;
    m_form = new Segments({tr("Spectrum"), tr("Profile"), tr("Training"), tr("Data"), tr("Gallery"), tr("Language models"), tr("Kept")},
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
    m_keptForm = new KeptForm(session, *m_kept);
    for (QWidget *form : std::initializer_list<QWidget *>{m_spectrum, m_profile, m_training, m_data})
        m_ofKernels->addWidget(form);
    for (QWidget *form : std::initializer_list<QWidget *>{m_gallery, m_models, m_keptForm})
        m_forms->addWidget(form);
    outer->addWidget(m_forms, 1);
    outer->addWidget(makeFoot());

    connect(m_form, &Segments::currentChanged, this, &SpectraPage::setForm);
    connect(m_of, &Segments::currentChanged, this, [this](int of) { m_spectra.setGp(of == 1); });
    connect(&spectra, &Spectra::questionChanged, this, [this] { m_of->setCurrent(m_spectra.isGp() ? 1 : 0); });
    connect(m_gallery, &GalleryForm::playWanted, this, &SpectraPage::play);

    connect(&spectra, &Spectra::questionChanged, this, &SpectraPage::settingsChanged);
    connect(m_spectrum, &SpectrumForm::settingsChanged, this, &SpectraPage::settingsChanged);
    connect(m_training, &TrainingForm::changed, this, &SpectraPage::settingsChanged);
    connect(m_data, &DataForm::changed, this, &SpectraPage::settingsChanged);
    connect(m_gallery, &GalleryForm::changed, this, &SpectraPage::settingsChanged);
    connect(this, &SpectraPage::settingsChanged, this, &SpectraPage::showKeep);
    connect(&spectra, &Spectra::answered, this, &SpectraPage::showKeep);
    connect(m_gallery, &GalleryForm::ran, this, [this](const SpectraQuestion &question) {
        m_here.remove(question.key());
        if (form() == kGallery)
            tell({}); // It is not as it was kept.
    });
    connect(m_kept, &KeptSpectra::changed, this, &SpectraPage::showKeep);
    connect(m_kept, &KeptSpectra::opened, this, &SpectraPage::showKept);
    connect(m_kept, &KeptSpectra::kept, this, [this](const SpectraQuestion &question, const KeptRow &made) {
        m_here.insert(question.key());
        tell(tr("Kept: %1").arg(made.name));
    });
    connect(m_kept, &KeptSpectra::removed, this, [this] { m_here.clear(); });
    connect(&session, &Session::projectChanged, this, [this, path = QString()]() mutable {
        if (std::exchange(path, m_session.project().path) == m_session.project().path)
            return;
        m_here.clear();
        tell({});
    });
    m_memory = new SpectraMemory(session, *this);
    showKeep();
}

QWidget *SpectraPage::makeFoot()
{
    m_foot = new QWidget;
    auto *foot = new QHBoxLayout(m_foot);
    foot->setContentsMargins(0, 0, 0, 0);
    foot->setSpacing(kSpaceM);
    m_notice = makeLabel({}, Type::Caption, "muted");
    // It takes what is left, and is cut rather than widen the window.
    m_notice->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_notice->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    foot->addWidget(m_notice, 1);
    m_keep = new QAction(tr("&Keep in project"), this);
    m_keep->setShortcut(QKeySequence::Save);
    connect(m_keep, &QAction::triggered, this, &SpectraPage::keep);
    m_keepButton = makeButton(tr("Keep"));
    m_keepButton->setAccessibleName(tr("Keep in project"));
    connect(m_keepButton, &QPushButton::clicked, m_keep, &QAction::trigger);
    foot->addWidget(m_keepButton);
    return m_foot;
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
    m_foot->setVisible(form <= kGallery);
    want();
    Q_EMIT settingsChanged();
}

SpectraQuestions SpectraPage::asked() const
{
    switch (form()) {
    case kSpectrum:
    case kProfile:
        return {m_spectra.question(form() == kProfile)};
    case kTraining:
        return {m_training->question()};
    case kData:
        return m_data->questions();
    case kGallery:
        return {m_gallery->question()};
    default:
        return {};
    }
}

SpectraQuestions SpectraPage::answered() const
{
    switch (form()) {
    case kSpectrum:
    case kProfile:
        return m_spectra.isAnswered(form() == kProfile) ? asked() : SpectraQuestions();
    case kTraining:
        return m_training->isAnswered() ? asked() : SpectraQuestions();
    case kData:
        return m_data->answered();
    case kGallery:
        return m_gallery->isAnswered() ? asked() : SpectraQuestions();
    default:
        return {};
    }
}

QString SpectraPage::askedKey() const
{
    QString key = QString::number(form());
    const SpectraQuestions questions = asked();
    for (const SpectraQuestion &question : questions)
        key += question.key();
    return key;
}

void SpectraPage::keep()
{
    SpectraQuestions fresh = answered();
    fresh.removeIf([this](const SpectraQuestion &question) { return m_here.contains(question.key()); });
    if (!fresh.isEmpty() && m_kept->whyNot().isEmpty() && m_kept->isSettled())
        m_kept->keep(fresh, settings());
}

void SpectraPage::showKeep()
{
    if (!m_noticeText.isEmpty() && m_noticeOf != askedKey())
        tell({});
    const SpectraQuestions found = answered();
    const bool fresh = std::any_of(found.cbegin(), found.cend(),
                                   [this](const SpectraQuestion &question) { return !m_here.contains(question.key()); });
    QString why = m_kept->whyNot();
    if (why.isEmpty() && !found.isEmpty() && !fresh)
        why = tr("This is kept already");
    m_keep->setEnabled(isVisible() && why.isEmpty() && fresh && m_kept->isSettled());
    m_keepButton->setEnabled(m_keep->isEnabled());
    m_keepButton->setToolTip(why.isEmpty() ? tr("Keep in project (%1)").arg(m_keep->shortcut().toString(QKeySequence::NativeText)) : why);
}

void SpectraPage::tell(const QString &sentence)
{
    m_noticeText = sentence;
    m_noticeOf = askedKey();
    m_notice->setText(m_notice->fontMetrics().elidedText(sentence, Qt::ElideRight, std::max(60, m_notice->width())));
    m_notice->setToolTip(sentence);
    if (sentence.isEmpty())
        return;
    QAccessibleEvent event(m_notice, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void SpectraPage::showKept(const KeptSpectrum &kept)
{
    const std::optional<Json> settings = settingsToShow(kept);
    if (!settings) {
        Q_EMIT m_session.complained(tr("“%1” was made with what this window has no fields for; on the command line tessera spectra list "
                                       "PROJECT --id %2 shows it")
                                        .arg(kept.row.name)
                                        .arg(kept.row.id));
        return;
    }
    restore(*settings);
    try {
        if (kept.row.kind == "mercer" || kept.row.kind == "profile")
            m_spectra.adoptKept(kept.result, kept.row.kind == "profile");
        else if (kept.row.kind == "descend")
            m_training->adoptKept(kept.result);
        else if (kept.row.kind == "matrix")
            m_data->adoptMatrix(kept.result);
        else if (kept.row.kind == "regress")
            m_data->adoptAccuracies(kept.result);
        else
            m_gallery->adoptKept(kept.result);
    } catch (const Error &error) {
        Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        return;
    }
    const SpectraQuestions questions = asked();
    for (const SpectraQuestion &question : questions)
        if (question.method.endsWith(kept.row.kind) || kept.row.kind == "gallery")
            m_here.insert(question.key());
    tell(tr("As it was kept %1: %2").arg(formatTime(kept.row.created), kept.row.name));
    showKeep();
}

Json SpectraPage::settings() const
{
    Json settings = m_spectra.settings();
    settings["view"] = kViews[form()];
    settings["spectrum"] = m_spectrum->settings();
    settings["training"] = m_training->settings();
    settings["data"] = m_data->settings();
    settings["gallery"] = m_gallery->settings();
    return settings;
}

void SpectraPage::restore(const Json &settings)
{
    if (!settings.is_object())
        return;
    m_spectra.restore(settings);
    m_spectrum->restore(memberOf(settings, "spectrum"));
    m_training->restore(memberOf(settings, "training"));
    m_data->restore(memberOf(settings, "data"));
    m_gallery->restore(memberOf(settings, "gallery"));
    for (int form = kSpectrum; form <= kKept; ++form)
        if (memberOf(settings, "view") == kViews[form])
            setForm(form);
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
    case kKept:
        return m_kept->isSettled();
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
    showKeep();
}

void SpectraPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    want();
    showKeep();
}

void SpectraPage::want()
{
    m_spectra.setWanted(!isVisible()          ? Spectra::Wanted::Nothing
                        : form() == kSpectrum ? Spectra::Wanted::Spectra
                        : form() == kProfile  ? Spectra::Wanted::Profiles
                                              : Spectra::Wanted::Nothing);
}

} // namespace tessera::ui
