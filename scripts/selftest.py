#!/usr/bin/python3
"""Tests of the scripts that judge: counting of cases, include rules, sizes. Prints TAP."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(name, *arguments, cwd=None):
    done = subprocess.run([HERE / name, *arguments], capture_output=True, text=True, cwd=cwd, check=False)
    return done.returncode, done.stdout


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)


class Summary(Scratch):
    def totals(self, text, status=0, name="a.tap"):
        code, out = run("summary.py", f"part:{status}:{self.write(name, text)}")
        return code, out.splitlines()[-1], out

    def test_counts_cases(self):
        code, last, out = self.totals("1..3\nok 1 - a\n# SKIP b: no photos\nok 2 # SKIP b\nok 3 - c\n")
        self.assertEqual((code, last), (0, "2 passed, 0 failed, 1 skipped"))
        self.assertIn("b: no photos", out)

    def test_failed_case_fails_the_run(self):
        code, last, _ = self.totals("ok 1 - a\nnot ok 2 - b\n", status=1)
        self.assertEqual((code, last), (1, "1 passed, 1 failed, 0 skipped"))

    def test_crash_after_good_cases_is_a_failure(self):
        code, last, _ = self.totals("1..9\nok 1 - a\n", status=134)
        self.assertEqual((code, last), (1, "1 passed, 1 failed, 0 skipped"))

    def test_missing_report_is_a_failure(self):
        code, out = run("summary.py", f"part:1:{self.root}/none.tap")
        self.assertEqual((code, out.splitlines()[-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_only_leaves_of_nested_cases_count(self):
        nested = "# Subtest: g\n    ok 1 - a\n    not ok 2 - b\n    1..2\nnot ok 1 - g\nok 2 - h\n"
        self.assertEqual(self.totals(nested, status=1)[1], "2 passed, 1 failed, 0 skipped")

    def test_failed_group_of_good_cases_is_a_failure(self):
        self.assertEqual(self.totals("    ok 1 - a\nnot ok 1 - g\n", status=1)[1],
                         "1 passed, 1 failed, 0 skipped")

    def test_reads_meson(self):
        tests = [{"name": "unit / a", "result": "OK", "stdout": "1..1\nok 1 - x\n"},
                 {"name": "e2e", "result": "OK", "stdout": ""},
                 {"name": "slow", "result": "TIMEOUT", "stdout": "ok 1 - y\n"},
                 {"name": "none", "result": "SKIP", "stdout": "1..0 # SKIP no photos"}]
        code, last, _ = self.totals("\n".join(map(json.dumps, tests)), status=1, name="t.json")
        self.assertEqual((code, last), (1, "3 passed, 1 failed, 1 skipped"))


class Includes(Scratch):
    def check(self, file, line):
        self.write(f"src/{file}", line + "\n")
        return run("check-includes", str(self.root))

    def test_downward_edge_is_fine(self):
        self.assertEqual(self.check("service/a.c", '#include "records/records.h"'), (0, ""))

    def test_upward_sideways_and_library_edges_are_not(self):
        for file, line in (("base/a.c", '#include "config/config.h"'),
                           ("pose/a.c", '#include "image/image.h"'),
                           ("http/a.c", '#include "worker/pool.h"'),
                           ("service/a.c", '#include "records/sqlite.h"'),
                           ("http/a.c", "#include <sqlite3.h>"),
                           ("pose/a.c", "#include <vips/vips.h>")):
            with self.subTest(file=file, line=line):
                code, out = self.check(file, line)
                self.assertEqual((code, len(out.splitlines())), (1, 1), out)
                (self.root / "src" / file).unlink()


class Sizes(Scratch):
    def check(self, body_lines):
        text = "static int\nf(int a,\n  int b)\n{\n" + "    a++;\n" * body_lines + "}\n"
        return run("check-sizes", self.write("a.c", text))

    def test_short_named_and_failing(self):
        self.assertEqual(self.check(20), (0, ""))
        self.assertEqual(self.check(60)[0], 0)
        self.assertIn("65 lines", self.check(60)[1])
        self.assertEqual(self.check(90)[0], 1)


class Openapi(Scratch):
    def test_dangling_reference_is_named(self):
        code, out = run("check-openapi", self.write("a.yaml", "paths: {}\nx: {$ref: '#/no/where'}\n"))
        self.assertEqual((code, out), (1, "#/no/where leads nowhere\n"))


class Tap(unittest.TextTestResult):
    def line(self, verdict, test, words=""):
        print(f"{verdict} {self.testsRun} - {test.id().removeprefix('__main__.')}{words}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("not ok", test)

    def addError(self, test, err):
        super().addError(test, err)
        self.line("not ok", test)


if __name__ == "__main__":
    outcome = unittest.TextTestRunner(resultclass=Tap, verbosity=0).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    sys.exit(not outcome.wasSuccessful())
