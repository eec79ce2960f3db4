// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/system_report.h"

#include "engine/base/memory.h"
#include "engine/protocol/no_gpu.h"

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include <SQLiteCpp/Database.h>
#include <coin/CbcConfig.h>
#include <langinfo.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unicode/uversion.h>
#include <xxhash.h>

namespace tessera {
namespace {

#ifdef __clang__
constexpr const char *kCompiler = __VERSION__;
#else
constexpr const char *kCompiler = "g++ " __VERSION__;
#endif
constexpr double kGiB = 1024.0 * 1024 * 1024;
/// With a reference BLAS a core does about 5 GFLOP/s, with OpenBLAS at least 30.
constexpr double kSlowGflopsPerThread = 15;

/// The value behind the first line "KEY : value" or KEY="value" of a small text file; empty where there is none.
std::string valueIn(const std::string &file, const std::string &key, char separator)
{
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        std::size_t at = line.find(separator);
        if (at == std::string::npos || line.compare(0, key.size(), key) != 0
            || line.find_first_not_of(" \t", key.size()) != at)
            continue;
        std::size_t begin = line.find_first_not_of(" \t\"", at + 1);
        std::size_t end = line.find_last_not_of(" \t\"");
        return begin == std::string::npos || end < begin ? "" : line.substr(begin, end - begin + 1);
    }
    return "";
}

Json orNull(std::optional<std::int64_t> bytes) { return bytes ? Json(*bytes) : Json(nullptr); }

std::string gibibytes(const Json &bytes)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", bytes.get<double>() / kGiB);
    return text;
}

bool below(const Json &bytes, double limit) { return bytes.is_number() && bytes.get<double>() < limit; }

void judgeWorker(std::vector<Complaint> &complaints, const Processor &processor, const Json &device)
{
    auto threads = integerOr(device, "threads", 0, "the worker's answer");
    bool onCpu = stringOr(device, "device", "cpu", "the worker's answer") == "cpu";
    if (onCpu && threads > 0 && threads < processor.cores)
        complaints.push_back({false,
                              "networks run on " + std::to_string(threads) + " of " + std::to_string(processor.cores) + " processors",
                              "unset OMP_NUM_THREADS, or set it to " + std::to_string(processor.cores)});
    auto rates = device.find("dtypes");
    if (!onCpu || rates == device.end() || !rates->is_object() || threads <= 0)
        return;
    double gflops = 2 * numberOr(*rates, "f32", 0, "the worker's answer");
    if (gflops > 0 && gflops < kSlowGflopsPerThread * static_cast<double>(threads)) {
        char rate[32];
        std::snprintf(rate, sizeof rate, "%.0f GFLOP/s", gflops);
        complaints.push_back({false, "matrix products are slow (" + std::string(rate) + " in float32)",
                              "install libopenblas0-pthread and see that LibTorch uses it (update-alternatives --config "
                              "libblas.so.3-x86_64-linux-gnu), or stop what else is running"});
    }
}

} // namespace

Processor thisProcessor()
{
    Processor processor;
    processor.model = valueIn("/proc/cpuinfo", "model name", ':');
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        processor.cores = CPU_COUNT(&allowed);
    std::istringstream flags(valueIn("/proc/cpuinfo", "flags", ':'));
    static const std::vector<std::string> kTelling{"avx",         "f16c",        "fma",         "avx2",    "avx512f", "avx512_vnni",
                                                   "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8"};
    for (std::string flag; flags >> flag;)
        if (std::ranges::find(kTelling, flag) != kTelling.end())
            processor.features.push_back(flag);
    return processor;
}

Json describeSystem()
{
    struct utsname names {};
    ::uname(&names);
    std::setlocale(LC_CTYPE, "");
    std::string codeset = ::nl_langinfo(CODESET);
    std::error_code error;
    std::filesystem::path folder = std::filesystem::current_path(error);
    std::filesystem::space_info space = std::filesystem::space(folder, error);
    return {{"system", valueIn("/etc/os-release", "PRETTY_NAME", '=')},
            {"kernel", std::string(names.sysname) + " " + names.release + " " + names.machine},
            {"locale", std::setlocale(LC_CTYPE, nullptr)},
            {"utf8", codeset == "UTF-8"},
            {"memory", orNull(totalMainMemory())},
            {"memory_available", orNull(freeMainMemory())},
            {"folder", folder.string()},
            {"disk_free", error ? Json(nullptr) : Json(space.available)}};
}

Json describeLibraries()
{
    return {{"compiler", kCompiler},
            {"sqlite", SQLite::getLibVersion()},
            {"cbc", CBC_VERSION},
            {"icu", U_ICU_VERSION},
            {"xxhash", std::to_string(XXH_versionNumber() / 10000) + "." + std::to_string(XXH_versionNumber() / 100 % 100) + "."
                           + std::to_string(XXH_versionNumber() % 100)},
            {"nlohmann_json", Json::meta()["version"]["string"]}};
}

std::vector<Complaint> judge(const Processor &processor, const Json &system, const Json &device, const std::string &workerError)
{
    std::vector<Complaint> complaints;
    const std::size_t remedy = workerError.find("; ");
    if (workerError.starts_with(kNoGpu) && remedy != workerError.npos)
        complaints.push_back({true, workerError.substr(0, remedy), workerError.substr(remedy + 2)});
    else if (!workerError.empty())
        complaints.push_back({true, "no worker: " + workerError,
                              "build tessera-worker and keep it beside tessera, or name it by TESSERA_WORKER_PROGRAM; inspect, "
                              "solve, front and import work without it"});
    else if (device.is_object())
        judgeWorker(complaints, processor, device);
    if (below(system["disk_free"], 2 * kGiB))
        complaints.push_back({false, "only " + gibibytes(system["disk_free"]) + " are free in " + system["folder"].get<std::string>(),
                              "keep projects where there is room: a library takes several times its parent's size"});
    if (below(system["memory_available"], 2 * kGiB))
        complaints.push_back({false, "only " + gibibytes(system["memory_available"]) + " of memory are available",
                              "close other programs, or use a smaller parent"});
    if (!system["utf8"].get<bool>())
        complaints.push_back({false, "the locale \"" + system["locale"].get<std::string>() + "\" is not UTF-8, so a terminal may garble text",
                              "export LC_ALL=C.UTF-8"});
    return complaints;
}

} // namespace tessera
