// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/gallery_words.h"

#include <QCoreApplication>

#include <cstddef>

namespace tessera::ui {
namespace {

// The engine's own sentences, here only to be found by the translators' tools.
const char *const kTexts[] = {
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "The tangent kernel is the limit of wide networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The tangent kernel says how a network's output at one point moves when gradient descent "
                      "corrects it at another. Here random networks of three depths are drawn, each in two widths, "
                      "and the mean of their kernels is compared with the formula for infinite width. The mean "
                      "meets the formula; single networks scatter around it by about sqrt(layers / width), so that "
                      "eight times the width makes the scatter sqrt 8 times narrower. The figures are about "
                      "networks before training: that the kernel also stays where it is while they learn is another "
                      "claim, and a stronger one."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Laplace's and the tangent kernels' eigenvalues fall alike, as k^-d, with or without skip "
                      "connections; a GP's faster"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "On the unit sphere a kernel splits into degrees as a sound into frequencies, and gradient "
                      "descent learns a degree the faster the larger its eigenvalue. The eigenvalues of Laplace's "
                      "kernel and of the tangent kernels fall as k^-d, with or without skip connections; those of "
                      "the Gaussian process (GP) of the same network fall two powers faster, and those of the "
                      "gamma-exponential kernel as its exponent says. The slopes are fitted to even degrees alone, "
                      "because even and odd ones may lie on two parallel lines. Equal slopes mean equally smooth "
                      "functions at high degrees. What differs between architectures is the constant, and all that "
                      "happens at low degrees, which the slopes do not show."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "With c = L / (2 pi) Laplace has the tail of the tangent kernel itself"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Near angle 0 the normalised tangent kernel of L layers falls as 1 - L / (2 pi) times the "
                      "angle, and so does Laplace's kernel with c = L / (2 pi). This first slope decides how the "
                      "eigenvalues of high degrees fall, so that with a bias of 1, where even and odd degrees "
                      "agree, the quotient of the two kernels' eigenvalues tends to 1. No parameter is fitted: c "
                      "follows from the slope at angle 0. At low degrees the kernels differ, with three layers by "
                      "almost a half at degree 2. To share a tail is not to be the same kernel."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Without bias one hidden layer cannot learn odd frequencies above 1; a bias repairs it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "How even and odd degrees differ is decided by what a kernel does at opposite points. For one "
                      "hidden layer without bias the eigenvalues of odd degrees above 1 are exactly 0: such a "
                      "network, infinitely wide and near its start, never learns that part of a function. With a "
                      "trained bias they are bias^2 times the even ones, in the limit of high degrees, and just as "
                      "large for a bias of 1. A second hidden layer repairs it too, without any bias. The figures "
                      "say how fast a part is learnt, not whether the data have such a part."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Off the sphere the two kernels part"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "On the unit sphere the tangent kernel and Laplace's are close relatives; this experiment "
                      "makes two points longer and leaves it. Without bias the tangent kernel is homogeneous: it "
                      "grows with both lengths, exactly. A trained bias ends that, and Laplace's kernel falls "
                      "instead, because it only knows distances. So results about the sphere do not carry over to "
                      "rows of other lengths, and it matters whether data are scaled to unit length first. Which of "
                      "the two suits some data better is not said by this."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Deep residual networks with alpha = 1/L become two-layer networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The weight alpha of the residual branches decides what depth does. With alpha = 1/L the "
                      "normalised tangent kernel approaches that of a network with two layers and no bias, however "
                      "deep it is, and inherits its parity gap: odd frequencies are learnt slowly. With alpha = "
                      "1/sqrt L it keeps its distance, and with larger weights it becomes as spiky as that of a "
                      "deep plain network. So the number of layers alone says little about a residual network. The "
                      "gaps are distances between kernels and no accuracies: which kernel is the better one depends "
                      "on the data."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Skip connections make convolutional networks more local"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Every image has four pixels, each of them an angle, so that the eigenvalues are Fourier "
                      "coefficients on a torus and the shares exact. The trace of the kernel, without its constant, "
                      "is divided among functions of one pixel, of two, and of more. With skip connections "
                      "functions of one pixel gain weight, those of the centre pixel above all, and the more the "
                      "smaller the branches' weight alpha is: such networks learn local functions sooner. This is a "
                      "preference and no limit: functions of many pixels keep a share. Along one pixel the "
                      "eigenvalues fall alike with and without skip connections, as the kernels of a single pixel "
                      "show."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Skip connections improve the condition number"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The condition number of a kernel matrix, its largest eigenvalue over the smallest, says how "
                      "unequally fast gradient descent learns the parts of a function. Skip connections make that "
                      "of the Gaussian process (GP) smaller, and with alpha = 1/sqrt L it hardly grows with depth "
                      "any more. For the tangent kernel (NTK), which is the one that governs training, the plain "
                      "network's is as small or smaller. So always say which of the two kernels a condition number "
                      "belongs to. Nor is a small one a merit by itself: deep plain tangent kernels have it because "
                      "they are nearly the identity."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "For the tangent kernel skip connections do not improve the condition number: the plain "
                      "network's is as small or smaller."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Very deep plain tangent kernels are nearly perfectly conditioned"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "With depth the normalised tangent kernel of a plain network forgets the angle between two "
                      "points: it tends to 1 for a point with itself and to 1/4 for every other pair. The matrix is "
                      "then 3/4 I + 1/4, and for n points its condition number is (n + 3) / 3, very small for a "
                      "kernel. Gradient descent on it is fast, and useless: what is learnt at one point says "
                      "nothing about its neighbours. So a small condition number alone is no sign of a good "
                      "architecture. It takes thousands of layers to come near this limit."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The stated limit (n + 4) / 3 of the condition number; algebra and figures give (n + 3) / 3."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Condition numbers of small networks say little about wide ones"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Random networks of 2 and of 6 layers are drawn and the condition numbers of their tangent "
                      "kernels compared. With 1024 units the deeper network is clearly the better conditioned one, "
                      "as in the limit of infinite width. With 64 units two random networks of one depth differ "
                      "more than the depths do, and on other points the order can turn round. To rank architectures "
                      "by such a number of one small network is to rank its seed: give the spread over seeds with "
                      "it, and no rank where the spreads overlap."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Gradient descent needs steps that grow with the square of the frequency, preconditioned "
                      "descent the same few"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Points lie evenly on a circle, the targets are waves, and counted are the steps until little "
                      "of a wave is left. Plain descent needs steps that grow about with the square of the "
                      "frequency, because the kernel's eigenvalues on the circle fall as k^-2. Preconditioned with "
                      "S = K^-1 all frequencies take the same few. This is the exact dynamics of the kernel: what "
                      "infinitely wide networks would do. It does not count what a step costs: S has as many "
                      "entries as there are pairs of points."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Preconditioned descent does the same for real networks, if they are wide"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Waves on the circle again, learnt by real networks with one hidden layer. Wide ones need "
                      "nearly the few steps with S = K^-1 that the kernel promises, where plain descent needs "
                      "hundreds. Narrow networks leave the kernel's regime: their own kernel moves while they "
                      "learn, S no longer fits it, and they need many more steps or never arrive. This happens "
                      "first at the high frequencies that the preconditioner is meant to help. So the promise is "
                      "one to wide networks, and how wide is wide enough depends on the target."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "A step of 1 / lambda_(k+1) ends the levelled modes in one step"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The preconditioner levels the first k eigenvalues at lambda_(k+1), and the step must fit "
                      "that level: with 1 / lambda_(k+1) a levelled mode is learnt in a single step. The step 2 / "
                      "(lambda_(k+1) + lambda_n) of the corollary is nearly twice as long. It is stable, but the "
                      "levelled modes overshoot in every step and lose only little: they need about 1.5 "
                      "lambda_(k+1) / lambda_n steps to 5 %. So a bound on the step size that is right says nothing "
                      "yet about speed."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The corollary's step size 2 / (lambda_(k+1) + lambda_n): with it the levelled modes bounce "
                      "for hundreds of steps."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Preconditioning changes the speed, not the result"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Plain and preconditioned descent take different ways to the same end, the interpolant of the "
                      "unmodified kernel. Trained to the end their predictions at new points agree up to rounding, "
                      "while plain descent needs many times as many steps. So preconditioning neither helps nor "
                      "harms what the finished function says elsewhere. Stopped early the two are different "
                      "functions, for what is learnt by then is just what the preconditioner changes. Of networks "
                      "of finite width the statement holds only about, and the better the wider they are."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "The slower a spectrum falls, the less noise is interpolated between the points"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Pure noise of variance 1 is interpolated with kernels whose spectrum was changed, and the "
                      "variance of the result is measured at new points. The slower a spectrum falls the smaller it "
                      "is: the interpolant has spikes at the points and is flat between them. A constant added to "
                      "the spectrum acts like a ridge, although every point is still met. Less noise is not less "
                      "error: a kernel that is flat between the points carries less of a signal there too. The "
                      "changed kernels are made from old and new points together, as whoever has only the old ones "
                      "could not do."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "On small real data NTK and Laplace perform alike"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "Kernel ridge regression with the tangent kernel and with Laplace's, by cross-validation on "
                      "three small tables whose rows have unit length. \"Indistinguishable\" is the honest caption: "
                      "the differences are below a standard deviation. That does not prove the kernels equal, and "
                      "three tables say nothing about images or text. The ridge is chosen on the same folds, so "
                      "that all accuracies are a little too high. Unit length alone costs iris about seven points: "
                      "Laplace does better there on standardised rows."),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "units of the wide networks; the narrow have an eighth"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "networks of each kind"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "bias of three layers; two have half of it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "layers of the plain network"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "branch weight of the residual network"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "exponent of the gamma-exponential kernel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "last degree of the fit"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "hidden layers"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "dimension of the sphere's space"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "largest of the four biases"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "degree where even and odd are compared"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "how many times as long"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "layers of the deepest network"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "power of 1/L that keeps the gap"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "layers"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "branch weight of the last network"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "weight of the strong branches"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "images"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "seed of the images"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "points"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "seed of the points"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "bias"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "points on the circle"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "share of a wave that may be left"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "units of the wide networks; the narrow have a sixteenth"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "seed of the networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "eigenvalues that are levelled"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "points to learn from"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "c of Laplace's kernel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "points with noise"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "folds"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "seed of the folds"),
};

// What the figures are called and by which rule they hold; places stand for numbers and names, which no language changes.
const char *const kRows[] = {
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, d = %2: slope of even degrees"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "normalised NTK / Laplace with c = L / (2 pi), L = %1, degree %2"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "one layer, bias %1: odd over even eigenvalues at degree %2"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK without bias: both points %1 times as long"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK with bias 1: no longer homogeneous"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "Laplace: falls"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "alpha = 1/L, L = %1: gap to the two-layer kernel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "alpha = 1/sqrt L, L = %1: the gap stays"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "alpha = 1/L^%1, L = %2: the gap stays"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "GP, plain convolutions, %1 layers"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "GP, skip connections, alpha = %1: better conditioned"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "GP, skip connections, alpha = 1/sqrt L: better still"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK, plain convolutions, %1 layers"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK, skip connections, alpha = %1: not better"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "NTK, skip connections, alpha = 1/sqrt L: worse"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "FC-NTK, %1 layers, %2 points: condition number, limit (n + 3) / 3"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "its distance from the limit (n + 4) / 3 that is also stated"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "frequency %1: steps of gradient descent"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "frequency %1: steps with S = K^-1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "eta = 1 / lambda_%1: steps of a levelled mode"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "eta = 2 / (lambda_%1 + lambda_%2), as the corollary has it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "largest difference of the predictions at 200 new points, both trained to the end"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "times as many steps that plain descent needs for it"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "g = %1: variance of the interpolant of noise"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1: accuracy of the NTK, rows of unit length"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1: its distance from Laplace"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "%1 hidden layers, %2 units: mean kernel of %3 networks, relative distance from the limit"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "%1 hidden layers: how much narrower the spread between networks is with 8 times the width "
                      "(sqrt 8 expected)"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery",
                      "64 units: log10 condition number of 2 layers less that of 6, in standard deviations between "
                      "networks"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "1024 units: the same difference"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1 units, frequency %2: steps with S = K^-1 (the kernel itself: 5)"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1 units, frequency 6: steps, of at most 100, less those of %2 units"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "frequency 6: steps that the kernel's plain gradient descent needs"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "plain, %1 layers: share of the NTK's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "plain, %1 layers: in functions of the centre pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "plain, %1 layers: share of the GP's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, %2 layers: share of the NTK's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, %2 layers: in functions of the centre pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "%1, %2 layers: share of the GP's trace in functions of one pixel"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "within %1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "below %1"),
    QT_TRANSLATE_NOOP("tessera::ui::Gallery", "above %1"),
};

template <std::size_t Count>
QStringList listOf(const char *const (&texts)[Count])
{
    QStringList list;
    for (const char *text : texts)
        list.append(QString::fromUtf8(text));
    return list;
}

} // namespace

QStringList galleryTexts() { return listOf(kTexts); }

QStringList galleryRows() { return listOf(kRows); }

} // namespace tessera::ui
