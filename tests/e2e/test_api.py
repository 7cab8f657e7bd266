"""The API with the real binary: every body kind, files, errors, retry, delete, stop."""
import base64
import json
import re
import signal
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from harness import SLOW, ImageHost, ServerTestCase, Server, clean_env, figure, figure_variant, main, BIN
import subprocess

FIVE = ["neck", "sleeve", "zoom", "waist", "length"]


class Api(ServerTestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ImageHost({
            "/a.bmp": figure_variant(1), "/b.bmp": figure_variant(2), "/c d.bmp": figure_variant(3), "/d.bmp": figure_variant(4),
            "/text": b"this is no picture", "/empty": b""}))
        super().setUpClass()

    def check_five(self, image):
        self.assertEqual([s["label"] for s in image["shots"]], FIVE)
        for shot in image["shots"]:
            self.assertEqual(shot["state"], "ok", shot)
            answer = self.server.request("GET", shot["url"])
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers["Content-Type"], "image/jpeg")
            self.assertEqual(len(answer.body), shot["bytes"])
            self.assertTrue(answer.body.startswith(b"\xff\xd8\xff") and answer.body.endswith(b"\xff\xd9"))

    def test_upload_gives_five_shots(self):
        answer = self.server.upload(figure(), name="Größe 1.bmp", sku="SKU-7", batch="spring")
        self.assertEqual(answer.status, 202, answer.body)
        self.assertEqual(answer.json["id"], answer.json["imageId"])
        image = self.server.wait_for(answer.json["id"])
        self.assertEqual(image["status"], "processed", image)
        self.assertEqual((image["name"], image["sku"], image["batch"]), ("Größe 1.bmp", "SKU-7", "spring"))
        self.assertEqual((image["width"], image["height"]), (800, 1200))
        self.check_five(image)
        detail = self.server.request("GET", f"/images/{image['id']}").json
        self.assertEqual(len(detail["people"]), 1)
        self.assertEqual(len(detail["people"][0]["landmarks"]), 17)
        self.assertEqual(detail["facing"], "front")

    def test_same_bytes_are_the_same_image(self):
        first = self.server.upload(figure_variant(10))
        again = self.server.request("POST", "/process", figure_variant(10), {"Content-Type": "image/bmp"})
        self.assertEqual((first.status, again.status), (202, 200))
        self.assertEqual(first.json["id"], again.json["id"])

    def test_every_body_kind_is_taken(self):
        data = figure_variant(20)
        uri = "data:image/bmp;base64," + base64.b64encode(figure_variant(21)).decode()
        raw = self.server.request("POST", "/process?name=raw.bmp", data, {"Content-Type": "image/bmp"})
        octets = self.server.request("POST", "/api/process", figure_variant(22),
                                 {"Content-Type": "application/octet-stream"})
        as_data = self.server.post_json("/process", {"imageData": uri})
        as_url = self.server.post_json("/process", {"imageUrl": self.host.url("/d.bmp")})
        for answer in (raw, octets, as_data, as_url):
            self.assertEqual(answer.status, 202, answer.body)
            self.assertEqual(self.server.wait_for(answer.json["id"])["status"], "processed")

    def test_links_of_eight_kilobytes_work_everywhere(self):
        """As they come signed with the credentials of a role."""
        def signed(path, length):
            url = self.host.url(path) + "?X-Amz-Security-Token="
            return url + "x" * (length - len(url))
        first, second, much = signed("/a.bmp", 8192), signed("/b.bmp", 8192), signed("/a.bmp", 8193)
        one = self.server.post_json("/process", {"imageUrl": first})
        self.assertEqual(one.status, 202, one.body)
        batch = self.server.post_json("/process-batch", {"imageUrls": [first, second, much]}).json
        self.assertEqual([(r["line"], r["code"]) for r in batch["rejected"]], [(3, "bad_url")])
        self.assertIn("8192", batch["rejected"][0]["message"])
        self.assertEqual(self.server.post_json("/process", {"imageUrl": much}).json["error"]["code"], "bad_url")
        for image in batch["images"]:
            done = self.server.wait_for(image["id"])
            self.assertEqual((done["status"], len(done["url"])), ("processed", 8192), done)
        self.assertEqual(batch["images"][0]["id"], one.json["id"])

    def test_batch_takes_good_ones_and_names_bad_ones(self):
        urls = [self.host.url("/b.bmp"), "ftp://x/y", "no address", self.host.url("/missing.bmp"),
                "http://10.0.0.1/secret.jpg"]
        answer = self.server.post_json("/process-batch", {"imageUrls": urls})
        self.assertEqual(answer.status, 202, answer.body)
        body = answer.json
        self.assertEqual(len(body["imageIds"]), 2)
        self.assertEqual([(r["line"], r["code"]) for r in body["rejected"]],
                         [(2, "url_scheme"), (3, "bad_url"), (5, "url_blocked")])
        states = {i["url"]: self.server.wait_for(i["id"]) for i in body["images"]}
        self.assertEqual(states[urls[0]]["status"], "processed")
        self.assertEqual(states[urls[3]]["status"], "failed")
        self.assertEqual(states[urls[3]]["error"]["code"], "fetch_status")
        again = self.server.post_json("/process-batch", {"urls": urls[:1]}).json
        self.assertEqual(again["imageIds"], body["imageIds"][:1])

    def test_batch_as_text_and_csv(self):
        text = self.server.request("POST", "/process-batch", self.host.url("/a.bmp") + "\r\n\r\nrubbish\n",
                               {"Content-Type": "text/plain"})
        self.assertEqual((len(text.json["imageIds"]), text.json["rejected"][0]["line"]), (1, 3))
        rows = f'sku,url,label\r\n"A ""1""",{self.host.url("/c%20d.bmp")},"red, blue"\r\n,,\r\n'
        csv = self.server.request("POST", "/process-batch", rows.encode(), {"Content-Type": "text/csv"})
        image = self.server.wait_for(csv.json["imageIds"][0])
        self.assertEqual((image["sku"], image["label"], image["name"]), ('A "1"', "red, blue", "c d.bmp"))

    def test_bad_requests_have_stable_codes(self):
        ask, post = self.server.request, self.server.post_json
        cases = [
            (ask("POST", "/process", b"", {"Content-Type": "image/png"}), 400, "body_empty"),
            (ask("POST", "/process", b"GIF?" * 40, {"Content-Type": "image/png"}), 415, "unsupported_format"),
            (ask("POST", "/process", b"<x/>", {"Content-Type": "text/xml"}), 415, "unsupported_media_type"),
            (ask("POST", "/process", b"{", {"Content-Type": "application/json"}), 400, "bad_json"),
            (post("/process", {"imageUrl": "file:///etc/passwd"}), 400, "url_scheme"),
            (post("/process", {"imageUrl": "http://169.254.169.254/x"}), 400, "url_blocked"),
            (post("/process-batch", {"imageUrls": []}), 400, "body_empty"),
            (post("/process-batch", {"imageUrls": ["x"]}), 400, "batch_all_rejected"),
            (ask("GET", "/image-status/999999"), 404, "not_found"),
            (ask("GET", "/image-status/abc"), 404, "not_found"),
            (ask("GET", "/images?limit=0"), 400, "bad_request"),
            (ask("PUT", "/process", b"x"), 405, "method_not_allowed"),
            (ask("GET", "/files/../posecraft.db"), 404, "not_found"),
            (ask("GET", "/files/..%2fposecraft.db"), 404, "not_found"),
            (ask("GET", "/live"), 426, "upgrade_required"),
        ]
        for answer, status, code in cases:
            with self.subTest(code=code, body=answer.body[:200]):
                self.assertEqual(answer.status, status)
                error = answer.json["error"]
                self.assertEqual(error["code"], code)
                self.assertTrue(error["message"] and "hint" in error)

    def test_failed_image_tells_why_and_can_be_retried(self):
        answer = self.server.post_json("/process", {"imageUrl": self.host.url("/text")})
        image = self.server.wait_for(answer.json["id"])
        self.assertEqual((image["status"], image["error"]["code"]), ("failed", "unsupported_format"))
        again = self.server.request("POST", f"/images/{image['id']}/retry")
        self.assertEqual((again.status, again.json["status"]), (202, "pending"))
        self.assertEqual(self.server.wait_for(image["id"])["status"], "failed")
        good = self.server.upload(figure_variant(30)).json["id"]
        self.server.wait_for(good)
        self.assertEqual(self.server.request("POST", f"/images/{good}/retry").json["error"]["code"], "not_failed")

    def test_delete_removes_record_and_files(self):
        image = self.server.wait_for(self.server.upload(figure_variant(40)).json["id"])
        self.assertEqual(self.server.request("DELETE", f"/images/{image['id']}").status, 204)
        self.assertEqual(self.server.request("GET", f"/images/{image['id']}").status, 404)
        for url in [image["original"], image["thumbnail"]] + [s["url"] for s in image["shots"] if "url" in s]:
            self.assertEqual(self.server.request("GET", url).status, 404, url)
        self.assertEqual(self.server.request("DELETE", f"/images/{image['id']}").status, 404)

    def test_files_have_etag_range_and_stay_cached(self):
        image = self.server.wait_for(self.server.upload(figure_variant(50)).json["id"])
        url = image["original"]
        whole = self.server.request("GET", url)
        self.assertEqual(whole.body, figure_variant(50))
        self.assertIn("immutable", whole.headers["Cache-Control"])
        etag = whole.headers["ETag"]
        self.assertEqual(self.server.request("GET", url, headers={"If-None-Match": etag}).status, 304)
        part = self.server.request("GET", url, headers={"Range": "bytes=10-19"})
        self.assertEqual((part.status, part.body), (206, whole.body[10:20]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 10-19/{len(whole.body)}")
        self.assertEqual(self.server.request("GET", url, headers={"Range": "bytes=-5"}).body, whole.body[-5:])
        beyond = self.server.request("GET", url, headers={"Range": "bytes=99999999-"})
        self.assertEqual(beyond.status, 416)
        head = self.server.request("HEAD", url)
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(int(head.headers["Content-Length"]), len(whole.body))

    def test_list_pages_filters_searches_and_follows(self):
        ids = [self.server.upload(figure_variant(60 + i), name=f"list-{i}.bmp", batch="listed").json["id"]
               for i in range(5)]
        for i in ids:
            self.server.wait_for(i)
        page = self.server.request("GET", "/images?batch=listed&limit=2&offset=1&order=asc&sort=id").json
        self.assertEqual(([i["id"] for i in page["images"]], page["total"]), (sorted(ids)[1:3], 5))
        found = self.server.request("GET", "/images?q=list-3").json["images"]
        self.assertEqual([i["name"] for i in found], ["list-3.bmp"])
        by_id = self.server.request("GET", f"/images?q={ids[2]}").json["images"]
        self.assertIn(ids[2], [i["id"] for i in by_id])
        seq = self.server.request("GET", "/images?limit=1").json["seq"]
        self.assertEqual(self.server.request("GET", f"/images?since={seq}").json["images"], [])
        fresh = self.server.upload(figure_variant(66)).json["id"]
        changed = self.server.request("GET", f"/images?since={seq}").json
        self.assertEqual([i["id"] for i in changed["images"]], [fresh])
        self.assertGreater(changed["seq"], seq)

    def test_health_readiness_metrics_and_document(self):
        self.assertEqual(self.server.request("GET", "/healthz").json, {"status": "ok"})
        ready = self.server.request("GET", "/readyz")
        self.assertEqual((ready.status, ready.json["status"]), (200, "ready"))
        self.assertEqual(set(ready.json["parts"]) >= {"records", "queue", "blobs", "model"}, True)
        metrics = self.server.request("GET", "/metrics").body.decode()
        self.assertRegex(metrics, r"posecraft_images_processed_total \d+")
        for line in metrics.splitlines():
            self.assertRegex(line, r"^(# (HELP|TYPE) |[a-z_]+(\{.*\})? [-+.e0-9]+$)")
        document = self.server.request("GET", "/openapi.yaml")
        self.assertNotIn("docs/", document.body.decode())  # manuals that a client need not have
        self.assertEqual(document.status, 200)
        self.assertIn(b"/process-batch", document.body)
        limits = self.server.request("GET", "/limits").json
        self.assertEqual([s["label"] for s in limits["shots"]], FIVE)

    def test_another_site_cannot_submit(self):
        answer = self.server.request("POST", "/process", figure_variant(70),
                                 {"Content-Type": "image/bmp", "Origin": "http://evil.example"})
        self.assertEqual((answer.status, answer.json["error"]["code"]), (403, "origin_refused"))


class OwnServer(unittest.TestCase):
    def test_stop_is_graceful_under_load(self):
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            server = Server(data=data).start()
            ids = [server.upload(figure_variant(100 + i)).json["id"] for i in range(12)]
            time.sleep(0.2)
            self.assertEqual(server.stop(), 0, server.log_text())
            with Server(data=data) as again:
                for i in ids:
                    self.assertEqual(again.wait_for(i)["status"], "processed")
            self.assertNotIn('"level":"error"', Path(data, "log.jsonl").read_text())

    def test_recut_changes_what_the_recipes_change_and_nothing_else(self):
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            with Server(data=data) as server:
                ids = [server.upload(figure_variant(400 + i)).json["id"] for i in range(3)]
                before = [server.wait_for(i) for i in ids]
                dry = server.post_json("/recut", {"dryRun": True}).json
                self.assertEqual((dry["looked"], dry["changed"], dry["unchanged"]), (3, 0, 3), dry)
            recipes = Path(data, "mine.json")
            recipes.write_text('{"recipes": ["neck", "shoes"]}')
            with Server("--recipes", str(recipes), data=data) as server:
                dry = server.post_json("/recut", {"dryRun": True}).json
                self.assertEqual((dry["changed"], dry["queued"]), (3, 0), dry)
                self.assertEqual(server.post_json("/recut", {}).json["queued"], 3)
                for old in before:
                    new = server.wait_for(old["id"])
                    self.assertEqual([s["label"] for s in new["shots"]], ["neck", "shoes"])
                    self.assertEqual(new["shots"][0]["url"], old["shots"][0]["url"])
                    self.assertEqual(server.request("GET", new["shots"][1]["url"]).status, 200)
                    # What the new cut replaced is removed once the record shows the new cut.
                    while server.request("GET", old["shots"][4]["url"]).status != 404:
                        time.sleep(0.05)
                figures = server.request("GET", "/metrics").body.decode()
                self.assertIn('posecraft_stage_seconds_sum{stage="pose"} 0.000000\n', figures)  # no network ran
            for args in (["--dry-run"], []):
                run = subprocess.run([BIN, "recut", "--data", data, *args], env=clean_env(),
                                     capture_output=True, text=True, timeout=120)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertIn("3 would change", run.stdout)
            with Server("--workers", "0", data=data) as server:
                self.assertEqual(server.post_json("/recut", {"dryRun": True}).json["unchanged"], 3)

    def test_recut_goes_through_a_queue_shorter_than_the_store(self):
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            with Server(data=data) as server:
                for i in [server.upload(figure_variant(420 + i)).json["id"] for i in range(5)]:
                    server.wait_for(i)
            recipes = Path(data, "mine.json")
            recipes.write_text('{"recipes": ["neck", "shoes"]}')
            env = {**clean_env(), "POSECRAFT_QUEUE_MAX": "2"}
            for changed in (5, 0):
                run = subprocess.run([BIN, "recut", "--data", data, "--recipes", recipes, "--workers", "1"], env=env,
                                     capture_output=True, text=True, timeout=120)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertIn(f"{changed} would change", run.stdout)

    def test_queue_limit_answers_503_with_retry_after(self):
        with Server("--workers", "0", env={"POSECRAFT_QUEUE_MAX": "3"}) as server:
            answers = [server.upload(figure_variant(200 + i)) for i in range(4)]
            self.assertEqual([a.status for a in answers], [202, 202, 202, 503])
            self.assertEqual(answers[3].json["error"]["code"], "queue_full")
            self.assertTrue(int(answers[3].headers["Retry-After"]) >= 1)
            batch = server.post_json("/process-batch", {"urls": ["http://a.example/x.jpg"]})
            self.assertEqual(batch.status, 503)

    def test_body_limits(self):
        with Server("--workers", "0", env={"POSECRAFT_MAX_UPLOAD": "200k", "POSECRAFT_MAX_BATCH": "2"}) as server:
            answer = server.upload(figure(800, 1200))
            self.assertEqual(answer.status, 413, answer.body)
            answer = server.post_json("/process-batch", {"urls": ["http://a.example/x"] * 3})
            self.assertEqual((answer.status, answer.json["error"]["code"]), (413, "batch_too_large"))

    def test_slow_headers_are_cut(self):
        with Server("--workers", "0", env={"POSECRAFT_HEADER_TIME": "1s"}) as server:
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
                s.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
                cut, end = False, time.monotonic() + 60 * SLOW
                while not cut and time.monotonic() < end:
                    try:
                        s.sendall(b"x")
                        s.settimeout(0.2)
                        cut = s.recv(1000) == b""
                    except TimeoutError:
                        continue
                    except OSError:
                        cut = True
                self.assertTrue(cut)

    def test_taken_port_is_a_clear_error(self):
        with Server("--workers", "0") as server:
            with tempfile.TemporaryDirectory() as data:
                run = subprocess.run([BIN, "serve", "--workers", "0", "--port", str(server.port), "--data", data],
                                     env=clean_env(), capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn(str(server.port), run.stderr)

    def test_bad_settings_are_all_named(self):
        run = subprocess.run([BIN, "serve", "--port", "0"], capture_output=True, text=True, timeout=60,
                             env=clean_env(POSECRAFT_PORT="abc", POSECRAFT_QUEUE_MAX="-1", POSECRAFT_WORKRES="2"))
        self.assertEqual(run.returncode, 2)
        for word in ("POSECRAFT_PORT", "POSECRAFT_QUEUE_MAX", "POSECRAFT_WORKRES"):
            self.assertIn(word, run.stderr)

    def test_live_channel_tells_changes(self):
        with Server() as server:
            key = base64.b64encode(b"0123456789abcdef").decode()
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
                s.sendall((f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
                           f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                           "Sec-WebSocket-Version: 13\r\n\r\n").encode())
                stream = s.makefile("rb")
                self.assertIn(b"101", stream.readline())
                while stream.readline() not in (b"\r\n", b""):
                    pass
                self.assertEqual(read_frame(stream)["type"], "hello")
                image_id = server.upload(figure_variant(300)).json["id"]
                seen = []
                while "processed" not in seen:
                    message = read_frame(stream)
                    seen += [i["status"] for i in message.get("images", []) if i["id"] == image_id]
                server.request("DELETE", f"/images/{image_id}")
                while read_frame(stream).get("ids") != [image_id]:
                    pass


def read_frame(stream):
    first, second = stream.read(2)
    length = second & 127
    if length == 126:
        length = int.from_bytes(stream.read(2), "big")
    elif length == 127:
        length = int.from_bytes(stream.read(8), "big")
    body = stream.read(length)
    return json.loads(body) if first & 15 == 1 else {}


if __name__ == "__main__":
    main(__name__)
