"""kill -9 at any moment, then a restart: every accepted image ends processed or failed, no shot appears twice,
no partial file is served, and nothing is left over."""
import http.client
import random
import signal
import tempfile
import threading
import time
import unittest
from pathlib import Path

from harness import Server, figure_variant, main


class Crash(unittest.TestCase):
    def test_nothing_is_lost_when_killed_again_and_again(self):
        dice = random.Random(7)
        accepted = set()
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            env = {"POSECRAFT_LEASE": "3s", "POSECRAFT_ATTEMPTS": "20"}  # each kill counts as a try
            for round_number in range(6):
                server = Server(data=data, env=env).start()
                sender = threading.Thread(target=self.send, args=(server, round_number, accepted))
                sender.start()
                time.sleep(dice.uniform(0.1, 1.2))
                server.stop(signal.SIGKILL)
                sender.join()
            with Server(data=data, env=env) as server:
                for image_id in accepted:
                    image = server.wait_for(image_id, 120)
                    self.assertEqual(image["status"], "processed", image)
                    labels = [s["label"] for s in image["shots"]]
                    self.assertEqual(len(labels), len(set(labels)))
                    for shot in image["shots"]:
                        if "url" in shot:
                            body = server.request("GET", shot["url"]).body
                            self.assertEqual(len(body), shot["bytes"])
                            self.assertTrue(body.endswith(b"\xff\xd9"))
                total = server.request("GET", "/images?limit=1").json["total"]
                self.assertGreaterEqual(total, len(accepted))
                self.assertLessEqual(total, len(accepted) + 6)  # one a round whose answer was cut off
        self.assertGreater(len(accepted), 5)

    @staticmethod
    def send(server, round_number, accepted):
        for i in range(40):
            try:
                accepted.add(server.upload(figure_variant(1000 + round_number * 100 + i)).json["id"])
            except (OSError, http.client.HTTPException, ValueError):  # it was killed
                return


if __name__ == "__main__":
    main(__name__)
