// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/kernel_panel.h"

#include "ui/state/spectra.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/kernel_row.h"
#include "ui/views/spectra/parameter_row.h"

#include <QMenu>
#include <QScrollArea>

namespace tessera::ui {
namespace {

constexpr QSize kUsual{336, 480};
constexpr int kLeastWidth = 304;

} // namespace

KernelPanel::KernelPanel(Spectra &spectra, QWidget *parent) : QWidget(parent), m_spectra(spectra)
{
    setMinimumWidth(kLeastWidth);
    auto *content = new QVBoxLayout(this);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(kSpaceS);
    m_add = makeIconButton(Icon::Add, tr("Add a kernel"));
    m_add->setPopupMode(QToolButton::InstantPopup);
    auto *families = new QMenu(m_add);
    for (int family = 0; family < KernelDraft::kFamilies; ++family)
        families->addAction(familyTitle(static_cast<KernelDraft::Family>(family)), this,
                            [this, family] { m_spectra.addKernel(static_cast<KernelDraft::Family>(family)); });
    m_add->setMenu(families);
    m_dimension = new ParameterRow(tr("Dimension d"), tr("Dimension of the sphere's space"),
                                   {Spectra::kLeastDimension, Spectra::kMostDimension, false, 0}, Spectra::kMostDimension);
    m_dimension->layout()->setContentsMargins(kSpaceL, 0, kSpaceS, kSpaceS);
    content->addWidget(m_dimension);
    content->addWidget(makeLine());
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus); // It follows the focus of what is in it.
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *list = new QWidget;
    m_column = new QVBoxLayout(list);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_column->addStretch();
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(list);
    list->setAutoFillBackground(false);
    content->addWidget(scroll, 1);
    connect(m_dimension, &ParameterRow::changed, this,
            [this](double value) { m_spectra.setDimension(static_cast<int>(value)); });
    connect(&spectra, &Spectra::questionChanged, this, &KernelPanel::refresh);
    refresh();
}

void KernelPanel::addTools(QHBoxLayout *heading) { heading->addWidget(m_add); }

QSize KernelPanel::sizeHint() const { return kUsual; }

void KernelPanel::refresh()
{
    const QList<KernelDraft> &kernels = m_spectra.kernels();
    while (m_rows.size() > kernels.size())
        m_rows.takeLast()->deleteLater();
    while (m_rows.size() < kernels.size()) {
        int index = static_cast<int>(m_rows.size());
        auto *row = new KernelRow(index);
        m_column->insertWidget(index, row);
        m_rows.append(row);
        connect(row, &KernelRow::changed, this,
                [this, index](const KernelDraft &kernel) { m_spectra.setKernel(index, kernel); });
        connect(row, &KernelRow::removed, this, [this, index] { m_spectra.removeKernel(index); });
    }
    for (int i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setKernel(kernels[i], kernels.size() > 1);
    m_dimension->setValue(m_spectra.dimension());
    m_add->setEnabled(kernels.size() < Spectra::kMostKernels);
}

} // namespace tessera::ui
