// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"

#include <QAbstractTableModel>

#include <functional>

namespace tessera::ui {

/// The library as a table: one row a variant, names first, then its costs, scores and losses. Numbers are in kSortRole, so
/// that they sort as numbers and reach a spreadsheet in full.
class VariantTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int kSortRole = Qt::UserRole + 1;
    enum Columns { kLayer, kPart, kVariant, kOrigin, kFirstNumber };

    explicit VariantTableModel(QObject *parent = nullptr);

    void setLibrary(const Library &library);
    /// Whether a variant is pinned, banned or chosen, as a word for its own column; asked when shown.
    void setState(std::function<QString(int variant)> state) { m_state = std::move(state); }
    void stateChanged();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Number {
        QString column, error, title, unit; ///< unit is empty for scores and losses.
    };
    QString text(const VariantRow &row, int column) const;

    Library m_library;
    QList<Number> m_numbers;
    std::function<QString(int)> m_state;
};

} // namespace tessera::ui
