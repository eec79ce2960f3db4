# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""What every command of tessera owes to shells and scripts: help, exit codes, JSON, completion, a quick start."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["TESSERA_BIN_DIR"])
TESSERA = str(BIN / "tessera")
NO_WORKER = {"TESSERA_WORKER_PROGRAM": "/no/such/worker"}


def run(*arguments, environment=None):
    return subprocess.run([TESSERA, *arguments], capture_output=True, text=True, timeout=100,
                          env={**os.environ, **(environment or {})})


def commands(*path):
    """The subcommands that --help lists behind a command."""
    text = run(*path, "--help").stdout
    return re.findall(r"^  (\w+)\s", text.split("Subcommands:", 1)[1], re.MULTILINE) if "Subcommands:" in text else []


class TheCommandLine(unittest.TestCase):
    def test_help_of_every_command_has_an_example(self):
        names = commands()
        self.assertIn("inspect", names)
        for name in names:
            for path in [(name,)] + [(name, below) for below in commands(name)]:
                answer = run(*path, "--help")
                self.assertEqual(answer.returncode, 0, path)
                self.assertIn("tessera " + name, answer.stdout + "\n", path)
                if not commands(*path):
                    self.assertRegex(answer.stdout, r"(?i)examples?:", " ".join(path))

    def test_wrong_usage_ends_with_2_and_a_sentence(self):
        for arguments in ([], ["nonsense"], ["inspect"], ["inspect", "/no/such/model"], ["inspect", "--nonsense", "x"],
                          ["completion", "tcsh"]):
            answer = run(*arguments)
            self.assertEqual(answer.returncode, 2, (arguments, answer.stderr))
            self.assertEqual(answer.stdout, "", arguments)
            self.assertEqual(len(answer.stderr.strip().splitlines()), 1, answer.stderr)

    def test_wrong_usage_with_json_is_one_json_value(self):
        for arguments in (["--json"], ["nonsense", "--json"], ["inspect", "/no/such/model", "--json"], ["--json", "inspect"]):
            answer = run(*arguments)
            self.assertEqual(answer.returncode, 2, (arguments, answer.stderr))
            self.assertEqual(set(json.loads(answer.stdout)), {"error"}, arguments)

    def test_a_remedy_of_the_engine_names_the_option_that_does_it(self):
        answer = run("distill", "child", "--parent", "parent", "--text", "text", "--out", "out", "--tokens", "10", "--loss", "mse")
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn('"mse" is no loss (--loss);', answer.stderr)

    def test_the_version_is_printed(self):
        self.assertRegex(run("--version").stdout, r"^tessera \d+\.\d+\.\d+\n$")

    def test_it_starts_in_milliseconds(self):
        if os.environ.get("TESSERA_SANITIZED"):
            self.skipTest("sanitizers slow the start down")
        best = float("inf")
        for _ in range(20):
            began = os.times()
            run("--version")
            ended = os.times()
            best = min(best, ended.children_user + ended.children_system - began.children_user - began.children_system)
        self.assertLess(best, 0.05, "seconds of the processor for tessera --version")

    def test_it_links_no_libtorch(self):
        libraries = subprocess.run(["ldd", TESSERA], capture_output=True, text=True, check=True).stdout
        self.assertIn("libsqlite3", libraries)
        self.assertNotRegex(libraries, "libtorch|libc10|libQt")


