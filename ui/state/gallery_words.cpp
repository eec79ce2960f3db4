// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/gallery_words.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>

#include <utility>

namespace tessera::ui {
namespace {

struct RowPattern {
    QByteArray source;
    QRegularExpression expression;
};

QList<RowPattern> rowPatterns()
{
    QList<RowPattern> patterns;
    const QStringList rows = galleryRows();
    for (const QString &source : rows) {
        QString text = QRegularExpression::escape(source);
        for (const char *place : {"\\%1", "\\%2", "\\%3"})
            text.replace(QLatin1String(place), QLatin1String("(.+)"));
        patterns.append({source.toUtf8(), QRegularExpression(QRegularExpression::anchoredPattern(text))});
    }
    return patterns;
}

/// "(k+1)" or "21" below the line.
QString subscript(QString index)
{
    index.remove(QLatin1Char('(')).remove(QLatin1Char(')'));
    for (QChar &sign : index)
        sign = sign.isDigit() ? QChar(0x2080 + sign.digitValue())
             : sign == u'k'   ? QChar(0x2096)
             : sign == u'n'   ? QChar(0x2099)
             : sign == u'+'   ? QChar(0x208a)
                              : sign;
    return index;
}

/// The engine writes formulas for terminals; here they are set as in print.
QString typeset(QString text)
{
    static const QRegularExpression root(QStringLiteral("\\bsqrt\\b ?")),
        letter(QStringLiteral("\\b(alpha|gamma|eta|lambda|pi)\\b")),
        eigenvalue(QStringLiteral("\\blambda_(\\(k\\+1\\)|\\d+|n\\b)"));
    static const QHash<QString, QString> letters{
        {"alpha", "α"}, {"gamma", "γ"}, {"eta", "η"}, {"lambda", "λ"}, {"pi", "π"}};
    text.replace(root, QStringLiteral("√"));
    for (const auto &[plain, set] :
         {std::pair{"^-1", "⁻¹"}, std::pair{"^-2", "⁻²"}, std::pair{"^-d", "⁻ᵈ"}, std::pair{"^2", "²"}})
        text.replace(QLatin1String(plain), QString::fromUtf8(set));
    for (auto found = letter.match(text); found.hasMatch(); found = letter.match(text))
        text.replace(found.capturedStart(), found.capturedLength(), letters[found.captured()]);
    for (auto found = eigenvalue.match(text); found.hasMatch(); found = eigenvalue.match(text))
        text.replace(found.capturedStart(), found.capturedLength(), QStringLiteral("λ") + subscript(found.captured(1)));
    return text;
}

} // namespace

QString galleryRow(const QString &text)
{
    static const QList<RowPattern> patterns = rowPatterns();
    for (const RowPattern &pattern : patterns) {
        QRegularExpressionMatch match = pattern.expression.match(text);
        if (!match.hasMatch())
            continue;
        QString translated = QCoreApplication::translate("tessera::ui::Gallery", pattern.source.constData());
        for (int place = match.lastCapturedIndex(); place > 0; --place)
            translated.replace(QStringLiteral("%%1").arg(place), match.captured(place));
        return typeset(translated);
    }
    return typeset(text);
}

QString galleryText(const QString &text)
{
    return text.isEmpty() ? text
                          : typeset(QCoreApplication::translate("tessera::ui::Gallery", text.toUtf8().constData()));
}

} // namespace tessera::ui
