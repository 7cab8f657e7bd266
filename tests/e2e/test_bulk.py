"""Overlay, bulk actions, cancel and ZIP with the real binary."""
import csv
import http.client
import io
import json
import re
import socket
import threading
import time
import unittest
import zipfile
from pathlib import Path

from harness import SLOW, ImageHost, ServerTestCase, Server, figure, figure_variant, main

FIELDS = ["id", "name", "url", "sku", "label", "batch", "status", "shot", "state", "reasons", "file", "width",
          "height", "box"]


def blob_path(server, url):
    """The stored file that is served at url."""
    name = url.split("/files/")[1].replace("/", ",")
    return next(Path(server.data, "blobs").rglob(name))


def blobs(server):
    """All stored files: shots and originals."""
    return sorted(str(p) for p in Path(server.data, "blobs").rglob("*") if p.is_file())


def unzip(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8"), newline="")))
    return archive, rows


class Overlay(ServerTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image_id = cls.server.upload(figure(1200, 1800)).json["id"]
        assert cls.server.wait_for(cls.image_id)["status"] == "processed"

    def test_overlay_is_a_jpeg_with_a_tag(self):
        answer = self.server.request("GET", f"/images/{self.image_id}/overlay")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/jpeg"))
        self.assertEqual(answer.headers["Cache-Control"], "no-cache")
        self.assertTrue(answer.body.startswith(b"\xff\xd8\xff") and answer.body.endswith(b"\xff\xd9"))
        at = re.search(rb"\xff[\xc0-\xc2]..\x08(..)(..)", answer.body, re.S)
        self.assertEqual([int.from_bytes(at[1], "big"), int.from_bytes(at[2], "big")], [1600, 1067])
        again = self.server.request("GET", f"/images/{self.image_id}/overlay", headers={"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))

    def test_what_cannot_be_drawn_is_named(self):
        bad = self.server.request("POST", "/process", figure_variant(900)[:4000], {"Content-Type": "image/bmp"}).json["id"]
        self.assertEqual(self.server.wait_for(bad)["status"], "failed")
        for path, status, code in ((f"/images/{bad}/overlay", 409, "not_processed"),
                                   ("/images/999999/overlay", 404, "not_found"), ("/images/x/overlay", 404, "not_found")):
            answer = self.server.request("GET", path)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (status, code))

    def test_original_that_vanished_is_named(self):
        image = self.server.wait_for(self.server.upload(figure_variant(901)).json["id"])
        blob_path(self.server, image["original"]).unlink()
        answer = self.server.request("GET", f"/images/{image['id']}/overlay")
        self.assertEqual((answer.status, answer.json["error"]["code"]), (410, "original_missing"))

    def test_many_at_once_are_drawn_or_told_to_come_again(self):
        answers, slowest = [], 0.0

        def ask():
            answers.append(self.server.request("GET", f"/images/{self.image_id}/overlay"))

        threads = [threading.Thread(target=ask) for _ in range(40)]
        for t in threads:
            t.start()
        while any(t.is_alive() for t in threads):
            began = time.monotonic()
            self.assertEqual(self.server.request("GET", "/healthz").status, 200)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.01)
        good = [a for a in answers if a.status == 200]
        full = [a for a in answers if a.status == 503]
        self.assertEqual(len(good) + len(full), 40)
        self.assertGreaterEqual(len(good), 16)
        for a in full:
            self.assertEqual(a.json["error"]["code"], "too_many_connections")
            self.assertIn("Retry-After", a.headers)
        print(f"# {len(good)} drawn, {len(full)} refused, slowest /healthz meanwhile {slowest * 1000:.0f} ms")

    def test_clients_that_leave_do_no_harm(self):
        for _ in range(30):
            s = socket.create_connection(("127.0.0.1", self.server.port))
            s.sendall(f"GET /images/{self.image_id}/overlay HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.01)
            s.close()
        time.sleep(0.5)
        self.assertEqual(self.server.request("GET", f"/images/{self.image_id}/overlay").status, 200)


class Bulk(unittest.TestCase):
    def fail_some(self, server, n, batch=""):
        """Submits n truncated images, which fail."""
        ids = []
        for i in range(n):
            data = figure_variant(i + 1)[:5000 + i]
            ids.append(server.request("POST", f"/process?batch={batch}", data, {"Content-Type": "image/bmp"}).json["id"])
        for i in ids:
            self.assertEqual(server.wait_for(i)["status"], "failed")
        return ids

    def test_retry_and_delete_by_ids_and_filter(self):
        with Server() as server:
            ids = self.fail_some(server, 6, "b1")
            other = self.fail_some(server, 1)[0]  # known bytes: the first of them again
            self.assertEqual(other, ids[0])
            good = server.upload(figure()).json["id"]
            server.wait_for(good)
            self.assertGreater(len(blobs(server)), 6)
            answer = server.post_json("/images/retry", {"ids": [ids[0], good, 12345]})
            self.assertEqual(answer.status, 200, answer.body)
            self.assertEqual((answer.json["done"], answer.json["more"], answer.json["next"]), ([ids[0]], False, None))
            self.assertEqual([(s["id"], s["code"]) for s in answer.json["skipped"]],
                             [(good, "not_failed"), (12345, "not_found")])
            server.wait_for(ids[0])
            answer = server.post_json("/images/retry", {"filter": {"status": "failed", "batch": "b1"}})
            self.assertEqual((answer.json["done"], answer.json["more"]), (ids, False))
            for i in ids:
                server.wait_for(i)
            self.assertEqual(server.post_json("/images/retry", {"filter": {"status": "processed"}}).json["done"], [])
            answer = server.post_json("/images/delete", {"filter": {"batch": "b1"}})
            self.assertEqual((answer.json["done"], answer.json["skipped"]), (ids, []))
            self.assertEqual([i["id"] for i in server.request("GET", "/images").json["images"]], [good])
            answer = server.post_json("/images/delete", {"ids": [good, good]})
            self.assertEqual((answer.json["done"], answer.json["skipped"][0]["code"]), ([good], "not_found"))
            self.assertEqual(blobs(server), [])

    def test_bad_requests_change_nothing(self):
        with Server("--workers", "0") as server:
            server.upload(figure())
            json_type = {"Content-Type": "application/json"}
            for body in ('{', '[]', '{}', '{"ids": []}', '{"ids": 7}', '{"ids": [0]}', '{"ids": ["1"]}', '{"ids": [1.5]}',
                         '{"ids": [1], "filter": {}}', '{"filter": 1}', '{"filter": {"stauts": "failed"}}',
                         '{"filter": {"status": "gone"}}', '{"filter": {"status": 1}}', '{"filter": {"attention": "yes"}}',
                         '{"filter": {"batch": 1}}', '{"filter": {}, "limit": 3}', '{"filter": {}, "after": -1}',
                         json.dumps({"ids": list(range(1, 1002))})):
                for action in ("retry", "cancel", "delete"):
                    answer = server.request("POST", f"/images/{action}", body, json_type)
                    self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "bad_json"), body)
            self.assertEqual(server.request("POST", "/images/delete", "{}", {"Content-Type": "text/plain"}).status, 415)
            self.assertEqual(server.request("POST", "/images/delete", "x" * 70000, json_type).status, 413)
            self.assertEqual(server.request("GET", "/images/delete").status, 404)
            self.assertEqual(server.request("GET", "/images").json["total"], 1)

    def test_filter_works_in_steps(self):
        with Server("--workers", "0") as server:
            lines = "\n".join(f"https://shop.example/{i}.jpg" for i in range(1200))
            self.assertEqual(server.request("POST", "/process-batch?batch=big", lines, {"Content-Type": "text/plain"}).status, 202)
            done, after, steps, slowest, stop = [], 0, 0, [0.0], threading.Event()

            def watch():
                while not stop.is_set():
                    began = time.monotonic()
                    server.request("GET", "/healthz")
                    slowest[0] = max(slowest[0], time.monotonic() - began)

            watcher = threading.Thread(target=watch)
            watcher.start()
            began = time.monotonic()
            while True:
                answer = server.post_json("/images/cancel", {"filter": {"batch": "big"}, "after": after}).json
                done.append(len(answer["done"]))
                if not answer["more"]:
                    break
                after = answer["next"]
            took = time.monotonic() - began
            stop.set()
            watcher.join()
            self.assertEqual(done, [500, 500, 200])
            self.assertEqual(server.request("GET", "/images?limit=1").json["counts"]["failed"], 1200)
            print(f"# 1200 cancelled in {took:.1f} s, slowest /healthz meanwhile {slowest[0] * 1000:.0f} ms")
            self.assertEqual(server.post_json("/images/cancel", {"filter": {"q": "shop"}}).json["done"], [])

    def test_cancel_of_a_waiting_image(self):
        with Server("--workers", "0") as server:
            image_id = server.upload(figure()).json["id"]
            answer = server.request("POST", f"/images/{image_id}/cancel")
            self.assertEqual((answer.status, answer.json["status"], answer.json["error"]["code"]), (200, "failed", "cancelled"))
            again = server.request("POST", f"/images/{image_id}/cancel")
            self.assertEqual((again.status, again.json["error"]["code"]), (409, "not_pending"))
            self.assertEqual(server.request("POST", "/images/777/cancel").json["error"]["code"], "not_found")
            self.assertIn('posecraft_jobs{state="waiting"} 0', server.request("GET", "/metrics").body.decode())
            self.assertEqual(server.request("POST", f"/images/{image_id}/retry").json["status"], "pending")

    def test_cancel_of_a_running_image_leaves_no_blob(self):
        gate = threading.Event()

        def slow(handler):
            gate.wait(20)
            body = figure_variant(77)
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        with ImageHost({"/slow.bmp": slow}) as host, Server("--workers", "1") as server:
            image_id = server.post_json("/process", {"imageUrl": host.url("/slow.bmp")}).json["id"]
            end = time.monotonic() + 20
            while server.request("GET", f"/images/{image_id}").json["stage"] != "fetching" and time.monotonic() < end:
                time.sleep(0.02)
            self.assertEqual(server.request("POST", f"/images/{image_id}/cancel").status, 200)
            gate.set()
            end = time.monotonic() + 30
            while 'posecraft_jobs{state="active"} 0' not in server.request("GET", "/metrics").body.decode():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            time.sleep(0.2)
            self.assertEqual(server.request("GET", f"/images/{image_id}").json["error"]["code"], "cancelled")
            self.assertEqual(blobs(server), [])
            server.request("POST", f"/images/{image_id}/retry")
            self.assertEqual(server.wait_for(image_id)["status"], "processed")


class Zip(ServerTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = []
        names = ["a.bmp", "a.bmp", "Größe 1.bmp", "..", "x/y\\z:.bmp", 'say "hi", twice.bmp']
        for i in range(300):
            name = names[i] if i < len(names) else f"p{i}.bmp"
            answer = cls.server.upload(figure_variant(1000 + i, 200, 300), name=name.replace('"', "%22"), batch="z",
                                       sku=f"S,{i}")
            cls.ids.append(answer.json["id"])
        for i in cls.ids:
            assert cls.server.wait_for(i, 300)["status"] == "processed"

    def test_three_hundred_images(self):
        began = time.monotonic()
        answer = self.server.request("GET", "/images.zip?batch=z")
        took = time.monotonic() - began
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/zip"))
        self.assertIn('filename="z.zip"', answer.headers["Content-Disposition"])
        archive, rows = unzip(answer.body)
        self.assertEqual(list(rows[0]), FIELDS)
        self.assertEqual(archive.namelist()[-1], "manifest.csv")
        files = [r["file"] for r in rows if r["file"]]
        self.assertEqual(archive.namelist()[:-1], files)
        self.assertEqual(len(set(n.lower() for n in files)), len(files))
        self.assertEqual({int(r["id"]) for r in rows}, set(self.ids))
        self.assertEqual(rows[0]["sku"], "S,0")
        self.assertTrue(any(n.startswith("Größe 1-neck") for n in files), files[:20])
        self.assertIn("a-neck.jpg", files)
        self.assertIn(f"a-{self.ids[1]}-neck.jpg", files)
        for n in files:
            self.assertNotRegex(n, r'[/\\:*?"<>|]|^\.')
        for r in rows[:20]:
            if r["file"]:
                self.assertTrue(archive.read(r["file"]).startswith(b"\xff\xd8\xff"))
                self.assertEqual(len(r["box"].split()), 4)
        self.assertTrue(all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist()))
        print(f"# {len(files)} files, {len(answer.body) / 1e6:.1f} MB in {took:.2f} s")

    def test_ids_are_named_one_by_one(self):
        bad = self.server.request("POST", "/process", figure_variant(1)[:4000], {"Content-Type": "image/bmp"}).json["id"]
        self.server.wait_for(bad)
        answer = self.server.request("GET", f"/images.zip?ids={self.ids[5]},{bad},999999")
        archive, rows = unzip(answer.body)
        self.assertEqual({(r["id"], r["status"]) for r in rows},
                         {(str(self.ids[5]), "processed"), (str(bad), "failed"), ("999999", "not_found")})
        self.assertEqual([r["reasons"] for r in rows if r["id"] == str(bad)], ["image_corrupt"])
        self.assertGreater(len(archive.namelist()), 1)

    def test_bad_queries_are_refused(self):
        for query in ("ids=", "ids=a", "ids=1,,x", "ids=0", "ids=" + ",".join("1" * 1 for _ in range(1001)), "status=failed",
                      "status=x", "attention=maybe"):
            answer = self.server.request("GET", "/images.zip?" + query)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "bad_request"), query)

    def test_nothing_found_is_an_archive_with_a_manifest(self):
        archive, rows = unzip(self.server.request("GET", "/images.zip?batch=nothing").body)
        self.assertEqual((archive.namelist(), rows), (["manifest.csv"], []))

    def test_slow_reader_holds_nobody_up_and_sees_what_vanished(self):
        mark = self.server.upload(figure_variant(5000), name="last.bmp", batch="z2").json["id"]
        image = self.server.wait_for(mark)
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", self.server.port))
        s.sendall(b"GET /images.zip HTTP/1.0\r\nHost: localhost\r\n\r\n")
        data = s.recv(1000)
        before = int(Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1])
        blob_path(self.server, image["shots"][0]["url"]).unlink()
        for _ in range(20):
            self.assertEqual(self.server.request("GET", "/healthz").status, 200)  # a stalled loop never answers
            data += s.recv(2000)
            time.sleep(0.02)
        after = int(Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1])
        if SLOW == 1:  # sanitizers keep freed memory
            self.assertLess((after - before) * 4096, 4e6)
        while piece := s.recv(65536):
            data += piece
        s.close()
        _, rows = unzip(data.split(b"\r\n\r\n", 1)[1])
        gone = [r for r in rows if "file_missing" in r["reasons"]]
        self.assertEqual([(r["id"], r["file"]) for r in gone], [(str(mark), "")])

    def test_reader_that_leaves_does_no_harm(self):
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
            connection.request("GET", "/images.zip")
            connection.getresponse().read(5000)
            connection.close()
        self.assertEqual(self.server.request("HEAD", "/images.zip").status, 200)
        self.assertEqual(self.server.request("GET", "/healthz").status, 200)


if __name__ == "__main__":
    main(__name__)
