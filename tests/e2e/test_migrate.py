"""`posecraft migrate` between embedded stores, and `posecraft sweep`. tests/services tests migration to servers."""
import json
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness import BIN, SLOW, Server, clean_env, figure_variant, main


def command(*args, env=None):
    return subprocess.run([BIN, *map(str, args)], env=clean_env(**(env or {})), capture_output=True,
                          text=True, timeout=300)


class Moved:
    """A source with some images, and the store URLs of both sides."""

    def __init__(self, test, n=3):
        self.folder = Path(tempfile.mkdtemp(prefix="posecraft-e2e-"))
        test.addCleanup(shutil.rmtree, self.folder, True)
        self.old, self.new = self.folder / "old", self.folder / "new"
        self.old.mkdir()
        self.new.mkdir()
        self.stores = ["--from", f"sqlite:{self.old}/posecraft.db", "--to", f"sqlite:{self.new}/posecraft.db",
                       "--from-blobs", f"file:{self.old}/blobs", "--to-blobs", f"file:{self.new}/blobs"]
        self.fill(range(n))

    def fill(self, numbers, remove=()):
        with Server(data=str(self.old)) as server:
            ids = [server.upload(figure_variant(i), name=f"{i}.bmp").json["id"] for i in numbers]
            for image_id in ids:
                server.wait_for(image_id)
            for image_id in remove:
                server.request("DELETE", f"/images/{image_id}")

    def migrate(self, *more):
        return command("migrate", *self.stores, *more)


