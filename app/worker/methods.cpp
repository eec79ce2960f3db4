// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/worker/methods.h"

#include "app/worker/device.h"
#include "engine/base/error.h"
#include "engine/distill/evaluate.h"
#include "engine/distill/global_distill.h"
#include "engine/library/distill.h"
#include "engine/library/fit.h"
#include "engine/library/refit.h"
#include "engine/measure/measure.h"
#include "engine/nn/device.h"
#include "engine/nn/generate.h"
#include "engine/nn/logits.h"
#include "engine/nn/memory_budget.h"
#include "engine/pretrain/pretrain.h"
#include "engine/protocol/distill_children_request.h"
#include "engine/protocol/requests.h"
#include "engine/score/score.h"
#include "engine/tangent/tangent.h"

#include <cstdint>
#include <string>

#include <torch/torch.h>

namespace tessera {
namespace {

/// LibTorch's errors carry a back trace of many lines; the first line says what happened.
Error fromTorch(const c10::Error &error)
{
    if (nn::isOutOfMemory(error))
        return failed("the device " + nn::device().str() + " has too little memory for this, even in the smallest pieces; use --device cpu, "
                      "shorter windows or a smaller batch, or end what else runs there");
    if (nn::isDeviceLost(error))
        return failed("the device " + nn::device().str() + " was lost; what was finished is kept, and the same command goes on from there");
    std::string text = error.what_without_backtrace();
    return failed("LibTorch: " + text.substr(0, text.find('\n')));
}

template <typename Request>
WorkerPipe::Method method(Request (*parse)(const Json &), Json (*run)(const Request &, const WorkContext &))
{
    return [parse, run](const Json &params, const WorkContext &context) {
        try {
            return run(parse(params), context);
        } catch (const c10::Error &e) {
            throw fromTorch(e);
        }
    };
}

Json hello(const Json &params, const WorkContext &)
{
    std::int64_t protocol = requireInteger(params, "protocol", "hello");
    if (protocol != kProtocolVersion)
        throw failed(std::string(kWorkerName) + " speaks version " + std::to_string(kProtocolVersion)
                     + " of the protocol, " + stringOr(params, "program", "the other side", "hello") + " version "
                     + std::to_string(protocol) + "; install both from the same release");
    nn::useDevice(stringOr(params, "device", "auto", "hello"));
    if (const std::int64_t bytes = integerOr(params, "device_memory", 0, "hello"); bytes > 0)
        nn::limitMemory(bytes);
    Json json = describeDevice();
    json["protocol"] = kProtocolVersion;
    json["program"] = kWorkerName;
    return json;
}

} // namespace

std::map<std::string, WorkerPipe::Method> workerMethods()
{
    return {
        {"hello", hello},
        {"device", [](const Json &, const WorkContext &) { return measureDevice(); }},
        {"logits", method(parseLogitsRequest, runLogits)},
        {"generate", method(parseGenerateRequest, runGenerate)},
        {"evaluate", method(parseEvaluateRequest, runEvaluate)},
        {"fit", method(parseFitRequest, runFit)},
        {"distill", method(parseDistillRequest, runDistill)},
        {"distill_children", method(parseDistillChildrenRequest, runDistillChildren)},
        {"score", method(parseScoreRequest, runScore)},
        {"measure", method(parseMeasureRequest, runMeasure)},
        {"refit", method(parseRefitRequest, runRefit)},
        {"pretrain", method(parsePretrainRequest, runPretrain)},
        {"tangent", method(parseTangentRequest, runTangent)},
    };
}

} // namespace tessera
