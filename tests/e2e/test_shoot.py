"""`posecraft shoot` with the real binary: inputs, names, manifest, exit status."""
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness import SLOW, BIN, ImageHost, clean_env, figure, figure_variant, main, shoot


class Shoot(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="posecraft-e2e-")
        self.dir = Path(self.folder.name)
        (self.dir / "in" / "sub").mkdir(parents=True)
        self.out = self.dir / "out"

    def tearDown(self):
        self.folder.cleanup()

    def put(self, name, data=None):
        path = self.dir / "in" / name
        path.write_bytes(figure_variant(1) if data is None else data)
        return path

    def lines(self, run):
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_the_runtime_tells_nobody(self):
        """ONNX Runtime 1.30 sends telemetry unless told not to, and leaves files when it begins to."""
        home = self.dir / "home"
        home.mkdir()
        picture = self.put("model.bmp", figure())
        process = subprocess.Popen([BIN, "shoot", picture, "-o", self.out], cwd=home, stderr=subprocess.DEVNULL,
                                   env=clean_env(HOME=str(home), TMPDIR=str(home), XDG_CACHE_HOME=str(home)))
        self.assertEqual(process.wait(60 * SLOW), 0)
        self.assertEqual(os.listdir(home), [])

    def test_one_image(self):
        run = shoot(self.put("model.bmp", figure()), "-o", self.out, "--json", "-")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(os.listdir(self.out)),
                         [f"model-{s}.jpg" for s in ("length", "neck", "sleeve", "waist", "zoom")])
        line, = self.lines(run)
        self.assertEqual((line["status"], line["error"], line["width"], line["height"]),
                         ("processed", None, 800, 1200))
        person = line["people"][line["person"]]
        self.assertEqual(len(person["landmarks"]), 17)
        self.assertEqual(set(person["landmarks"][0]) >= {"name", "x", "y", "score"}, True)
        for shot in line["shots"]:
            x, y, w, h = shot["box"]
            self.assertTrue(0 <= x < x + w <= 800 and 0 <= y < y + h <= 1200, shot)
            self.assertAlmostEqual(shot["box_relative"][0], x / 800, places=4)
            self.assertEqual(os.path.getsize(shot["file"]), shot["bytes"])
        self.assertEqual(set(line["timings_ms"]), {"decode", "pose", "cut", "total"})

    def test_folders_globs_lists_and_urls(self):
        for i, name in enumerate(("a.bmp", "b.BMP", "sub/c.bmp", "plain")):
            self.put(name, figure_variant(i))
        self.put("notes.md", b"not a picture")
        run = shoot(self.dir / "in", "-o", self.out, "--json", "-", "-q")
        self.assertEqual([Path(x["input"]).name for x in self.lines(run)], ["a.bmp", "b.BMP", "plain", "c.bmp"])
        run = shoot(f"{self.dir}/in/*.[bB]??", "-o", self.out, "--json", "-", "-q")
        self.assertEqual(len(self.lines(run)), 2)
        with ImageHost({"/x y.bmp": figure_variant(9)}) as host:
            listing = self.dir / "list.txt"
            listing.write_text(f"{self.dir}/in/a.bmp\n\n{host.url('/x%20y.bmp')}\n")
            run = shoot("--list", listing, "-o", self.out / "l", "--json", "-", "-q")
        self.assertEqual((run.returncode, len(self.lines(run))), (0, 2), run.stderr)
        self.assertTrue((self.out / "l" / "x y-neck.jpg").exists() or "%20" not in str(os.listdir(self.out / "l")))

    def test_exit_status_tells_all_some_none(self):
        good, bad = self.put("good.bmp"), self.put("bad.jpg", b"no picture at all, whatever its name")
        self.assertEqual(shoot(good, "-o", self.out).returncode, 0)
        some = shoot(good, bad, "-o", self.out, "--json", "-")
        self.assertEqual(some.returncode, 3)
        self.assertEqual([x["status"] for x in self.lines(some)], ["processed", "failed"])
        self.assertEqual(self.lines(some)[1]["error"]["code"], "unsupported_format")
        self.assertIn("bad.jpg", some.stderr)
        self.assertEqual(shoot(bad, "-o", self.out).returncode, 1)
        self.assertEqual(shoot("-o", self.out).returncode, 2)
        self.assertEqual(shoot(good).returncode, 2)
        self.assertEqual(shoot(self.dir / "nowhere.jpg", "-o", self.out).returncode, 2)
        self.assertEqual(shoot(good, "-o", self.out, "--shots", "nekc").returncode, 2)

    def test_names_do_not_overwrite_each_other(self):
        self.put("a.bmp", figure_variant(1))
        self.put("sub/a.bmp", figure_variant(2))
        self.put("a-2.bmp", figure_variant(3))
        run = shoot(self.dir / "in", "-o", self.out, "--shots", "neck", "--name", "{shot}/{name}.{ext}", "-q")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(os.listdir(self.out / "neck")), ["a-2.jpg", "a-3.jpg", "a.jpg"])
        self.assertEqual(shoot(self.dir / "in", "-o", self.out, "--name", "{name}.jpg").returncode, 2)
        self.assertEqual(shoot(self.dir / "in", "-o", self.out, "--name", "../{name}{shot}").returncode, 2)

    def test_a_line_of_a_list_that_does_not_exist_stops_nothing(self):
        listing = self.dir / "list.txt"
        listing.write_text(f"{self.put('a.bmp')}\n{self.dir}/in/gone.jpg\n{self.dir}/none*.jpg\n{self.put('b.bmp')}\n")
        run = shoot("--list", listing, "-o", self.out, "--shots", "neck", "--json", "-")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertEqual([(x["status"], (x["error"] or {}).get("code")) for x in self.lines(run)],
                         [("processed", None), ("failed", "file_unreadable"), ("failed", "file_unreadable"),
                          ("processed", None)])
        self.assertIn("gone.jpg", run.stderr)
        listing.write_text(f"{self.dir}/in/gone.jpg\n")
        self.assertEqual(shoot("--list", listing, "-o", self.out).returncode, 1)
        self.assertEqual(shoot("--list", self.dir / "no-list.txt", "-o", self.out).returncode, 2)

    def test_dir_repeats_the_folders_of_the_input(self):
        (self.dir / "in" / "sub" / "red").mkdir()
        for i, name in enumerate(("a.bmp", "sub/a.bmp", "sub/red/a.bmp", "sub/red/a.BMP")):
            self.put(name, figure_variant(i))
        template = ("--shots", "neck", "-q", "--name", "{dir}/{name}-{shot}.{ext}")
        run = shoot(f"{self.dir}/in/", "-o", self.out, *template)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(str(p.relative_to(self.out)) for p in self.out.rglob("*.jpg")),
                         ["a-neck.jpg", "sub/a-neck.jpg", "sub/red/a-2-neck.jpg", "sub/red/a-neck.jpg"])
        with ImageHost({"/shop/S 1/x.bmp": figure_variant(9), "/x.bmp": figure_variant(8)}) as host:
            run = shoot(self.dir / "in" / "sub" / "a.bmp", f"{self.dir}/in/*/re*/a.bmp", host.url("/shop/S%201/x.bmp"),
                        host.url("/x.bmp?a=/b/c"), "-o", self.out / "files", *template)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(str(p.relative_to(self.out / "files")) for p in (self.out / "files").rglob("*.jpg")),
                         ["S 1/x-neck.jpg", "red/a-neck.jpg", "sub/a-neck.jpg", "x-neck.jpg"])
        run = shoot(self.dir / "in", "-o", self.out / "flat", "--shots", "neck", "-q", "--name", "{name}{dir}{shot}")
        self.assertEqual((run.returncode, len(list((self.out / "flat").rglob("*")) ) >= 4), (0, True), run.stderr)

    def test_placeholders_that_cannot_be_filled_are_named(self):
        picture = self.put("a.bmp")
        for template, named in (("{sku}/{name}-{shot}.{ext}", "{sku}"), ("{name}-{shot}-{", "{"), ("{Name}-{shot}", "{Name}"),
                                ("{name}.{ext}", "{shot}"), ("{shot}.{ext}", "{name}"), ("{name}/{shot}/", "file name")):
            run = shoot(picture, "-o", self.out, "--name", template)
            self.assertEqual((run.returncode, named in run.stderr), (2, True), run.stderr)
        self.assertFalse(self.out.exists())

    def test_long_names_are_cut_and_stay_apart(self):
        for name in ("n" * 240 + "1.bmp", "n" * 240 + "2.bmp", "\u00e9" * 125 + ".bmp", "new\nline.bmp"):
            self.put(name)
        run = shoot(self.dir / "in", "-o", self.out, "--shots", "neck", "--json", "-", "-q")
        self.assertEqual(run.returncode, 0, run.stderr)
        names = sorted(os.listdir(self.out))
        self.assertEqual((len(names), names[0]), (4, "new_line-neck.jpg"))

    def test_names_that_are_not_utf8_stand_in_the_manifest(self):
        Path(os.fsdecode(os.fsencode(self.dir / "in") + b"/caf\xe9.bmp")).write_bytes(figure())
        run = shoot(self.dir / "in", "-o", self.out, "--shots", "neck", "--json", "-", "-q")
        self.assertEqual(run.returncode, 0, run.stderr)
        line, = self.lines(run)
        self.assertEqual(line["shots"][0]["file"], str(self.out / "caf_-neck.jpg"))
        self.assertTrue((self.out / "caf_-neck.jpg").is_file())

    def test_links_to_images_are_followed_and_broken_ones_named(self):
        picture = self.dir / "model.bmp"
        picture.write_bytes(figure())
        for name, target in (("good.bmp", picture), ("broken.bmp", "nowhere"), ("loop", self.dir / "in")):
            (self.dir / "in" / name).symlink_to(target)
        run = shoot(self.dir / "in", "-o", self.out, "--json", "-", "-q")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertEqual([(Path(x["input"]).name, (x["error"] or {}).get("code")) for x in self.lines(run)],
                         [("broken.bmp", "file_unreadable"), ("good.bmp", None)])

    @unittest.skipIf(os.geteuid() == 0, "root may read every folder")
    def test_folder_that_cannot_be_read_is_named(self):
        self.put("a.bmp")
        (self.dir / "in" / "sub").chmod(0)
        run = shoot(self.dir / "in", "-o", self.out, "--json", "-", "-q")
        (self.dir / "in" / "sub").chmod(0o700)
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertEqual(self.lines(run)[1]["error"]["code"], "file_unreadable")

    def test_private_addresses_are_refused(self):
        run = shoot("http://127.0.0.1:9/x.jpg", "-o", self.out, "--json", "-", env={"POSECRAFT_FETCH_ALLOW": ""})
        self.assertEqual((run.returncode, self.lines(run)[0]["error"]["code"]), (1, "url_blocked"))

    def test_memory_does_not_grow_with_images(self):
        for i in range(60):
            self.put(f"{i:03}.bmp", figure_variant(i))
        few, many = (self.peak_kib(n) for n in ("00[0-9].bmp", "*.bmp"))
        self.assertLess(many, few * 1.3 + (20000 if SLOW == 1 else 400000))  # sanitizers keep freed memory

    def peak_kib(self, pattern):
        process = subprocess.Popen([BIN, "shoot", f"{self.dir}/in/{pattern}", "-o", self.out, "-q"],
                                   env=clean_env())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    def test_stops_at_a_signal(self):
        for i in range(80):
            self.put(f"{i:03}.bmp", figure(800, 1200)[:-3] + bytes((i, 0, 0)))
        process = subprocess.Popen([BIN, "shoot", self.dir / "in", "-o", self.out, "--json", self.dir / "m.jsonl", "-q"],
                                   env=clean_env())
        while not self.out.is_dir() or len(os.listdir(self.out)) < 10:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 3)
        lines = [json.loads(x) for x in (self.dir / "m.jsonl").read_text().splitlines()]
        self.assertTrue(0 < len(lines) < 80)
        written = {s["file"] for x in lines for s in x["shots"] if s["file"]}
        self.assertEqual(written, {str(p) for p in self.out.iterdir()})


if __name__ == "__main__":
    main(__name__)
