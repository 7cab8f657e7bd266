"""SIGTERM while a server is frozen (it accepts connections and bytes, but answers nothing): processes end a few seconds
after their grace period at the latest, and other processes finish their jobs when the server continues."""
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "e2e"), str(HERE.parents[1])]
from harness import SLOW, figure_variant, main  # noqa: E402
from running import ServersTestCase  # noqa: E402

GRACE_S = 3
FREEZE_BEFORE_S = 1  # so that everything that works or waits has noticed the frozen server


class Stop(ServersTestCase):
    settings = {**ServersTestCase.settings, "POSECRAFT_STOP_TIME": f"{GRACE_S}s"}

    def thaw(self, server):
        server.process.send_signal(signal.SIGCONT)

    def freeze(self, server):
        server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.thaw, server)
        time.sleep(FREEZE_BEFORE_S)

    def stop(self, what, server, process):
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(120 * SLOW)
        except subprocess.TimeoutExpired:
            code = "nothing yet"
        took = time.monotonic() - begun
        print(f"# {what} with {server.program} frozen: {took:.1f} s", flush=True)
        self.assertEqual(code, 0, f"{what} with {server.program} frozen, {took:.1f} s")

    def first_done(self, api, ids):
        end = time.monotonic() + 60 * SLOW
        while time.monotonic() < end:
            if any(api.request("GET", f"/image-status/{i}").json["status"] != "pending" for i in ids):
                return
            time.sleep(0.02)
        raise AssertionError(api.log_text())

    def test_a_worker_at_work(self):
        for place, server in enumerate(self.servers.all):
            with self.subTest(server.program):
                api = self.serve("--workers", "0")
                ids = [api.upload(figure_variant(100 * place + n, 240, 360)).json["id"] for n in range(40)]
                worker = self.work(2)
                self.first_done(api, ids)
                self.freeze(server)
                try:
                    self.stop("a worker", server, worker)
                finally:
                    self.thaw(server)
                another = self.work(2)
                for image_id in ids:
                    self.assertEqual(api.wait_for(image_id)["status"], "processed")
                self.assertEqual(api.stop(), 0)
                another.terminate()
                self.assertEqual(another.wait(60 * SLOW), 0)

    def test_an_api_process_with_requests(self):
        for place, server in enumerate(self.servers.all):
            with self.subTest(server.program):
                api = self.serve("--workers", "0")
                known = api.upload(figure_variant(1000 + place, 240, 360)).json["id"]
                self.freeze(server)
                asks = [lambda n=n: api.upload(figure_variant(2000 + 100 * place + n)) for n in range(12)]
                asks += [lambda: api.request("GET", f"/image-status/{known}?wait=30"), lambda: api.request("GET", "/images"),
                         lambda: api.request("GET", f"/images.zip?ids={known}"), lambda: api.request("GET", "/readyz"),
                         lambda: api.request("DELETE", f"/images/{known}")]
                for ask in asks:
                    threading.Thread(target=self.quietly, args=[ask], daemon=True).start()
                time.sleep(FREEZE_BEFORE_S)
                try:
                    self.stop("an API process", server, api.process)
                finally:
                    self.thaw(server)

    @staticmethod
    def quietly(ask):
        try:
            ask()
        except Exception:  # it may well be aborted
            pass


if __name__ == "__main__":
    main(__name__)
