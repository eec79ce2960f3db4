// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/profile_form.h"

#include "ui/plot/curve_chart.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/kernel_row.h"

#include <QEvent>

#include <numbers>

namespace tessera::ui {

ProfileForm::ProfileForm(Session &session, Spectra &spectra, QWidget *parent)
    : QWidget(parent), m_session(session), m_spectra(spectra)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    QVBoxLayout *column = nullptr;
    QFrame *panel = makePanel(tr("Kernel over the angle"), &column);
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export the profiles"));
    headingOf(panel)->addWidget(exportButton);
    m_chart = new CurveChart;
    m_chart->setAccessibleName(tr("Profiles of the kernels over the angle"));
    column->addWidget(m_chart, 1);
    QLabel *caption = makeLabel(tr("How alike the kernel holds two points of the sphere, by the angle between them. A kink "
                                   "at angle 0 makes the eigenvalues fall slowly; what happens at 180° decides whether even "
                                   "and odd degrees differ. A profile is the kernel for points of length one alone."),
                                Type::Caption, "muted");
    caption->setWordWrap(true);
    caption->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceM);
    column->addWidget(caption);
    outer->addWidget(panel);
    connect(&spectra, &Spectra::answered, this, &ProfileForm::refresh);
    connect(exportButton, &QToolButton::clicked, this,
            [this] { exportPicture(m_chart->picture(provenance()), m_session, this, "profiles"); });
}

QString ProfileForm::provenance() const
{
    return QStringLiteral("Tessera %1 · %2").arg(m_session.engine().version(), m_spectra.describe());
}

void ProfileForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void ProfileForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refresh();
}

void ProfileForm::refresh()
{
    if (!isVisible())
        return; // It is made up for when it is shown.
    CurveData picture;
    picture.x = {tr("Angle in degrees"), false, 0, 180};
    picture.y = {tr("Kernel, 1 at angle 0"), false};
    picture.empty = m_spectra.failure().isEmpty() ? tr("Profiles appear here.") : m_spectra.failure();
    for (int i = 0; i < m_spectra.kernels().size(); ++i) {
        const auto &profile = m_spectra.profile(i);
        if (!m_spectra.kernels()[i].shown || !profile || profile->values.isEmpty() || !(profile->values.first() > 0))
            continue;
        QString title = kernelTitle(m_spectra.kernels()[i]);
        Curve curve{title, title, {}, colour(kernelColour(i))};
        for (int p = 0; p < profile->angles.size(); ++p)
            curve.points.append({profile->angles[p] * 180 / std::numbers::pi, profile->values[p] / profile->values.first()});
        picture.curves.append(curve);
    }
    m_chart->setData(picture);
}

} // namespace tessera::ui
