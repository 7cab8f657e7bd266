"""Unusual, broken and hostile files with the real binary; tests/data/image/robust.txt has a row for each."""
import json
import os
import tempfile
import unittest
from pathlib import Path

from harness import PHOTOS, main, photo, shoot

EXPECTED = Path(os.environ["POSECRAFT_TEST_SOURCE"], "tests/data/image/robust.txt")


class Robust(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        photo("robust/manifest.json")
        cls.folder = tempfile.TemporaryDirectory(prefix="posecraft-e2e-")
        names = [i["file"] for i in json.loads((PHOTOS / "robust/manifest.json").read_text())["images"]]
        cls.names = names
        run = shoot(*[PHOTOS / "robust" / n for n in names], "-o", cls.folder.name, "--json", "-")
        cls.run_result = run
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        cls.lines = dict(zip(names, lines))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_file_is_answered(self):
        self.assertEqual(self.run_result.returncode, 3, self.run_result.stderr[-2000:])
        self.assertEqual(set(self.lines), set(self.names))

    def test_codes_are_the_expected_ones(self):
        rows = [line.split("|") for line in EXPECTED.read_text().splitlines()
                if line.strip() and line[0] != "#"]
        self.assertGreater(len(rows), 50)
        for row in rows:
            name, want = row[0].strip(), row[1].strip().split()[0]
            with self.subTest(file=name):
                line = self.lines[name]
                self.assertEqual(line["error"]["code"] if line["error"] else "ok", want)

    def test_nobody_is_found_where_nobody_is(self):
        for name in (n for n in self.names if n.startswith("noperson/")):
            with self.subTest(file=name):
                line = self.lines[name]
                self.assertIsNone(line["person"])
                self.assertIn("no_person", line["attention"])
                states = {s["label"]: s["state"] for s in line["shots"]}
                self.assertEqual([states[s] for s in ("neck", "sleeve", "waist")], ["absent"] * 3)
                self.assertNotEqual(states["length"], "absent")

    def same_boxes(self, names, tolerance):
        first = self.lines[names[0]]
        for name in names[1:]:
            line = self.lines[name]
            self.assertEqual((line["width"], line["height"]), (first["width"], first["height"]), name)
            for a, b in zip(first["shots"], line["shots"]):
                self.assertEqual(a["state"], b["state"], (name, a["label"]))
                for p, q in zip(a.get("box", []), b.get("box", [])):
                    self.assertAlmostEqual(p, q, delta=tolerance, msg=f"{name} {a['label']}")

    def test_orientation_changes_nothing(self):
        self.same_boxes([f"derived/dog_human_exif{k}.jpg" for k in range(1, 9)], 32)

    def test_container_changes_nothing(self):
        self.same_boxes(["derived/dog_human_exif1.jpg", "derived/jpeg_named.png", "derived/no_extension",
                         "derived/UPPER.JPEG", "derived/dog_human_progressive.jpg", "derived/dog_human.webp",
                         "derived/dog_human.avif"], 32)

    def test_several_people_are_said(self):
        self.assertIn("several_people", self.lines["derived/dog_human_x3_same_person.jpg"]["attention"])


if __name__ == "__main__":
    main(__name__)
