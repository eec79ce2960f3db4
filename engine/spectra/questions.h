// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/spectra/gallery.h"
#include "engine/spectra/gram.h"
#include "engine/spectra/regression.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

// What a person asks of the kernels, as values, and the answers as the command line and the service give them.

/// {"kernel","of","dimension","trace","values","errors","multiplicities","fit":{"first","last","even","odd"},"theory"}; a fit is
/// {"slope","slope_error","points"} or null, theory {"exponent","even_factor","odd_factor","sentence"} or null.
struct MercerQuestion {
    KernelOf of = KernelOf::Ntk;
    std::int64_t dimension = 3, degrees = 201, first = 40, last = 200;
};
Json mercerAnswer(const Kernel &kernel, const MercerQuestion &question);

/// {"kernel","of","angles":[...],"values":[...]}: the kernel over count angles from 0 to pi. Error (BadInput) below 2 angles and above
/// 100000.
Json profileAnswer(const Kernel &kernel, KernelOf of, std::int64_t count);

/// Points of a data set, or random ones of the unit sphere.
struct PointsQuestion {
    std::string data; ///< A CSV file, or iris, wine, breast_cancer or digits; empty: the sphere.
    std::string scaling = "both";
    std::int64_t points = 0; ///< Drawn from the data, 0: all; on the sphere 0 means 500.
    std::int64_t dimension = 3;
    std::uint64_t seed = 1;
};
/// dataFolder: where the shipped data sets lie. Labels are empty on the sphere. Throws Error (BadInput).
DataSet pointsOf(const PointsQuestion &question, const std::filesystem::path &dataFolder);

/// Above it a matrix is not stored: without a number of eigenvalues kTopByDefault are found by Lanczos' iteration.
inline constexpr std::int64_t kLargestStored = 16'384, kTopByDefault = 64;

/// {"kernel","of","points","dimension","seed","estimator","values"} and, of all eigenvalues, "summary"; of the top largest (0: all)
/// "residuals": within them of each value some eigenvalue lies.
Json gramAnswer(const Kernel &kernel, KernelOf of, const DataSet &data, std::uint64_t seed, std::int64_t top, const GramOptions &options);

/// Steps of gradient descent on the circle, by frequency: {"kernel","points","tolerance","clip","steps":[{"frequency","descent",
/// "inverse","clipped"}]}; null where 1e9 steps do not do. With curve above 1 there are "times", so many numbers of steps from 0 to
/// where the slowest frequency is learnt, evenly spaced in their logarithms (fewer where whole numbers run out), and every
/// frequency has "curves": {"descent":[...],"inverse":[...],"clipped":[...]}, what is left of it at these times, 1 at first.
struct DescentQuestion {
    std::int64_t points = 100, frequencies = 12, clip = 20;
    double tolerance = 0.05;
    std::int64_t curve = 0;
};
Json descentAnswer(const Kernel &kernel, const DescentQuestion &question, const GramOptions &options);

/// A kernel's matrix on few points, for the eye: {"kernel","of","data","points","dimension","seed","classes":[...],"labels":[...],
/// "values":[all eigenvalues],"matrix":[[...]...],"vectors":[[...]...]}, points in the order of their classes, on the sphere (no labels)
/// along its first coordinate, on the circle around it. Vectors are those of the largest eigenvalues, of length 1.
inline constexpr std::int64_t kMostShown = 256;
Json matrixAnswer(const Kernel &kernel, KernelOf of, const PointsQuestion &question, const std::filesystem::path &dataFolder, std::int64_t vectors,
                  const GramOptions &options);

/// {"data","of","points","classes","folds","repeats","seed","results":[{"kernel","accuracy","deviation","ridge"}]}.
Json regressionAnswer(const std::vector<Kernel> &kernels, KernelOf of, const DataSet &data, const CrossValidation &how, const GramOptions &options);

/// [{"name","claim","lesson","not_reproduced","source","play","parameters":[{"name","meaning","default","least","most","whole","value"}]}] of
/// the whole gallery, every value as by default.
Json galleryList();
/// {"name","claim","lesson","not_reproduced","source","play","parameters","seconds","rows":[{"what","measured","expected","rule","holds"}]},
/// measured with these settings: they are the parameters' values, and those of the command line "play".
Json galleryAnswer(const std::string &name, const std::filesystem::path &dataFolder, const ExperimentSettings &settings, const GramOptions &options);

} // namespace tessera