class Migrate(unittest.TestCase):
    def test_everything_is_there_and_served(self):
        moved = Moved(self)
        run = moved.migrate()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("copied    3 images", run.stdout)
        self.assertIn("compared  3 images", run.stdout)
        self.assertIn(": 0 differ", run.stdout)
        with sqlite3.connect(moved.new / "posecraft.db") as db:  # what others read there
            for (text,) in db.execute("SELECT shots FROM papers"):
                for shot in json.loads(text):
                    self.assertEqual(shot.get("url"), "/files/" + shot["key"] if "key" in shot else None)
        with Server(data=str(moved.old)) as old, Server(data=str(moved.new)) as new:
            for image_id in (1, 2, 3):
                a, b = (s.request("GET", f"/images/{image_id}").json for s in (old, new))
                a.pop("seq"), b.pop("seq")
                self.assertEqual(a, b)
                for shot in a["shots"]:
                    if "url" in shot:
                        self.assertEqual(old.request("GET", shot["url"]).body, new.request("GET", shot["url"]).body)
            again = new.upload(figure_variant(0)).json  # known by its bytes
            self.assertEqual((again["id"], again["status"]), (1, "processed"))
            self.assertEqual(new.upload(figure_variant(50)).json["id"], 4)

    def test_a_second_run_brings_what_changed(self):
        moved = Moved(self)
        self.assertEqual(moved.migrate().returncode, 0)
        moved.fill([10, 11], remove=[2])
        run = moved.migrate()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("copied    2 images", run.stdout)
        self.assertIn("1 images removed", run.stdout)
        self.assertIn("compared  4 images", run.stdout)
        run = moved.migrate()
        self.assertIn("copied    0 images, 0 files", run.stdout)

    def test_an_image_that_came_again_under_another_id(self):
        moved = Moved(self)
        self.assertEqual(moved.migrate().returncode, 0)
        moved.fill([], remove=[2])
        moved.fill([1])  # the bytes of 2, so its URL too
        run = moved.migrate()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("compared  3 images", run.stdout)
        self.assertIn(": 0 differ", run.stdout)

    def test_a_stopped_run_goes_on(self):
        moved = Moved(self, n=1)
        rows = 5000  # enough that a signal comes in the middle
        with sqlite3.connect(moved.old / "posecraft.db") as db:
            names = [r[1] for r in db.execute("PRAGMA table_info(images)") if r[1] not in ("id", "seq", "url")]
            columns = ", ".join(names)
            db.execute(f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
                INSERT INTO images(seq, url, {columns})
                SELECT (SELECT seq FROM store) + i, 'https://example.com/' || i, {columns} FROM n, images
                WHERE id = 1""")
            db.execute("UPDATE store SET seq = (SELECT max(seq) FROM images)")
        args = [BIN, "migrate", *moved.stores[:4]]
        first = subprocess.Popen(args, env=clean_env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        target = moved.new / "posecraft.db"
        end = time.monotonic() + 60 * SLOW
        while time.monotonic() < end and not self.rows_of(target):
            time.sleep(0.005)
        first.send_signal(signal.SIGINT)
        out, _ = first.communicate(timeout=60 * SLOW)
        copied = self.rows_of(target)
        self.assertTrue(0 < copied <= rows + 1)
        run = subprocess.run(args, env=clean_env(), capture_output=True, text=True, timeout=300)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn(f"compared  {rows + 1} images", run.stdout)
        if first.returncode != 0:  # it was stopped indeed
            self.assertNotIn(f"copied    {rows + 1} images", run.stdout, out)

    @staticmethod
    def rows_of(path):
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
                return db.execute("SELECT count(*) FROM images").fetchone()[0]
        except sqlite3.Error:
            return 0

    def test_a_damaged_file_is_found(self):
        moved = Moved(self, n=1)
        self.assertEqual(moved.migrate().returncode, 0)
        victim = next(p for p in (moved.new / "blobs").rglob("*.jpg"))
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.chmod(0o600)
        victim.write_bytes(data)
        run = moved.migrate("--verify-only")
        self.assertEqual(run.returncode, 1)
        self.assertIn("1 differ", run.stdout)
        self.assertIn("image 1: a file differs", run.stderr)

    def test_what_cannot_be_is_refused(self):
        moved = Moved(self, n=1)
        with Server(data=str(moved.new)) as server:
            server.upload(figure_variant(77))
        run = moved.migrate()
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn("did not come from this source", run.stderr)
        for args in ([], ["--from", "sqlite:a"], ["--from", "memory:", "--to", "memory:"],
                     [*moved.stores[:4], "--from-blobs", "file:x"], [*moved.stores, "extra"],
                     [*moved.stores, "--verify-only", "--no-verify"]):
            self.assertEqual(command("migrate", *args).returncode, 2, args)
        self.assertNotEqual(command("migrate", "--from", "nosuch:x", "--to", moved.stores[3]).returncode, 0)


class Sweep(unittest.TestCase):
    def test_files_that_no_record_names_go(self):
        moved = Moved(self, n=2)
        with sqlite3.connect(moved.old / "posecraft.db") as db:
            db.executescript("DELETE FROM images WHERE id = 2; DELETE FROM papers WHERE id = 2;"
                             "DELETE FROM blobs WHERE image = 2;")  # as if it never had been named
        files = lambda: {p.name for p in (moved.old / "blobs").rglob("*.*") if p.is_file()}
        before = files()
        run = command("sweep", "--data", moved.old)
        self.assertIn("0 that no record refers to", run.stdout)
        self.assertEqual(files(), before)
        run = command("sweep", "--data", moved.old, "--older", "0", "--dry-run")
        self.assertEqual(files(), before)
        run = command("sweep", "--data", moved.old, "--older", "0")
        self.assertEqual(run.returncode, 0, run.stderr)
        left = files()
        self.assertTrue(left and left < before)
        self.assertFalse([name for name in left if "shots,2," in name])
        with Server(data=str(moved.old)) as server:
            for shot in server.request("GET", "/images/1").json["shots"]:
                if "url" in shot:
                    self.assertEqual(server.request("GET", shot["url"]).status, 200)
        self.assertEqual(command("sweep", "--older", "1x").returncode, 2)


if __name__ == "__main__":
    main(__name__)
