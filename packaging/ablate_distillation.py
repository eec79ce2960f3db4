#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""What each loss of global distillation does to a child at the same budget, and how sure that is.

    packaging/ablate_distillation.py --tessera build/release/bin/tessera --parent MODEL --child CHILD \\
        --text train.txt --test unread.txt --tokens 40000 --out FOLDER

Distils the child once for every loss, then evaluates all of them with the child they began as on a text that none has seen.
Prints a table with 95 % intervals of the paired differences from the beginning; FOLDER keeps the children and results.json. A run
that was interrupted continues."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

LOSSES = {"lm": "lm", "kl": "kl", "cosine": "cosine", "kl-cosine": "kl,cosine"}


def ask(command):
    print("+", *command, file=sys.stderr, flush=True)
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if answer.returncode != 0:
        sys.exit(answer.returncode)
    return json.loads(answer.stdout)


def table(evaluation, start, names, out):
    changes = {(entry["a"], entry["figure"]): entry for entry in evaluation["comparisons"] if entry["b"] == start}
    lines = ["| loss | KL to the parent | change | nll | change | next-token accuracy | change | top-1 agreement |",
             "|---|---|---|---|---|---|---|---|"]
    for model in evaluation["models"]:
        cells = [names.get(model["model"], "before")]
        for value, error, figure in (("kl_to_parent", "kl_se", "kl"), ("nll", "nll_se", "nll"),
                                     ("next_token_accuracy", "next_token_accuracy_se", "next_token_accuracy")):
            cells.append(f"{model[value]:.4f} ± {model[error]:.4f}")
            change = changes.get((model["model"], figure))
            cells.append(f"{change['difference']:+.4f} [{change['low']:+.4f}, {change['high']:+.4f}]" if change else "")
        cells.append(f"{model['top1_agreement']:.4f} ± {model['top1_agreement_se']:.4f}")
        lines.append("| " + " | ".join(cells) + " |")
    (out / "table.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tessera", default="tessera")
    options.add_argument("--parent", required=True)
    options.add_argument("--child", required=True)
    options.add_argument("--text", action="append", required=True, help="to train on")
    options.add_argument("--test", required=True, help="to judge by; never trained on")
    options.add_argument("--test-tokens", default="16384")
    options.add_argument("--tokens", default="40000")
    options.add_argument("--losses", default=",".join(LOSSES), help="of " + ", ".join(LOSSES))
    options.add_argument("--threads", default="0")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("distill", nargs="*", help="further options of tessera distill, behind --")
    chosen = options.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    results = chosen.out / "results.json"
    done = json.loads(results.read_text()) if results.exists() else {}
    names = {}
    for name in chosen.losses.split(","):
        out = str(chosen.out / name)
        names[out] = LOSSES[name]
        if name in done:
            continue
        command = [chosen.tessera, "distill", chosen.child, "--parent", chosen.parent, "--loss", LOSSES[name], "--tokens", chosen.tokens,
                   "--threads", chosen.threads, "--out", out, "--json"]
        for text in chosen.text:
            command += ["--text", text]
        done[name] = ask(command + chosen.distill)
        results.write_text(json.dumps(done))
    evaluation = ask([chosen.tessera, "evaluate", chosen.child, *names, "--parent", chosen.parent, "--text", chosen.test, "--max-tokens",
                      chosen.test_tokens, "--threads", chosen.threads, "--json"])
    (chosen.out / "evaluation.json").write_text(json.dumps(evaluation))
    table(evaluation, chosen.child, names, chosen.out)


if __name__ == "__main__":
    main()
