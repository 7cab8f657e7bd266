#!/usr/bin/python3
"""Tests of the scripts that check: counting of cases, include rules, words, sizes. Prints TAP."""
import json
import re
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

    def test_tells_why_a_case_failed(self):
        text = ("not ok 1 - a\n  ---\n  error: 'colour contrast'\n  ...\n"
                "ok 2 - b\n  ---\n  duration_ms: 1\n  ...\n")
        code, last, out = self.totals(text, status=1)
        self.assertEqual((code, last), (1, "1 passed, 1 failed, 0 skipped"))
        self.assertIn("colour contrast", out)
        self.assertNotIn("duration_ms", out)

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


class SetUp(unittest.TestCase):
    """Each make target sets up all that its own scripts run, so that any of them can be the first on a machine."""

    ROOT = HERE.parent
    # What a script says when it needs a package: the package, and the words.
    NEEDS = {
        "libcmocka-dev": r"build --tests|configure_build true|-Dtests=true|\bcmocka\b",
        "meson": r"\bmeson (setup|test|configure)|configure_build",
        "ninja-build": r"\bninja\b",
        "gcc": r"\bninja\b|\bgcc\b",
        "npm": r"\bnpm (--prefix|ci|pack|run)\b|\bnode\b|\bNODE\b",
        "openssl": r"\bfetch-model\b",
        "python3-onnx": r"\bfetch-model\b",
        "python3-yaml": r"\bconfigure_build\b|\bimport yaml\b",
        "curl": r"(^|[;&|(] *)curl -",
        "wrk": r"\bwrk\b",
        "clang-tidy": r"\bclang-tidy\b",
        "clang-format": r"\bclang-format\b",
        "shellcheck": r"^ *shellcheck -",
        "redis-tools": r"scripts/test services|scripts/chaos|bench/queue-rates",
    }
    CALLS = re.compile(r"\b((?:scripts|bench|tests)/[\w./-]+)|\"\$(?:HERE|root)\"?/([\w./-]+)")

    @classmethod
    def targets(cls):
        """(target, its recipe) of the Makefile."""
        text = (cls.ROOT / "Makefile").read_text()
        return {name: recipe for name, recipe in re.findall(r"^([a-z-]+):.*##.*\n((?:\t.*\n)*)", text, re.M) if "scripts/setup" in recipe}

    @classmethod
    def scripts(cls, recipe):
        """The recipe, and the texts of the scripts that it runs and that they run, set-up itself excepted."""
        seen, ahead = {cls.ROOT / "Makefile": recipe}, [recipe]
        while ahead:
            for call in cls.CALLS.findall(ahead.pop()):
                path = cls.ROOT / (call[0] or call[1])
                if path in seen or path.name in ("setup", "packages", "lib.sh", "selftest.py") or not path.is_file():
                    continue
                if path.suffix not in ("", ".sh", ".py", ".mjs") or path.parts[-2] in ("src", "data"):
                    continue
                seen[path] = "\n".join(line for line in path.read_text().splitlines() if not re.match(r"\s*(#|//)", line))
                ahead.append(seen[path])
        return {str(path.relative_to(cls.ROOT)): text for path, text in seen.items()}

    def test_each_target_installs_what_its_scripts_run(self):
        targets = self.targets()
        self.assertGreaterEqual(set(targets), {"run", "test", "test-services", "chaos", "check", "bench", "bench-stores"})
        for target, recipe in targets.items():
            parts = re.search(r"scripts/setup (.*)", recipe)[1].split()
            code, out = run("setup", "--packages", *parts)
            self.assertEqual(code, 0, out)
            have = set(out.split())
            if not have & {"nodejs", "npm"}:  # set-up asks for none where a good one is on the PATH
                have |= {"nodejs", "npm"} if set(parts) & {"model", "page", "services"} else set()
            for script, text in self.scripts(recipe).items():
                for package, words in self.NEEDS.items():
                    with self.subTest(target=target, script=script, package=package):
                        if re.search(words, text, re.M):
                            self.assertIn(package, have)

    def test_a_target_is_told_what_it_lacks(self):
        """The check itself: the scripts of `make chaos` build tests, and set-up of `build` alone does not bring cmocka."""
        scripts = self.scripts(self.targets()["chaos"])
        self.assertIn("tests/services/chaos/chaos.py", scripts)
        self.assertTrue(any(re.search(self.NEEDS["libcmocka-dev"], text) for text in scripts.values()))
        self.assertNotIn("libcmocka-dev", run("setup", "--packages", "build")[1].split())


