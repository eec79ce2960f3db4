# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Prints "N passed, N failed" from ctest's JUnit report, above it what was skipped and what failed. Exit code 1 unless
tests ran and none failed."""

import sys
import xml.etree.ElementTree as ElementTree


def skipped_itself(case):
    """Whether a test that did not run said so; a program that could not be started is a failure."""
    skipped = case.find("skipped")
    return case.get("status") == "notrun" and skipped is not None and skipped.get("message", "").startswith("SKIP_")


def main(report):
    passed, failed, skipped = [], [], []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = case.get("name")
        if case.get("status") == "run":
            passed.append(name)
        elif case.get("status") == "disabled" or skipped_itself(case):
            skipped.append(name)
        else:
            failed.append(name)
    for name in skipped:
        print("skipped:", name)
    for name in failed:
        print("failed:", name)
    print(f"{len(passed)} passed, {len(failed)} failed", flush=True)
    return 0 if passed and not failed else 1


sys.exit(main(sys.argv[1]))