class Doctor(unittest.TestCase):
    def test_it_says_what_to_do_without_a_worker(self):
        answer = run("doctor", "--json", environment=NO_WORKER)
        report = json.loads(answer.stdout)
        self.assertEqual(answer.returncode, 1)
        self.assertFalse(report["healthy"])
        self.assertIsNone(report["worker"])
        blocking = [complaint for complaint in report["complaints"] if complaint["blocking"]]
        self.assertEqual(len(blocking), 1, report["complaints"])
        self.assertIn("/no/such/worker", blocking[0]["what"])
        text = run("doctor", environment=NO_WORKER)
        self.assertEqual(text.returncode, 1)
        self.assertIn("What to do:", text.stdout)

    def test_it_measures_the_worker(self):
        if not (BIN / "tessera-worker").exists():
            self.skipTest("built without tessera-worker")
        answer = run("doctor", "--json")
        report = json.loads(answer.stdout)
        self.assertEqual(answer.returncode, 0, report["complaints"])
        self.assertTrue(report["healthy"])
        self.assertGreaterEqual(report["worker"]["threads"], 1)
        for key in ("dtypes", "log_softmax"):
            for rate in report["worker"][key].values():
                self.assertGreater(rate, 0, key)

    def test_a_gpu_that_is_not_there_has_its_own_remedy(self):
        if not (BIN / "tessera-worker").exists():
            self.skipTest("built without tessera-worker")
        if json.loads(run("doctor", "--json").stdout)["worker"]["device"] != "cpu":
            self.skipTest("there is a GPU")
        answer = run("doctor", "--device", "cuda", "--json")
        blocking = [complaint for complaint in json.loads(answer.stdout)["complaints"] if complaint["blocking"]]
        self.assertEqual((answer.returncode, len(blocking)), (1, 1), answer.stdout)
        self.assertIn("no GPU can be used", blocking[0]["what"])
        self.assertIn("--device cpu", blocking[0]["remedy"])
        self.assertNotIn("TESSERA_WORKER_PROGRAM", blocking[0]["remedy"])

    def test_a_size_of_memory_is_checked(self):
        for wrong in ("lots", "12 parsecs", "0", "1e30GiB"):
            answer = run("doctor", "--device-memory", wrong)
            self.assertEqual(answer.returncode, 2, wrong)
            self.assertIn("is no size", answer.stderr)

    def test_it_knows_this_machine(self):
        report = json.loads(run("doctor", "--json", environment={**NO_WORKER, "LC_ALL": "C"}).stdout)
        self.assertEqual(report["processor"]["cores"], len(os.sched_getaffinity(0)))
        self.assertAlmostEqual(report["system"]["disk_free"], shutil.disk_usage(".").free, delta=1 << 30)
        self.assertEqual(report["system"]["memory"], os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        self.assertFalse(report["system"]["utf8"])
        self.assertTrue(any("UTF-8" in complaint["what"] for complaint in report["complaints"]))


class Search(unittest.TestCase):
    """solve, pool, explain, front and verify on a library file of four layers."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.library = str(self.folder / "library.json")
        layers = []
        for layer in range(4):
            blocks = [("attention=gqa:2", 100, [0, 0, 0]), ("attention=none", 0, [0.3 + layer, 0.5 + layer, 0.4 + layer]),
                      ("ffn=width:64", 200, [0, 0, 0]), ("ffn=width:32", 100, [0.2, 0.1 + layer, 0.3]), ("ffn=none", 0, [2.0, 2.5, 3.0])]
            layers.append({"parent": "attention=gqa:2+ffn=width:64",
                           "blocks": [{"block": block, "costs": {"weight_bytes": cost, "kv_bytes": 0}, "scores": {"kl_div": scores}}
                                      for block, cost, scores in blocks]})
        Path(self.library).write_text(json.dumps({"name": "four", "objective_default": "kl_div", "workload":
            {"name": "chat", "batch": 1, "input": 8, "output": 8, "weights": "f32", "activations": "f32", "kv": "f32", "device": "d"},
            "fixed": {"weight_bytes": 50, "kv_bytes": 0}, "layers": layers}))

    def answer(self, *arguments, code=0):
        result = run(*arguments, "--json")
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)

    def test_a_certificate_is_written_and_verified(self):
        certificate = str(self.folder / "best.json")
        solved = self.answer("solve", self.library, "--max", "weight_bytes=850", "--certificate", certificate)
        self.assertEqual(solved["status"], "optimal")
        verdict = self.answer("verify", certificate, "--project", self.library)
        self.assertTrue(verdict["valid"] and verdict["proved"], verdict)
        self.assertEqual(verdict["objective"], solved["objective"])
        changed = json.loads(Path(certificate).read_text())
        changed["objective"] *= 0.99
        Path(certificate).write_text(json.dumps(changed))
        self.assertFalse(self.answer("verify", certificate, "--project", self.library, code=1)["valid"])

    def test_that_no_child_exists_can_be_certified_too(self):
        certificate = str(self.folder / "none.json")
        self.answer("solve", self.library, "--max", "weight_bytes=40", "--certificate", certificate, code=1)
        verdict = self.answer("verify", certificate, "--project", self.library)
        self.assertTrue(verdict["valid"] and verdict["proved"] and verdict["infeasible"], verdict)

    def test_a_pool_starts_with_the_best(self):
        best = self.answer("solve", self.library, "--max", "weight_bytes=850")
        pool = self.answer("pool", self.library, "--k", "5", "--max", "weight_bytes=850")
        objectives = [solution["objective"] for solution in pool["solutions"]]
        self.assertEqual(len(objectives), 5)
        self.assertEqual(objectives, sorted(objectives))
        self.assertEqual(objectives[0], best["objective"])
        self.assertEqual(len(pool["consensus"]), 4)
        apart = self.answer("pool", self.library, "--k", "3", "--distance", "3", "--max", "weight_bytes=850")["solutions"]
        for i, one in enumerate(apart):
            for other in apart[:i]:
                self.assertGreaterEqual(sum(a != b for a, b in zip(one["choices"], other["choices"])), 3)

    def test_explain_prices_reaches_and_regrets(self):
        told = self.answer("explain", self.library, "--max", "weight_bytes=850", "--layer", "3", "--block", "attention=none", "--bootstrap", "20")
        best = self.answer("solve", self.library, "--max", "weight_bytes=850")
        forced = self.answer("solve", self.library, "--max", "weight_bytes=850", "--pin", "3:attention=none")
        self.assertAlmostEqual(told["regret"], forced["objective"] - best["objective"])
        self.assertEqual(told["reachable"]["weight_bytes"], [50, 1250])
        self.assertEqual(told["prices"].keys(), {"weight_bytes"})
        self.assertEqual(told["robustness"]["draws"], 20)
        none = self.answer("explain", self.library, "--max", "weight_bytes=40", code=1)
        self.assertEqual(none["conflict"], ["weight_bytes=40"])
        self.assertEqual(none["relaxations"][0]["needed"], 50)

    def test_rules_hold_and_bad_ones_are_refused(self):
        solved = self.answer("solve", self.library, "--max", "weight_bytes=850", "--rule", "same=all:ffn")
        self.assertEqual(len({choice["ffn"] for choice in solved["choices"]}), 1)
        for rule in ("same=9", "frob=1", "differ=1:none+none", "differ=1:7"):
            answer = run("solve", self.library, "--rule", rule)
            self.assertEqual(answer.returncode, 2, rule)
            self.assertEqual(len(answer.stderr.strip().splitlines()), 1, answer.stderr)

    def test_an_exact_front_has_no_dominated_point(self):
        points = self.answer("front", self.library, "--x", "weight_bytes", "--exact", "--no-baselines")["points"]
        self.assertGreater(len(points), 4)
        for before, after in zip(points, points[1:]):
            self.assertLess(before["costs"]["weight_bytes"], after["costs"]["weight_bytes"])
            self.assertGreater(before["objective"], after["objective"])


class Gallery(unittest.TestCase):
    def test_parameters_of_an_experiment_are_set(self):
        answer = run("spectra", "gallery", "lengths", "--set", "factor=2.5", "--set", "depth=4", "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        experiment = json.loads(answer.stdout)["experiments"][0]
        self.assertAlmostEqual(experiment["rows"][0]["measured"], 6.25, places=10)
        self.assertEqual({one["name"]: one["value"] for one in experiment["parameters"]}, {"factor": 2.5, "depth": 4})

    def test_help_lists_the_parameters_of_every_experiment(self):
        text = run("spectra", "gallery", "--help").stdout
        for word in ("tolerance", "share of a wave that may be left", "0.001 to 0.5 (0.05)", "branch weight of the last network"):
            self.assertIn(word, text)

    def test_what_cannot_be_set_ends_with_2_and_a_sentence(self):
        for arguments in (["lengths", "--set", "nonsense=1"], ["lengths", "--set", "factor=1000"], ["lengths", "--set", "depth=2.5"],
                          ["lengths", "--set", "depth"], ["lengths", "--set", "depth=two"], ["lengths", "--set", "depth=nan"],
                          ["lengths", "--set", "depth=2", "--set", "depth=3"], ["--set", "depth=2"], ["lengths", "tails", "--set", "depth=2"]):
            answer = run("spectra", "gallery", *arguments)
            self.assertEqual(answer.returncode, 2, arguments)
            self.assertIn("tessera: ", answer.stderr, arguments)


class KernelsForTheEye(unittest.TestCase):
    def test_a_profile_is_that_of_the_closed_form(self):
        answer = run("spectra", "profile", "laplace:c=1", "fc:depth=1,bias=0", "--angles", "3", "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        laplace, network = json.loads(answer.stdout)["profiles"]
        for value, distance in zip(laplace["values"], (0, math.sqrt(2), 2)):
            self.assertAlmostEqual(value, math.exp(-distance), places=14)
        for value, expected in zip(network["values"], (2, 1 / math.pi, 0)):
            self.assertAlmostEqual(value, expected, places=14)

    def test_a_matrix_has_its_eigenvectors(self):
        answer = run("spectra", "matrix", "laplace:c=1", "--data", "iris", "--points", "12", "--vectors", "2", "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        found = json.loads(answer.stdout)
        for value, vector in zip(found["values"], found["vectors"]):
            for row, entry in zip(found["matrix"], vector):
                self.assertAlmostEqual(sum(a * b for a, b in zip(row, vector)), value * entry, places=12)

    def test_what_cannot_be_shown_ends_with_2_and_a_sentence(self):
        for arguments in (["profile", "laplace:c=1", "--angles", "1"], ["profile", "nonsense"], ["profile", "laplace:c=1", "--of", "x"],
                          ["matrix", "laplace:c=1", "--points", "100000"], ["matrix", "laplace:c=1", "--points", "-1"],
                          ["matrix", "laplace:c=1", "--points", "9", "--vectors", "-1"], ["matrix", "laplace:c=1"]):
            answer = run("spectra", *arguments)
            self.assertEqual(answer.returncode, 2, arguments)
            self.assertIn("tessera: ", answer.stderr, arguments)


class Completion(unittest.TestCase):
    def completed(self, *words):
        """What bash offers for the last of words."""
        script = run("completion", "bash").stdout + f"""
COMP_WORDS=({' '.join(f"'{word}'" for word in words)})
COMP_CWORD={len(words) - 1}
_tessera
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
        answer = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True, cwd="/")
        return answer.stdout.split()

    def test_bash_completes_commands_and_options(self):
        self.assertEqual(self.completed("tessera", "insp"), ["inspect"])
        self.assertEqual(set(self.completed("tessera", "")), set(commands()))
        self.assertIn("--json", self.completed("tessera", "inspect", "--j"))
        self.assertEqual(self.completed("tessera", "inspect", ""), [], "files are left to bash")

    def test_every_shell_gets_every_command(self):
        for shell in ("bash", "zsh", "fish"):
            script = run("completion", shell).stdout
            for name in commands():
                self.assertIn(name, script, shell)

    def test_the_scripts_are_valid_where_their_shells_are_installed(self):
        checked = 0
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell):
                with tempfile.NamedTemporaryFile("w", suffix="." + shell) as file:
                    file.write(run("completion", shell).stdout)
                    file.flush()
                    subprocess.run([shell, "-n", file.name], check=True)
                checked += 1
        self.assertGreaterEqual(checked, 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