class Includes(Scratch):
    def check(self, **files):
        """Writes src/FOLDER/NAME.c or .h for each FOLDER__NAME_c, and checks them."""
        for name, text in files.items():
            path, _, suffix = name.replace("__", "/").rpartition("_")
            self.write(f"src/{path}.{suffix}", text + "\n")
        return run("check-includes", str(self.root))

    def assert_found(self, words, **files):
        code, out = self.check(**files)
        self.assertEqual((code, len(out.splitlines())), (1, 1), out)
        self.assertIn(words, out)

    def test_allowed_edges(self):
        self.assertEqual(self.check(service__a_c='#include "records/records.h"', records__records_h="",
                                    records__sqlite__driver_c='#include "records/sqlite/internal.h"\n#include <sqlite3.h>',
                                    records__sqlite__internal_h="", recipes__a_c='#include "shots/recipe_spec.h"',
                                    main__app_c='#include "records/drivers.h"'), (0, ""))

    def test_upward_and_sideways_edges(self):
        self.assert_found("base must not know config", base__a_c='#include "config/config.h"')

    def test_sideways_edge(self):
        self.assert_found("pose must not know image", pose__a_c='#include "image/image.h"')

    def test_planner_knows_neither_recipe_texts_nor_json(self):
        self.assert_found("shots must not know recipes", shots__a_c='#include "recipes/parse.h"')
        self.assert_found("<jansson.h> belongs to", shots__a_c="#include <jansson.h>")

    def test_library_outside_its_files(self):
        self.assert_found("<sqlite3.h> belongs to", http__a_c="#include <sqlite3.h>")

    def test_private_header_of_a_driver(self):
        self.assert_found("private to its driver", records__a_c='#include "records/mongo/internal.h"')

    def test_private_header_of_another_driver(self):
        self.assert_found("private to its driver", records__mongo__a_c='#include "records/sqlite/internal.h"')

    def test_only_the_composition_root_names_drivers(self):
        self.assert_found("only main/app.c names drivers", main__serve_c='#include "queue/drivers.h"')

    def test_change_feed_does_not_know_its_subscribers(self):
        self.assert_found("must not know its subscribers",
                          http__live__change_feed_c='#include "http/live/long_poll.h"')

    def test_unknown_folder(self):
        self.assert_found("unknown folder", misc__a_c="")

    def test_cycle_of_files(self):
        self.assert_found("in a circle: http/a, http/b", http__a_h='#include "http/b.h"', http__b_h="",
                          http__b_c='#include "http/a.h"')

    def test_prefix_of_two_folders(self):
        self.assert_found("pc_thing_ is used by more than one folder",
                          pose__a_h="int pc_thing_make(void);", image__b_h="struct pc_thing_box {\n};")

    def test_declared_types_and_comments_have_no_folder(self):
        self.assertEqual(self.check(pose__a_h="int pc_thing_make(void);",
                                    image__b_h="struct pc_thing;\n/* pc_thing_x() */"), (0, ""))


class Words(Scratch):
    def check(self, name, text):
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write(name, text)
        return run("check-words", str(self.root))

    def test_plain_english_in_comments_and_texts_is_free(self):
        self.assertEqual(self.check("src/queue/a.c", '/* a desk, an errand */\nint a; // desk\nchar *b = "desk";\n'), (0, ""))

    def test_retired_word_in_a_name(self):
        code, out = self.check("src/queue/a.c", "\nint pc_desk_take(void);\n")
        self.assertEqual(code, 1)
        self.assertIn("src/queue/a.c:2: pc_desk_take: 'desk' is a retired word: use dispatcher", out)

    def test_retired_word_in_a_file_name(self):
        self.assertIn("desk.c: the name has 'desk'", self.check("src/queue/desk.c", "")[1])

    def test_words_of_typescript(self):
        code, out = self.check("web/src/a.tsx", "export const openErrand = <p>an errand</p>\n")
        self.assertEqual((code, out.count("errand")), (1, 1), out)

    def test_regular_expressions_of_typescript_are_texts(self):
        self.assertEqual(self.check("web/src/a.ts", "const a =\n  /^desk$|[/'](errand)\\/x/i\nreturn /desk/.test(b)\n"), (0, ""))

    def test_a_division_is_no_regular_expression(self):
        self.assertEqual(self.check("web/src/a.ts", "const a = (b / 2) * desk / 2\n")[0], 1)

    def test_a_word_within_a_word_is_free(self):
        self.assertEqual(self.check("src/queue/a.c", "int desktop, yearly;\n"), (0, ""))


class Sizes(Scratch):
    def check(self, body_lines):
        text = "static int\nf(int a,\n  int b)\n{\n" + "    a++;\n" * body_lines + "}\n"
        return run("check-sizes", self.write("a.c", text))

    def test_short_named_and_failing(self):
        self.assertEqual(self.check(20), (0, ""))
        self.assertEqual(self.check(60)[0], 0)
        self.assertIn("65 lines", self.check(60)[1])
        self.assertEqual(self.check(90)[0], 1)

    def once(self, calls):
        body = "static int f(int a)\n{\n    return a;\n}\n\nint g(void)\n{\n    return %s;\n}\n"
        return run("check-sizes", self.write("src/pose/a.c", body % calls))

    def test_functions_called_once_are_reported_only(self):
        code, out = self.once("f(1)")
        self.assertEqual(code, 0)
        self.assertIn("src/pose: 1 of 1 static functions (100%) are called once: f (a.c, 3)", out)

    def test_functions_called_twice_and_callbacks_are_fine(self):
        self.assertEqual(self.once("f(1) + f(2)"), (0, ""))
        self.assertEqual(self.once("h(f)"), (0, ""))


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
