// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/gallery_words.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>

#include <utility>

namespace tessera::ui {
namespace {

// The engine's own sentences, here only to be found by the translators' tools.
const char *const kTexts[] = {
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "The tangent kernel is the limit of wide networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The mean over random networks meets the formula; single networks scatter around it by about "
                      "sqrt(layers / width)."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Laplace's and the tangent kernels' eigenvalues fall alike, as k^-d, with or without skip "
                      "connections; a GP's faster"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Straight lines on double logarithmic axes, one a parity. What differs between architectures is "
                      "the constant, not the exponent."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "With c = L / (2 pi) Laplace has the tail of the tangent kernel itself"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "No parameter is fitted: c follows from the slope at angle 0."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Without bias one hidden layer cannot learn odd frequencies above 1; a bias repairs it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Odd eigenvalues are bias^2 times the even ones: the kernel's behaviour at opposite points "
                      "decides."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Off the sphere the two kernels part"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The tangent kernel of a network without bias grows with both lengths; Laplace only knows "
                      "distances."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Deep residual networks with alpha = 1/L become two-layer networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "They inherit the two-layer kernel's parity gap; alpha = 1/sqrt L does not."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Skip connections make convolutional networks more local"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Functions of one pixel, of the centre pixel above all, gain weight in the spectrum: exact "
                      "shares on a torus of four angles."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Skip connections improve the condition number"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "True for the GP kernel: always say which of the two kernels a condition number belongs to."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "For the tangent kernel skip connections do not improve the condition number: the plain "
                      "network's is as small or smaller."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Very deep plain tangent kernels are nearly perfectly conditioned"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "They have become 3/4 I + 1/4: a small condition number, and useless."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The stated limit (n + 4) / 3 of the condition number; algebra and figures give (n + 3) / 3."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Condition numbers of small networks say little about wide ones"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "With 1024 units the deeper network is clearly the better conditioned one; with 64 units two "
                      "random networks of one depth differ more than the depths do."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Gradient descent needs steps that grow with the square of the frequency, preconditioned descent "
                      "the same few"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Exact dynamics of the kernel: what infinitely wide networks would do."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Preconditioned descent does the same for real networks, if they are wide"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Narrow networks leave the kernel's regime exactly on the high frequencies that the "
                      "preconditioner is meant to help."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "A step of 1 / lambda_(k+1) ends the levelled modes in one step"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The preconditioner levels the first k eigenvalues at lambda_(k+1); the step must fit that "
                      "level."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The corollary's step size 2 / (lambda_(k+1) + lambda_n): with it the levelled modes bounce for "
                      "hundreds of steps."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Preconditioning changes the speed, not the result"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Both end in the interpolant of the unmodified kernel."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The slower a spectrum falls, the less noise is interpolated between the points"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Spikes at the points, flat between them: a constant added to the spectrum acts like a ridge."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "On small real data NTK and Laplace perform alike"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Indistinguishable is the honest caption: the differences are below a standard deviation."),
};

// What the figures are called and by which rule they hold; places stand for numbers and names, which no language changes.
const char *const kRows[] = {
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, d = %2: slope of even degrees"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "normalised NTK / Laplace with c = L / (2 pi), L = 3, degree %1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "one layer, bias %1: odd over even eigenvalues at degree 100"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK without bias: both points twice as long"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK with bias 1: no longer homogeneous"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Laplace: falls"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "alpha = 1/L, L = %1: gap to the two-layer kernel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "alpha = 1/sqrt L, L = 500: the gap stays"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "GP, plain convolutions, 10 layers"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "GP, skip connections, alpha = 1: better conditioned"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "GP, skip connections, alpha = 1/sqrt L: better still"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK, plain convolutions, 10 layers"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK, skip connections, alpha = 1: not better"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK, skip connections, alpha = 1/sqrt L: worse"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "FC-NTK, 40000 layers, 20 points: condition number, limit (n + 3) / 3"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "its distance from the limit (n + 4) / 3 that is also stated"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "frequency %1: steps of gradient descent"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "frequency %1: steps with S = K^-1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "eta = 1 / lambda_21: steps of a levelled mode"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "eta = 2 / (lambda_21 + lambda_100), as the corollary has it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "largest difference of the predictions at 200 new points, both trained to the end"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "times as many steps that plain descent needs for it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "g = %1: variance of the interpolant of noise"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1: accuracy of the NTK, rows of unit length"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1: its distance from Laplace"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "%1 hidden layers, 512 units: mean kernel of 30 networks, relative distance from the limit"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "%1 hidden layers: how much narrower the spread between networks is with 8 times the width (sqrt 8 expected)"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "64 units: log10 condition number of 2 layers less that of 6, in standard deviations between networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "1024 units: the same difference"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "16384 units, frequency %1: steps with S = K^-1 (the kernel itself: 5)"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "1024 units, frequency 6: steps, of at most 100, less those of 16384 units"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "frequency 6: steps that the kernel's plain gradient descent needs"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "plain, 4 layers: share of the NTK's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "plain, 4 layers: in functions of the centre pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "plain, 4 layers: share of the GP's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, 4 layers: share of the NTK's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, 4 layers: in functions of the centre pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, 4 layers: share of the GP's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "within %1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "below %1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "above %1"),
};

struct RowPattern {
    const char *source;
    QRegularExpression expression;
};

QList<RowPattern> rowPatterns()
{
    QList<RowPattern> patterns;
    for (const char *source : kRows) {
        QString text = QRegularExpression::escape(QString::fromUtf8(source));
        for (const char *place : {"\\%1", "\\%2"})
            text.replace(QLatin1String(place), QLatin1String("(.+)"));
        patterns.append({source, QRegularExpression(QRegularExpression::anchoredPattern(text))});
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
    static const QRegularExpression root(QStringLiteral("\\bsqrt\\b ?")), letter(QStringLiteral("\\b(alpha|eta|lambda|pi)\\b")),
        eigenvalue(QStringLiteral("\\blambda_(\\(k\\+1\\)|\\d+|n\\b)"));
    static const QHash<QString, QString> letters{{"alpha", "α"}, {"eta", "η"}, {"lambda", "λ"}, {"pi", "π"}};
    text.replace(root, QStringLiteral("√"));
    for (const auto &[plain, set] : {std::pair{"^-1", "⁻¹"}, std::pair{"^-d", "⁻ᵈ"}, std::pair{"^2", "²"}})
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
        QString translated = QCoreApplication::translate("tessera::ui::Gallery", pattern.source);
        for (int place = match.lastCapturedIndex(); place > 0; --place)
            translated.replace(QStringLiteral("%%1").arg(place), match.captured(place));
        return typeset(translated);
    }
    return typeset(text);
}

QStringList galleryRows()
{
    QStringList texts;
    for (const char *text : kRows)
        texts.append(QString::fromUtf8(text));
    return texts;
}

QString galleryText(const QString &text)
{
    return text.isEmpty() ? text : typeset(QCoreApplication::translate("tessera::ui::Gallery", text.toUtf8().constData()));
}

QStringList galleryTexts()
{
    QStringList texts;
    for (const char *text : kTexts)
        texts.append(QString::fromUtf8(text));
    return texts;
}

} // namespace tessera::ui
