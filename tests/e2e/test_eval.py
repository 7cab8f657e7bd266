"""`posecraft eval` with the real binary and the real model: the drawn figure as ground truth, invalid files, the
comparison of two runs, the report, and labelled photos where they are available."""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BIN, FIGURE, clean_env, figure, main, photo

SIZES = ((800, 1200), (400, 600), (900, 900))


def evaluate(*args, **kwargs):
    return subprocess.run([BIN, "eval", *map(str, args)], env=clean_env(), capture_output=True, text=True,
                          timeout=550, **kwargs)


def labels(width, height):
    """Where the drawn figure is, as a COCO annotation."""
    out = subprocess.run([FIGURE, "truth", str(width), str(height)], check=True, capture_output=True).stdout
    return {"category_id": 1, **json.loads(out)}


def plain_bmp(width=320, height=480, grey=200):
    row = bytes([grey]) * ((width * 3 + 3) // 4 * 4)
    head = bytearray(54)
    head[0:2] = b"BM"
    for at, value in ((2, 54 + len(row) * height), (10, 54), (14, 40), (18, width), (22, height)):
        head[at:at + 4] = value.to_bytes(4, "little")
    head[26], head[28] = 1, 24
    return bytes(head) + row * height


def as_stored(x, y, orientation, w, h):
    """Maps a point of the upright image to the stored one, which has w x h pixels, by EXIF's definition."""
    return {1: (x, y), 2: (w - x, y), 3: (w - x, h - y), 4: (x, h - y), 5: (y, x), 6: (y, h - x),
            7: (w - y, h - x), 8: (w - y, x)}[orientation]


def mirrored(points):
    """The labels of somebody who takes the left arm for the right one."""
    return points[:1] + [p for i in range(1, len(points), 2) for p in (points[i + 1], points[i])]


class Eval(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="posecraft-e2e-")
        self.dir = Path(self.folder.name)
        self.pictures = self.dir / "pictures"
        self.pictures.mkdir()
        self.truth = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "person"}]}
        for i, (w, h) in enumerate(SIZES):
            (self.pictures / f"{w}x{h}.bmp").write_bytes(figure(w, h))
            self.add(f"{w}x{h}.bmp", labels(w, h), width=w, height=h)

    def tearDown(self):
        self.folder.cleanup()

    def add(self, name, *people, **more):
        number = len(self.truth["images"]) + 1
        self.truth["images"].append({"id": number, "file_name": name, **more})
        self.truth["annotations"] += [{"image_id": number, **person} for person in people]

    def run_on_truth(self, *args):
        path = self.dir / "truth.coco.json"
        path.write_text(json.dumps(self.truth))
        return evaluate("--truth", path, "--images", self.pictures, *args)

    def figures(self, run):
        return {name: figure["value"] for name, figure in json.loads(run.stdout)["figures"].items()}

    def test_the_drawn_figure_is_found_where_it_was_drawn(self):
        run = self.run_on_truth("--json", "-", "-q")
        self.assertEqual(run.returncode, 0, run.stderr)
        f = self.figures(run)
        self.assertGreater(f["landmarks.oks"], .9)
        self.assertGreater(f["landmarks.pck"], .95)
        self.assertEqual((f["people.found"], f["pictures.person_shot"]), (1, 1))
        self.assertGreater(f["people.box_iou"], .85)
        self.assertGreater(f["length.person_iou"], .85)
        self.assertEqual(f["shots.all.hit"], 1, run.stdout)
        self.assertGreater(f["shots.all.iou"], .8)
        self.assertIsNone(f["pictures.no_person_shot"])
        self.assertIn("OKS", run.stderr)  # the table gives way to the JSON

    def test_names_are_stable_and_sorted_and_threads_change_nothing(self):
        runs = [self.run_on_truth("--json", "-", "-q", "--workers", n).stdout for n in (1, 3)]
        self.assertEqual(*runs)
        result = json.loads(runs[0])
        self.assertEqual(list(result["figures"]), sorted(result["figures"]))
        self.assertEqual(list(result), sorted(result))
        self.assertEqual(set(result), {"counts", "figures", "model", "pictures", "posecraft", "recipes"})
        for shot in ("all", "neck", "sleeve", "zoom", "waist", "length"):
            for name in ("hit", "iou", "ok", "partial", "review", "absent", "unexpected"):
                self.assertIn(f"shots.{shot}.{name}", result["figures"])
        self.assertEqual([p["file"] for p in result["pictures"]], [f"{w}x{h}.bmp" for w, h in SIZES])
        self.assertNotIn(str(self.dir), runs[0])

    def test_wrong_labels_show_in_the_metrics(self):
        for person in self.truth["annotations"]:
            person["keypoints"] = [v + 150 if i % 3 == 0 else v for i, v in enumerate(person["keypoints"])]
        f = self.figures(self.run_on_truth("--json", "-", "-q"))
        self.assertLess(f["landmarks.oks"], .6)
        self.assertLess(f["landmarks.pck"], .4)
        self.assertLess(f["shots.all.hit"], .8)

    def test_the_table(self):
        run = self.run_on_truth("--shots", "neck,shoes")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("3 of 3 images measured, 3 labelled people\n", run.stdout)
        self.assertRegex(run.stdout, r"\nOKS +0\.9\d\d +3 +>= 0\.891 *\n")
        self.assertRegex(run.stdout, r"\nneck +100\.0 % +3 +0\.\d{3}")
        self.assertRegex(run.stdout, r"\nshoes +100\.0 %")
        self.assertNotIn("waist", run.stdout)

    def test_missing_and_broken_images_are_named_and_counted(self):
        (self.pictures / "broken.jpg").write_bytes(b"no picture at all")
        (self.pictures / "other.bmp").write_bytes(figure(400, 600))
        self.add("gone.jpg", labels(400, 600))
        self.add("broken.jpg", labels(400, 600))
        self.add("other.bmp", labels(400, 600), width=401, height=600)
        run = self.run_on_truth("--json", self.dir / "r.json")
        self.assertEqual(run.returncode, 3)
        self.assertIn("3 of 6 images measured, 3 labelled people, 1 not in the folder, 2 failed", run.stdout)
        self.assertRegex(run.stderr, r"gone\.jpg: The folder has no such image\. \[file_unreadable\]")
        self.assertRegex(run.stderr, r"broken\.jpg: .*\[unsupported_format\]")
        self.assertRegex(run.stderr, r"other\.bmp: .*400 x 600.*401 x 600.*\[bad_truth\]")
        result = json.loads((self.dir / "r.json").read_text())
        self.assertEqual(result["counts"], {"pictures": 6, "measured": 3, "missing": 1, "failed": 2})
        self.assertEqual([p["status"] for p in result["pictures"]], 3 * ["measured"] + ["missing", "failed", "failed"])
        for name in os.listdir(self.pictures):
            (self.pictures / name).unlink()
        self.assertEqual(self.run_on_truth("-q").returncode, 1)

    def test_images_without_people(self):
        empty = self.dir / "empty"
        empty.mkdir()
        (empty / "wall.bmp").write_bytes(plain_bmp())
        (empty / "in-fact-somebody.bmp").write_bytes(figure(400, 600))
        (self.pictures / "floor.bmp").write_bytes(plain_bmp(grey=90))
        self.add("floor.bmp")
        run = self.run_on_truth("--json", "-", "-q", "--no-person", empty)
        self.assertEqual(run.returncode, 0, run.stderr)
        result = json.loads(run.stdout)
        self.assertEqual(result["figures"]["pictures.no_person_shot"]["of"], 3)
        self.assertAlmostEqual(result["figures"]["pictures.no_person_shot"]["value"], 1 / 3, places=4)
        self.assertEqual(result["figures"]["pictures.person_shot"], {"of": 3, "value": 1.0})

    def test_a_labelled_person_who_is_not_there_is_missed(self):
        (self.pictures / "wall.bmp").write_bytes(plain_bmp(400, 600))
        self.add("wall.bmp", labels(400, 600))
        f = self.figures(self.run_on_truth("--json", "-", "-q"))
        self.assertEqual((f["people.found"], f["pictures.person_shot"]), (.75, .75))
        self.assertEqual(f["shots.neck.hit"], .75)
        self.assertAlmostEqual(f["landmarks.oks"], .75 * f["landmarks.oks_of_found"], places=4)

    def test_baseline(self):
        before = self.dir / "before.json"
        self.assertEqual(self.run_on_truth("--json", before, "-q").returncode, 0)
        same = self.run_on_truth("--baseline", before)
        self.assertEqual(same.returncode, 0)
        self.assertIn("difference", same.stdout)
        self.assertNotRegex(same.stdout, "[↑↓]")
        result = json.loads(before.read_text())
        result["figures"]["landmarks.oks"]["value"] = 1.0
        result["figures"]["shots.neck.hit"]["value"] = .5
        before.write_text(json.dumps(result))
        run = self.run_on_truth("--baseline", before)
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.stdout, r"landmarks\.oks +1\.000 +0\.9\d\d  ↓ -0\.0\d\d +worse")
        self.assertRegex(run.stdout, r"shots\.neck\.hit +50\.0 % +100\.0 %  ↑ \+50\.0 % +better")

    def test_report(self):
        report = self.dir / "report.html"
        (self.pictures / "a<b>.bmp").write_bytes(plain_bmp(400, 600))
        self.add("a<b>.bmp", labels(400, 600))
        run = self.run_on_truth("--html", report, "--worst", "2")
        self.assertEqual(run.returncode, 0, run.stderr)
        html = report.read_text()
        self.assertEqual(len(re.findall(r'src="data:image/jpeg;base64,/9j/', html)), 2)
        self.assertEqual(re.findall(r"<h2>(.*?)</h2>", html)[0], "a&lt;b&gt;.bmp")  # the worst first
        self.assertNotRegex(html, r"<script|https?://|<b>\.bmp")
        self.assertIn("absent, though the labels show it", html)

    def test_wrong_truth(self):
        truth = self.dir / "t.json"
        for text, says in (("{", "not valid JSON"), ("[1]", "not a COCO file"), ('{"images": []}', "images"),
                           ('{"images": [{"id": 1, "file_name": "../x"}], "annotations": []}', "images[0].file_name"),
                           ("\0\xff", "not valid JSON")):
            truth.write_text(text, encoding="latin-1")
            run = evaluate("--truth", truth, "--images", self.pictures)
            self.assertEqual(run.returncode, 2, text)
            self.assertIn("[bad_truth]", run.stderr)
            self.assertIn(says, run.stderr)
            self.assertEqual(run.stdout, "")
        run = evaluate("--truth", self.dir / "nowhere.json", "--images", self.pictures)
        self.assertEqual(run.returncode, 2)
        self.assertIn("[file_unreadable]", run.stderr)

    def test_wrong_usage(self):
        good = self.dir / "good.json"
        good.write_text(json.dumps(self.truth))
        there = ("--truth", good, "--images", self.pictures)
        for args in ((), ("--truth", good), ("--images", self.pictures), (*there, "extra"), (*there, "--worst", "-1"),
                     (*there, "--nonsense"), (*there, "--shots", "nekc"), (*there, "--workers", "x"),
                     (*there, "--baseline", self.dir / "nowhere"), (*there, "--baseline", good),
                     (*there, "--no-person", self.dir / "nowhere")):
            run = evaluate(*args)
            self.assertEqual(run.returncode, 2, args)
            self.assertEqual(run.stdout, "")
            self.assertTrue(run.stderr, args)
        self.assertEqual(evaluate("--help").returncode, 0)
        run = self.run_on_truth("--json", self.dir / "no" / "such" / "folder.json")
        self.assertEqual(run.returncode, 1)
        self.assertIn("[file_unwritable]", run.stderr)

    def test_labels_of_turned_photos(self):
        folder = photo("robust/derived/dog_human_exif1.jpg").parent
        names = [f"dog_human_exif{i}.jpg" for i in range(1, 9)]
        self.truth = {"images": [], "annotations": []}
        run = subprocess.run([BIN, "shoot", *(str(folder / name) for name in names), "-o", str(self.dir / "out"), "--json",
                              "-", "-q"], env=clean_env(), capture_output=True, text=True, timeout=550)
        for orientation, line in enumerate(map(json.loads, run.stdout.splitlines()), 1):
            upright = line["width"], line["height"]
            w, h = upright[::-1] if orientation >= 5 else upright
            person = line["people"][line["person"]]
            points = [as_stored(p["x"], p["y"], orientation, w, h) for p in person["landmarks"]]
            points = mirrored(points) if orientation in (2, 4, 5, 7) else points
            x, y, bw, bh = person["box"]
            ends = [as_stored(*p, orientation, w, h) for p in ((x, y), (x + bw, y + bh))]
            (x0, x1), (y0, y1) = (sorted(axis) for axis in zip(*ends))
            self.add(names[orientation - 1], width=w, height=h, *[{
                "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0], "keypoints": [v for p in points for v in (*p, 2)]}])
        self.pictures = folder
        run = self.run_on_truth("--json", "-", "-q")
        self.assertEqual(run.returncode, 0, run.stderr)
        f = self.figures(run)
        self.assertGreater(f["landmarks.oks"], .999)
        self.assertGreater(f["people.box_iou"], .99)
        self.assertEqual(f["shots.all.hit"], 1)

    def test_labelled_photos(self):
        truth = photo("photos/truth.coco.json")
        run = evaluate("--truth", truth, "--images", truth.parent, "--json", "-", "-q")
        self.assertEqual(run.returncode, 0, run.stderr)
        f = self.figures(run)
        self.assertGreater(f["landmarks.oks"], .85)
        self.assertGreater(f["landmarks.pck"], .85)
        self.assertGreater(f["pictures.person_shot"], .95)
        self.assertGreater(f["length.person_iou"], .85)
        self.assertGreater(f["shots.all.hit"], .9)
        self.assertGreater(f["shots.all.iou"], .8)


if __name__ == "__main__":
    main(__name__)
