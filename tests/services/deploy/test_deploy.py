"""The files of deploy/, read by the tools of those who will run them, and held against the program:
its settings, command line, probes and metrics. Needs: the checker (scripts/setup services builds it)
for Docker and Kubernetes, systemd-analyze for the units."""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

SOURCE = Path(os.environ["POSECRAFT_TEST_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests/e2e"))
from harness import BIN, Server, clean_env, main  # noqa: E402

DEPLOY = SOURCE / "deploy"
UNITS = ("posecraft.service", "posecraft-worker@.service")
# Variables of the images and of the board, not ours.
FOREIGN = {"REDIS_PASSWORD", "REDIS_URL", "S3_KEY_ID", "S3_SECRET", "ROOT_ACCESS_KEY", "ROOT_SECRET_KEY"}


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def manifests(kind):
    documents = yaml.safe_load_all((DEPLOY / "kubernetes/posecraft.yaml").read_text())
    return [document for document in documents if document["kind"] == kind]


def containers():
    return [c for d in manifests("Deployment") for c in d["spec"]["template"]["spec"]["containers"]]


def unit_value(unit, key):
    return re.findall(rf"^{key}=(.*)$", (DEPLOY / "systemd" / unit).read_text(), re.M)


def commands():
    """Every command line of our program in deploy/, with where it stands."""
    for name in ("api", "worker"):
        yield f"compose.yaml {name}", compose()[name]["command"]
    for container in containers():
        yield f"kubernetes {container['name']}", container["args"]
    for unit in UNITS:
        yield unit, shlex.split(unit_value(unit, "ExecStart")[0])[1:]


def settings():
    """Name and default, from the table that the program prints."""
    table = {}
    for line in (SOURCE / "docs/settings.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 4:
            table |= {name: cells[3].strip("`") for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cells[1])}
    return table


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(ms|s|m)?", str(text)).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, None: 1}[unit]


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
        self.analyze("security", "--offline=yes", "--threshold=15")  # exposure at most 1.5 of 10

    def test_variables_are_settings(self):
        known = settings()
        self.assertIn("POSECRAFT_DATA", known)
        named = set()
        for path in DEPLOY.rglob("*"):
            if path.is_file() and "node_modules" not in path.parts:
                named |= set(re.findall(r"\b(?:POSECRAFT|AWS|MONGO|REDIS|S3)_[A-Z0-9_]*[A-Z0-9]\b", path.read_text()))
        unknown = {name for name in named - FOREIGN - {"POSECRAFT_X"} if name not in known}
        self.assertEqual(unknown, set())
        self.assertIn("POSECRAFT_RECORDS", named)

    def test_the_environment_of_compose_is_taken(self):
        env = {k: re.sub(r"\$\{[^}]*\}", "word", v) for k, v in compose()["api"]["environment"].items()}
        run = subprocess.run([BIN, "doctor"], env=clean_env(**env), capture_output=True, text=True, timeout=120)
        told = run.stdout + run.stderr
        for address in ("mongodb://mongo:27017/posecraft", "@redis:6379", "s3://shots"):
            self.assertIn(address, told)
        self.assertNotIn("no such setting", told)

    def test_command_lines_are_taken(self):
        for where, command in commands():
            with self.subTest(where), tempfile.TemporaryDirectory() as data:
                more = ["--port", "0"] if command[0] == "serve" else []
                process = subprocess.Popen([BIN, *command, *more, "--data", data], env=clean_env(), text=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                # libmongoc may have a word to say before, where a dead process left its counters behind.
                said = next((line for line in process.stdout if re.search(r"listening on|working", line)), None)
                self.assertTrue(said)
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0)

    def test_probes_and_metrics_are_there(self):
        paths = {probe["httpGet"]["path"] for container in containers() for name, probe in container.items()
                 if name.endswith("Probe")}
        self.assertEqual(paths, {"/healthz", "/readyz"})
        with Server("--workers", "0") as server:
            for path in paths:
                self.assertEqual(server.request("GET", path).status, 200)
            metrics = server.request("GET", "/metrics").body.decode()
        rule = yaml.safe_load((DEPLOY / "kubernetes/prometheus-adapter.yaml").read_text())["rules"]["external"][0]
        series, label = re.match(r"(\w+)\{.*,(state=\"\w+\")\}", rule["seriesQuery"]).groups()
        self.assertRegex(metrics, rf"(?m)^{series}\{{{label}\}} \d+$")
        self.assertIn(series, rule["metricsQuery"])
        scaled = manifests("HorizontalPodAutoscaler")[0]["spec"]
        self.assertEqual(scaled["metrics"][0]["external"]["metric"]["name"], rule["name"]["as"])
        self.assertIn(scaled["scaleTargetRef"]["name"], [d["metadata"]["name"] for d in manifests("Deployment")])

    def test_nobody_is_killed_before_its_stop_time(self):
        stop = seconds(settings()["POSECRAFT_STOP_TIME"])
        for name in ("api", "worker"):
            self.assertGreater(seconds(compose()[name]["stop_grace_period"]), stop)
        for deployment in manifests("Deployment"):
            pod = deployment["spec"]["template"]["spec"]
            hook = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
            self.assertGreater(pod["terminationGracePeriodSeconds"], stop + seconds(hook[1]))
        for unit in UNITS:
            self.assertGreater(seconds(unit_value(unit, "TimeoutStopSec")[0]), stop)

    def test_nothing_of_a_working_copy_reaches_the_image(self):
        ignored = (SOURCE / ".dockerignore").read_text().split()
        for name in (".git", "data", "share", "**/node_modules", "**/.env"):
            self.assertIn(name, ignored)


if __name__ == "__main__":
    main(__name__)
