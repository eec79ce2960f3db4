// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// A worker that runs no network: the real pipe, and methods that do what tests ask for.
#include "app/worker/pipe.h"

#include "engine/base/error.h"
#include "engine/protocol/remark.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include <unistd.h>

using namespace tessera;

namespace {

Json hello(const Json &params, const WorkContext &)
{
    const char *protocol = std::getenv("FAKE_PROTOCOL");
    return {{"protocol", protocol ? std::atoi(protocol) : kProtocolVersion},
            {"program", "fake-worker"},
            {"libtorch", "none"},
            {"device", params.value("device", "cpu")},
            {"threads", 1}};
}

Json echo(const Json &params, const WorkContext &) { return params; }

/// Says "items" items and a progress each.
Json count(const Json &params, const WorkContext &context)
{
    std::int64_t items = params.at("items");
    for (std::int64_t i = 0; i < items; ++i) {
        context.stop.throwIfRequested();
        context.progress({"count", i + 1, items, "items", ""});
        context.item({{"number", i}});
        std::this_thread::sleep_for(std::chrono::milliseconds(params.value("pause_ms", 0)));
    }
    return {{"counted", items}};
}

/// Says every candidate, with the name of this worker; dies at one where the environment says so.
Json score(const Json &params, const WorkContext &context)
{
    const char *name = std::getenv("FAKE_NAME"), *last = std::getenv("FAKE_DIES_AT");
    std::int64_t done = 0;
    remark(context, std::string(name ? name : "") + " begins");
    for (const Json &candidate : params.at("candidates")) {
        context.stop.throwIfRequested();
        if (last && candidate == std::atoi(last))
            ::_exit(1);
        context.item({{"candidate", candidate}, {"worker", name ? name : ""}});
        context.progress({"score", ++done, static_cast<std::int64_t>(params.at("candidates").size()), "candidates", ""});
        std::this_thread::sleep_for(std::chrono::milliseconds(params.value("pause_ms", 0)));
    }
    return {{"candidates", done}};
}

Json refuse(const Json &params, const WorkContext &)
{
    std::string kind = params.at("kind");
    if (kind == "bad input")
        throw badInput("that is wrong");
    if (kind == "unexpected")
        throw std::runtime_error("a library gave up");
    throw failed("that did not work");
}

Json die(const Json &params, const WorkContext &)
{
    std::cerr << "one\ntwo\nlast words" << std::endl;
    if (params.contains("signal"))
        std::raise(params.at("signal").get<int>());
    ::_exit(params.value("code", 0));
}

Json chatter(const Json &, const WorkContext &)
{
    std::cout << "a library prints to standard output" << std::endl;
    std::string noise(1 << 20, 'x');
    std::cerr << noise << std::endl;
    return "still here";
}

Json deaf(const Json &, const WorkContext &)
{
    for (;;)
        std::this_thread::sleep_for(std::chrono::seconds(1));
}

Json garbage(const Json &, const WorkContext &)
{
    std::string line = "this is no message\n";
    for (int descriptor = 10; descriptor < 20; ++descriptor) // The pipe moved standard output there.
        if (::write(descriptor, line.data(), line.size()) > 0)
            break;
    return nullptr;
}

} // namespace

int main()
{
    WorkerPipe pipe;
    pipe.serve({{"hello", hello}, {"echo", echo}, {"score", score}, {"count", count}, {"refuse", refuse}, {"die", die}, {"chatter", chatter},
                {"deaf", deaf}, {"garbage", garbage}});
    ::_exit(0);
}
