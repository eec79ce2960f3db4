// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/worker/methods.h"
#include "app/worker/pipe.h"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc > 1) {
        bool version = std::string_view(argv[1]) == "--version";
        bool help = std::string_view(argv[1]) == "--help";
        if (version)
            std::cout << tessera::kWorkerName << std::endl;
        else
            (help ? std::cout : std::cerr) << "tessera-worker runs networks for tessera, which starts it: JSON-RPC 2.0, one message "
                                              "a line, on standard input and output.\nUsage: tessera-worker [--version | --help]"
                                           << std::endl;
        return version || help ? 0 : 2;
    }
    int code = 0;
    try {
        tessera::WorkerPipe pipe;
        pipe.serve(tessera::workerMethods());
    } catch (const std::exception &e) {
        std::cerr << "tessera-worker: " << e.what() << std::endl;
        code = 1;
    }
    // Ends at once: LibTorch's threads and the thread that reads the pipe have nothing left to tidy up.
    std::cerr.flush();
    ::_exit(code);
}
