"""Processes of PoseCraft on real servers, for all tests of a class."""
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness import BIN, SLOW, Server, clean_env
from servers import Servers, spawn


class ServersTestCase(unittest.TestCase):
    """The servers run while the tests of the class do. If a server is not available, all are skipped."""

    kind = Servers  # or one of them
    settings = {"POSECRAFT_LEASE": "4s", "POSECRAFT_BACKOFF": "200ms"}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="posecraft-services-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.servers = cls.enterClassContext(cls.kind(cls.folder))
        cls.env = {**cls.servers.env, **cls.settings}

    def serve(self, *args, **env):
        """Starts `posecraft serve` with a folder of its own; it ends with the test."""
        server = Server(*args, data=tempfile.mkdtemp(dir=self.folder), env={**self.env, **env}).start()
        self.addCleanup(server.stop)
        return server

    def work(self, workers):
        """Starts `posecraft work` and waits until its workers run; it ends with the test."""
        path = Path(self.folder, "work.log")
        with open(path, "ab") as log:
            before = log.tell()
            worker = spawn([BIN, "work", "--workers", str(workers), "--data", f"{self.folder}/work"],
                           env=clean_env(**self.env), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.addCleanup(worker.wait, 60 * SLOW)
        self.addCleanup(worker.terminate)
        while b'"working"' not in path.read_bytes()[before:]:
            self.assertIsNone(worker.poll(), "work ended at its start")
            time.sleep(0.02)
        return worker
