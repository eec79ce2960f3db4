// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/kernel_row.h"

#include "ui/views/common/limit_slider.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/parameter_row.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPainter>

namespace tessera::ui {
namespace {

constexpr double kMostDepth = 10000, kMostC = 1000;

double mostOf(KernelParameter parameter)
{
    switch (parameter) {
    case KernelParameter::Depth:
        return kMostDepth;
    case KernelParameter::Bias:
    case KernelParameter::Alpha:
        return 100;
    case KernelParameter::C:
        return kMostC;
    default:
        return 2;
    }
}

} // namespace

Colour kernelColour(int index)
{
    static const Colour colours[] = {Colour::Attention, Colour::Ffn,   Colour::MarkB,
                                     Colour::MarkD,     Colour::MarkE, Colour::MarkF};
    return colours[index % 6];
}

KernelRow::KernelRow(int index, QWidget *parent) : QWidget(parent), m_index(index)
{
    setAccessibleName(tr("Kernel %1").arg(index + 1));
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(kSpaceL, kSpaceM, kSpaceS, kSpaceM);
    m_column->setSpacing(kSpaceXs);
    auto *top = new QHBoxLayout;
    top->setSpacing(kSpaceS);
    m_family = new QComboBox;
    for (int family = 0; family < KernelDraft::kFamilies; ++family)
        m_family->addItem(familyTitle(static_cast<KernelDraft::Family>(family)));
    m_family->setAccessibleName(tr("Family of kernel %1").arg(index + 1));
    top->addWidget(m_family, 1);
    m_shown = new QCheckBox(tr("Show"));
    m_shown->setAccessibleName(tr("Show kernel %1").arg(index + 1));
    top->addWidget(m_shown);
    m_remove = makeIconButton(Icon::Remove, tr("Remove kernel %1").arg(index + 1));
    top->addWidget(m_remove);
    m_column->addLayout(top);
    m_option = new QCheckBox;
    m_column->addWidget(m_option);

    connect(m_family, &QComboBox::activated, this, [this](int family) {
        m_kernel.family = static_cast<KernelDraft::Family>(family);
        emitChanged();
    });
    connect(m_shown, &QCheckBox::toggled, this, [this](bool shown) {
        if (m_showing)
            return;
        m_kernel.shown = shown;
        emitChanged();
    });
    connect(m_option, &QCheckBox::toggled, this, [this](bool on) {
        if (m_showing)
            return;
        (m_kernel.family == KernelDraft::kFc ? m_kernel.normalBias : m_kernel.matched) = on;
        emitChanged();
    });
    connect(m_remove, &QToolButton::clicked, this, &KernelRow::removed);
    makeParameters();
}

void KernelRow::emitChanged() { Q_EMIT changed(m_kernel); }

void KernelRow::makeParameters()
{
    for (ParameterRow *row : std::as_const(m_parameters)) {
        row->hide();
        row->deleteLater(); // The change may come from one of them.
    }
    m_parameters.clear();
    for (KernelParameter which : parametersOf(m_kernel.family)) {
        QString title = parameterTitle(which);
        auto *row = new ParameterRow(title, tr("%1 of kernel %2").arg(title).arg(m_index + 1), rangeOf(which),
                                     mostOf(which));
        m_column->insertWidget(m_column->count() - 1, row);
        m_parameters.insert(which, row);
        connect(row, &ParameterRow::changed, this, [this, which](double value) {
            if (which == KernelParameter::C)
                m_kernel.matched = false;
            tessera::ui::setValue(&m_kernel, which, value);
            emitChanged();
        });
    }
}

void KernelRow::setKernel(const KernelDraft &kernel, bool removable)
{
    bool again = kernel.family != m_kernel.family;
    m_kernel = kernel;
    if (again)
        makeParameters();
    m_showing = true;
    m_family->setCurrentIndex(kernel.family);
    m_shown->setChecked(kernel.shown);
    bool network = kernel.family == KernelDraft::kFc, laplace = kernel.family == KernelDraft::kLaplace;
    m_option->setVisible(network || laplace);
    m_option->setText(network ? tr("Biases are drawn at random") : tr("c = L / 2π of the first network"));
    m_option->setToolTip(network ? tr("Otherwise they start at zero, and are trained")
                                 : tr("With this width Laplace has the tail of the network's own kernel"));
    m_option->setChecked(network ? kernel.normalBias : kernel.matched);
    for (auto row = m_parameters.cbegin(); row != m_parameters.cend(); ++row)
        row.value()->setValue(valueOf(kernel, row.key()));
    m_remove->setEnabled(removable);
    m_showing = false;
}

void KernelRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRectF(0, kSpaceM, 4, height() - 2 * kSpaceM), colour(kernelColour(m_index), m_kernel.shown ? 1 : 0.3));
}

} // namespace tessera::ui
