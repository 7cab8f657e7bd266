"""Links to images in an S3 store: served by us, presigned, or of a CDN. They are made for each response and
stored nowhere; the page may load images from that host and from no other."""
import sys
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "e2e"), str(HERE.parents[1])]
from harness import figure_variant, main  # noqa: E402
from running import ServersTestCase  # noqa: E402
from servers import SECRET, S3  # noqa: E402


def get_without_key(url):
    """Requests the URL without any credentials, as a browser does."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def links(image):
    return [image["original"], image["thumbnail"], *(s["url"] for s in image["shots"] if "url" in s)]


class Links(ServersTestCase):
    kind = S3

    def serving(self, choice):
        return self.serve("--workers", "1", POSECRAFT_LINKS=choice)

    def image(self, server, n):
        image = server.wait_for(server.upload(figure_variant(n, 300, 450), name=f"{n}.bmp").json["id"])
        self.assertEqual(image["status"], "processed", image)
        self.assertGreater(len(links(image)), 4)
        return image

    def policy(self, server):
        return dict(p.strip().split(" ", 1) for p in
                    server.request("GET", "/").headers["Content-Security-Policy"].split(";"))["img-src"].split()

    def test_served_links_are_our_own(self):
        server = self.serving("served")
        image = self.image(server, 1)
        for url in links(image):
            self.assertTrue(url.startswith("/files/"), url)
            self.assertEqual(server.request("GET", url).status, 200)
        self.assertEqual([s for s in image["shots"] if "download" in s], [])
        self.assertEqual(self.policy(server), ["'self'", "data:", "blob:"])

    def test_presigned_links_open_without_a_key_and_are_stored_nowhere(self):
        server = self.serving("presigned")
        image = self.image(server, 2)
        for url in links(image):
            self.assertTrue(url.startswith(f"http://127.0.0.1:{self.servers.port}/shots/"), url)
            status, body = get_without_key(url)
            self.assertEqual((status, body[:2] in (b"\xff\xd8", b"BM")), (200, True), url)
            self.assertEqual(get_without_key(url.partition("?")[0])[0], 403)
        for shot in (s for s in image["shots"] if "url" in s):
            saved = server.request("GET", shot["download"] + "?download=x.jpg")
            self.assertEqual((saved.status, saved.headers["Content-Disposition"][:10]), (200, "attachment"))
        listed = server.request("GET", "/images").json["images"][0]
        self.assertEqual(links(listed), links(image))
        self.assertEqual(self.policy(server), ["'self'", "data:", "blob:", f"http://127.0.0.1:{self.servers.port}"])
        server.stop()
        kept = {file.name: file.read_bytes() for file in Path(server.data).iterdir() if file.is_file()}
        self.assertIn("posecraft.db", kept)
        for name, content in kept.items():
            self.assertNotIn(b"X-Amz-", content, name)
        self.assertNotIn("X-Amz-", server.log_text())
        self.assertNotIn(SECRET, server.log_text())

    def test_links_of_a_cdn(self):
        server = self.serving("public:https://cdn.example.com/x")
        for url in links(self.image(server, 3)):
            self.assertTrue(url.startswith("https://cdn.example.com/x/"), url)
            path = "/files/" + url.removeprefix("https://cdn.example.com/x/")
            self.assertEqual(server.request("GET", path).status, 200)
        self.assertEqual(self.policy(server)[-1], "https://cdn.example.com")


if __name__ == "__main__":
    main(__name__)
