"""The files of deploy/, read by the tools of those who will run them. Needs: the checker
(scripts/setup services builds it) for Docker and Kubernetes, systemd-analyze for the units."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ["POSECRAFT_TEST_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/e2e"))
from harness import main  # noqa: E402

DEPLOY = SOURCE / "deploy"
UNITS = ("posecraft.service", "posecraft-worker@.service")


def checker():
    folder = os.environ.get("POSECRAFT_TEST_SERVERS", "")
    path = shutil.which("deploycheck", path=folder) if folder else None
    if not path:
        raise unittest.SkipTest("deploycheck was not built (scripts/setup services needs Go)")
    return path


class Deploy(unittest.TestCase):
    def test_docker_compose_and_kubernetes_files(self):
        run = subprocess.run([checker(), str(DEPLOY)], capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_the_checker_refuses_a_wrong_field(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(DEPLOY, folder, dirs_exist_ok=True)
            manifest = Path(folder, "kubernetes/posecraft.yaml")
            manifest.write_text(manifest.read_text().replace("readinessProbe:", "readynessProbe:"))
            run = subprocess.run([checker(), folder], capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 1)
            self.assertIn("readynessProbe", run.stdout)

    def analyze(self, *args):
        if not shutil.which("systemd-analyze"):
            raise unittest.SkipTest("no systemd-analyze")
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNITS:  # the program is not installed here
                text = (DEPLOY / "systemd" / unit).read_text()
                Path(folder, unit).write_text(text.replace("/opt/posecraft/bin/posecraft", "/bin/true"))
            run = subprocess.run(["systemd-analyze", *args, *(f"./{u}" for u in UNITS)], cwd=folder,
                                 capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            return run.stdout + run.stderr

    def test_systemd_units(self):
        self.assertEqual(self.analyze("verify").strip(), "")

    def test_systemd_sandbox(self):
        self.analyze("security", "--offline=yes", "--threshold=20")  # exposure at most 2.0 of 10


if __name__ == "__main__":
    main(__name__)
