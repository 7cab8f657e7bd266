"""Edits and review with the real binary: boxes, the person, offsets, review decisions."""
import io
import json
import tempfile
import threading
import zipfile

import harness
import pixels
from harness import ServerTestCase, figure, figure_variant, photo

# Cuts that can be compared with the original pixel by pixel.
EXACT = {"recipes": [
    {"label": "top", "keep": ["left_shoulder", "right_shoulder", "left_hip", "right_hip"],
     "size": {"mode": "native", "width": 4000, "height": 4000}, "output": {"format": "png"}},
    {"label": "square", "keep": ["left_hip", "right_hip"], "aspect": "1:1",
     "size": {"mode": "native", "width": 4000, "height": 4000}, "output": {"format": "png"}}]}


def two_people():
    """A small figure on the left, a large one on the right."""
    return pixels.write_bmp(pixels.beside(pixels.read_bmp(figure(480, 720)),
                                          pixels.read_bmp(figure(800, 1200))))


def shot(image, label):
    return next(s for s in image["shots"] if s["label"] == label)


class Case(ServerTestCase):
    args = ("--workers", "1")

    def put(self, path, value):
        return self.server.request("PUT", path, json.dumps(value), {"Content-Type": "application/json"})

    def new(self, data, **fields):
        image_id = self.server.upload(data, **fields).json["id"]
        self.assertEqual(self.server.wait_for(image_id)["status"], "processed")
        return image_id

    def detail(self, image_id):
        return self.server.request("GET", f"/images/{image_id}").json

    def edit(self, image_id, change):
        """Waits until the image was cut again, and returns it."""
        answer = self.put(f"/images/{image_id}/edits", change)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.json["status"], "pending")
        self.assertEqual(self.server.wait_for(image_id)["status"], "processed")
        return self.detail(image_id)

    def say(self, image_id, verdict, **more):
        answer = self.server.post_json(f"/images/{image_id}/review", {"verdict": verdict, **more})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.json["error"]["code"]), (status, code), answer.body)


class Boxes(Case):
    @classmethod
    def setUpClass(cls):
        recipes = cls.enterClassContext(tempfile.NamedTemporaryFile("w", suffix=".json"))
        json.dump(EXACT, recipes)
        recipes.flush()
        cls.env = {"POSECRAFT_RECIPES": recipes.name}
        super().setUpClass()

    def cut_of(self, image, label):
        return pixels.read_png(self.server.request("GET", shot(image, label)["url"]).body)

    def test_the_file_has_the_pixels_of_the_box(self):
        picture = figure(800, 1200)
        image_id = self.new(picture)
        before = self.detail(image_id)
        planned, files = shot(before, "top")["box"], {s["url"] for s in before["shots"]}
        for box in ([31, 57, 301, 211], [0, 0, 800, 1200], [784, 1184, 16, 16]):
            image = self.edit(image_id, {"boxes": {"top": box}})
            self.assertEqual(shot(image, "top")["box"], box)
            self.assertEqual(shot(image, "top")["by"], "hand")
            self.assertEqual(image["edits"]["boxes"]["top"], {"box": box, "by": "hand"})
            self.assertEqual(self.cut_of(image, "top"), pixels.crop(pixels.read_bmp(picture), box))
            self.assertEqual(shot(image, "square"), shot(before, "square"))
        image = self.edit(image_id, {"boxes": {"top": None}})  # undo
        self.assertEqual(shot(image, "top"), shot(before, "top"))
        self.assertEqual({s["url"] for s in image["shots"]}, files)
        self.assertNotIn("edits", image)
        self.assertEqual(self.cut_of(image, "top"), pixels.crop(pixels.read_bmp(picture), planned))

    def test_a_copied_link_leads_to_the_corrected_shot(self):
        image_id = self.new(figure(805, 1205))
        copied = shot(self.detail(image_id), "top")["url"]
        small = self.detail(image_id)["thumbnail"]
        for box in ([40, 50, 300, 200], [41, 51, 301, 201]):
            image = self.edit(image_id, {"boxes": {"top": box}})
            now = shot(image, "top")["url"]
            self.assertNotEqual(now, copied)
            answer, direct = (self.server.request("GET", url) for url in (copied, now))
            self.assertEqual((answer.status, answer.body), (200, direct.body))
            self.assertEqual(answer.headers["Content-Location"], now)
            self.assertEqual((answer.headers["Cache-Control"], answer.headers["ETag"]), ("no-cache", direct.headers["ETag"]))
            self.assertIn("immutable", direct.headers["Cache-Control"])
            self.assertIsNone(direct.headers["Content-Location"])
        again = self.server.request("GET", copied, headers={"If-None-Match": direct.headers["ETag"]})
        self.assertEqual((again.status, again.headers["Content-Location"]), (304, now))
        self.assertEqual(self.server.request("GET", small).status, 200)
        self.assertEqual(self.server.request("DELETE", f"/images/{image_id}").status // 100, 2)
        for url in (copied, now, small):
            self.assertEqual(self.server.request("GET", url).status, 404)

    def test_a_box_outlives_recut_retry_and_submitting_again(self):
        picture = figure_variant(7, 800, 1200)
        image_id = self.new(picture)
        box = [100, 100, 200, 300]
        image = self.edit(image_id, {"boxes": {"top": box}})
        self.assertEqual(self.server.post_json("/recut", {"ids": [image_id]}).json["changed"], 0)
        answer = self.server.post_json("/recut", {"ids": [image_id], "recipes": ["top"]})
        self.assertEqual(answer.json["queued"], 1, answer.body)
        self.server.wait_for(image_id)
        again = self.detail(image_id)
        self.assertEqual([s["label"] for s in again["shots"]], ["top"])
        self.assertEqual(shot(again, "top")["box"], box)
        self.assertEqual(self.server.upload(picture).json["id"], image_id)
        self.assertEqual(self.detail(image_id)["edits"]["boxes"]["top"]["box"], box)
        answer = self.server.post_json("/recut", {"ids": [image_id], "recipes": None})
        self.assertEqual(answer.json["queued"], 1, answer.body)
        self.server.wait_for(image_id)
        self.assertEqual(self.detail(image_id)["shots"], image["shots"])

    def test_a_preview_tells_what_the_cut_makes(self):
        image_id = self.new(figure_variant(8, 800, 1200))
        before = self.detail(image_id)
        change = {"boxes": {"square": [10, 20, 300, 300]}}
        plan = self.server.post_json(f"/images/{image_id}/plan", {"edits": change})
        self.assertEqual(plan.status, 200, plan.body)
        self.assertEqual(self.detail(image_id), before)
        image = self.edit(image_id, change)
        for planned, cut in zip(plan.json["shots"], image["shots"]):
            self.assertEqual(planned, {k: v for k, v in cut.items() if k not in ("url", "bytes")})
        tried = self.server.post_json(f"/images/{image_id}/plan", {
            "recipes": json.dumps([{"label": "face", "keep": ["nose"], "aspect": "1:1"}])})
        self.assertEqual([s["label"] for s in tried.json["shots"]], ["face"])

    def test_what_does_not_fit_is_refused(self):
        image_id = self.new(figure_variant(9, 800, 1200))
        path = f"/images/{image_id}/edits"
        for boxes in ({"top": [-1, 0, 100, 100]}, {"top": [701, 0, 100, 100]}, {"top": [0, 0, 15, 90]},
                      {"square": [0, 0, 100, 110]}, {"other": [0, 0, 100, 100]}):
            self.refused(self.put(path, {"boxes": boxes}), 400, "bad_request")
        self.refused(self.put(path, {"person": 1}), 400, "bad_request")
        for bad in ({"person": "0"}, {"boxes": {"top": [1, 2, 3]}}, {"boxes": 1}, {"persons": 1}, []):
            self.refused(self.put(path, bad), 400, "bad_json")
        self.refused(self.server.request("PUT", path, b"{", {"Content-Type": "application/json"}), 400,
                     "bad_json")
        self.refused(self.put("/images/9999/edits", {}), 404, "not_found")
        plan = f"/images/{image_id}/plan"
        self.refused(self.server.post_json(plan, {"recipes": "[{}]"}), 400, "bad_recipe")
        self.refused(self.server.post_json(plan, {"recipes": 5}), 400, "bad_json")
        self.refused(self.server.post_json(plan, {"edits": {"person": 3}}), 400, "bad_request")
        self.assertNotIn("edits", self.detail(image_id))
        self.assertEqual(self.put(path, {"boxes": {"top": None}}).json["status"], "processed")

    def test_two_editors_do_not_undo_each_other(self):
        image_id = self.new(figure_variant(10, 800, 1200))
        changes = [{"boxes": {"top": [0, 0, 200, 200]}}, {"boxes": {"square": [5, 5, 99, 99]}}]
        codes = []

        def press(change):
            answer = self.put(f"/images/{image_id}/edits", change)
            while answer.status == 409:  # the other's cut is under way
                codes.append(answer.json["error"]["code"])
                self.server.wait_for(image_id)
                answer = self.put(f"/images/{image_id}/edits", change)
            codes.append(answer.status)

        threads = [threading.Thread(target=press, args=(c,)) for c in changes]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.server.wait_for(image_id)
        image = self.detail(image_id)
        self.assertEqual(shot(image, "top")["box"], [0, 0, 200, 200])
        self.assertEqual(shot(image, "square")["box"], [5, 5, 99, 99])
        self.assertLessEqual(set(codes), {200, "not_processed", "changed_meanwhile"})


class People(Case):
    def test_the_shots_show_who_was_chosen(self):
        image_id = self.new(two_people())
        image = self.detail(image_id)
        if len(image["people"]) < 2:
            self.skipTest("the network sees one drawn figure only")
        self.assertIn("several_people", [a["code"] for a in image["attention"]])
        other = 1 - image["person"]
        plan = self.server.post_json(f"/images/{image_id}/plan", {"edits": {"person": other}}).json
        chosen = self.edit(image_id, {"person": other})
        self.assertEqual((chosen["person"], plan["person"]), (other, other))
        self.assertEqual(chosen["edits"]["person"], other)
        self.assertEqual(chosen["attention"], [])
        x, _, w, _ = shot(chosen, "length")["box"]
        px, _, pw, _ = chosen["people"][other]["box"]
        self.assertLess(abs(x + w / 2 - px - pw / 2), pw / 2)
        self.assertNotEqual(shot(chosen, "length")["box"], shot(image, "length")["box"])
        back = self.edit(image_id, {"person": None})
        self.assertEqual(back["shots"], image["shots"])

    def test_in_a_real_photo_too(self):
        data = photo("photos/mp_couple_dog.jpeg").read_bytes()
        image_id = self.new(data, name="couple.jpeg")
        image = self.detail(image_id)
        self.assertGreaterEqual(len(image["people"]), 2)
        other = 1 - image["person"]
        chosen = self.edit(image_id, {"person": other})
        self.assertEqual(chosen["person"], other)
        self.assertNotEqual(chosen["shots"], image["shots"])


class Batches(Case):
    def offset(self, **body):
        answer = self.server.post_json("/edits/offset", body)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def test_an_offset_is_tried_applied_and_taken_back(self):
        ids = [self.new(figure_variant(n, 800, 1200), batch="spring") for n in range(20, 24)]
        before = {i: self.detail(i) for i in ids}
        by_hand = self.edit(ids[3], {"boxes": {"waist": [100, 500, 300, 300]}})
        body = {"label": "waist", "offset": {"x": 0.1, "y": -0.05, "scale": 0.9}, "batch": "spring"}
        tried = self.offset(dryRun=True, **body)
        self.assertEqual((tried["looked"], tried["skipped"], tried["next"]), (4, 1, None))
        self.assertEqual([c["id"] for c in tried["changed"]], ids[:3])
        for change in tried["changed"]:
            self.assertEqual(change["planned"], shot(before[change["id"]], "waist")["box"])
            self.assertEqual((change["width"], change["height"]), (800, 1200))
            self.assertEqual(self.server.request("GET", change["thumbnail"]).status, 200)
        for i in ids[:3]:
            self.assertEqual(self.detail(i)["seq"], before[i]["seq"])
        done = self.offset(**body)
        self.assertEqual([(c["id"], c["box"]) for c in done["changed"]],
                         [(c["id"], c["box"]) for c in tried["changed"]])
        for change in done["changed"]:
            self.server.wait_for(change["id"])
            waist = shot(self.detail(change["id"]), "waist")
            self.assertEqual((waist["box"], waist["by"]), (change["box"], "batch"))
        self.assertEqual(self.offset(**body)["changed"], [])
        undone = self.offset(label="waist", offset=None, batch="spring")
        self.assertEqual([c["id"] for c in undone["changed"]], ids[:3])
        for i in ids[:3]:
            self.server.wait_for(i)
            self.assertEqual(self.detail(i)["shots"], before[i]["shots"])
        self.assertEqual(self.detail(ids[3])["shots"], by_hand["shots"])

    def test_bad_offsets_are_refused(self):
        good = {"x": 0, "y": 0, "scale": 1}
        for body in ({"offset": good}, {"label": "waist"}, {"label": "waist", "offset": {"x": 0}},
                     {"label": "waist", "offset": {**good, "x": 2.1}},
                     {"label": "waist", "offset": {**good, "scale": 0.1}},
                     {"label": "waist", "offset": good, "ids": []},
                     {"label": "waist", "offset": good, "ids": [0]},
                     {"label": "waist", "offset": good, "ids": [1], "batch": "x"},
                     {"label": "waist", "offset": good, "after": -1},
                     {"label": "waist", "offset": good, "dryRun": 1}):
            self.refused(self.server.post_json("/edits/offset", body), 400, "bad_json")


class Review(Case):
    def queue(self):
        return [i["id"] for i in
                self.server.request("GET", "/images?attention=true&review=none&order=asc").json["images"]]

    def rates(self, batch):
        answer = self.server.request("GET", f"/review/rates?batch={batch}").json
        return answer["images"], {r["label"]: r for r in answer["recipes"]}

    def test_what_is_reviewed_leaves_the_queue(self):
        blank = pixels.write_bmp([bytearray(b"\xff" * 900) for _ in range(300)])
        image_id = self.new(blank, batch="blank")
        self.assertIn(image_id, self.queue())
        image = self.say(image_id, "approved")
        self.assertEqual(image["review"], "approved")
        self.assertNotIn(image_id, self.queue())
        listed = self.server.request("GET", "/images?review=approved&batch=blank").json
        self.assertEqual([i["id"] for i in listed["images"]], [image_id])
        self.assertEqual((listed["total"], listed["counts"]["attention"]), (1, 1))
        self.assertEqual(self.say(image_id, "none")["review"], "none")
        self.assertIn(image_id, self.queue())

    def test_first_words_are_counted(self):
        good, bad, moved = [self.new(figure_variant(n, 800, 1200), batch="rated") for n in range(40, 43)]
        self.assertEqual(self.say(good, "approved")["review"], "approved")
        image = self.say(bad, "rejected", reason="too low", shots=["waist"])
        self.assertEqual(image["review"], "rejected")
        self.assertEqual(shot(image, "waist")["verdict"]["reason"], "too low")
        image = self.edit(bad, {"boxes": {"waist": [100, 500, 300, 300]}})
        self.assertEqual(image["review"], "none")  # the shot is another one now
        self.assertNotIn("verdict", shot(image, "waist"))
        image = self.say(bad, "approved")
        self.assertEqual(shot(image, "waist")["verdict"]["first"], "rejected")
        self.edit(moved, {"boxes": {"waist": [100, 500, 300, 300]}})
        self.assertEqual(shot(self.say(moved, "approved"), "waist")["verdict"]["first"], "corrected")
        images, rates = self.rates("rated")
        self.assertEqual(images, 3)
        self.assertEqual((rates["waist"]["reviewed"], rates["waist"]["first"]), (3, 1))
        self.assertEqual(rates["waist"]["reasons"], {"too low": 1})
        self.assertEqual(rates["neck"]["rate"], 1)
        self.assertEqual(self.rates("other")[0], 0)

    def test_a_wrong_key_spoils_no_rate(self):
        image_id = self.new(figure_variant(50, 800, 1200), batch="keys")
        self.say(image_id, "rejected")
        self.say(image_id, "none")
        image = self.say(image_id, "approved")
        self.assertEqual({s["verdict"]["first"] for s in image["shots"] if "url" in s}, {"approved"})
        self.assertEqual(self.rates("keys")[1]["waist"]["rate"], 1)

    def test_a_cut_that_changes_nothing_keeps_the_verdicts(self):
        image_id = self.new(figure_variant(51, 800, 1200))
        before = self.say(image_id, "approved")
        after = self.edit(image_id, {"boxes": {"waist": [100, 500, 300, 300]}})
        self.assertEqual(after["review"], "none")
        self.assertEqual(shot(after, "neck")["verdict"], shot(before, "neck")["verdict"])

    def test_what_is_approved_can_be_downloaded_or_deleted_as_such(self):
        ids = [self.new(figure_variant(n, 800, 1200), batch="done") for n in range(53, 56)]
        self.say(ids[0], "approved")
        self.say(ids[1], "rejected")
        archive = self.server.request("GET", "/images.zip?batch=done&review=approved")
        with zipfile.ZipFile(io.BytesIO(archive.body)) as z:
            lines = z.read("manifest.csv").decode().splitlines()
        self.assertEqual({line.split(",")[0] for line in lines[1:]}, {str(ids[0])})
        answer = self.server.post_json("/images/delete", {"filter": {"review": "rejected", "batch": "done"}})
        self.assertEqual(answer.json["done"], [ids[1]])
        for bad in ("fine", 1, None):
            answer = self.server.post_json("/images/delete", {"filter": {"review": bad}})
            self.refused(answer, 400, "bad_json")

    def test_bad_words_are_refused(self):
        image_id = self.new(figure_variant(52, 800, 1200))
        path = f"/images/{image_id}/review"
        for body in ({}, {"verdict": "fine"}, {"verdict": "rejected", "reason": "x" * 501},
                     {"verdict": "approved", "reason": "good"}, {"verdict": "approved", "shots": []},
                     {"verdict": "approved", "shots": "neck"}, []):
            self.refused(self.server.post_json(path, body), 400, "bad_json")
        self.refused(self.server.post_json(path, {"verdict": "approved", "shots": ["nose"]}), 400,
                     "bad_request")
        self.refused(self.server.post_json("/images/9999/review", {"verdict": "none"}), 404, "not_found")
        self.refused(self.server.request("GET", "/images?review=maybe"), 400, "bad_request")


class Pending(Case):
    args = ("--workers", "0")

    def test_what_is_not_processed_takes_no_hand(self):
        image_id = self.server.upload(figure()).json["id"]
        self.refused(self.put(f"/images/{image_id}/edits", {"person": 0}), 409, "not_processed")
        self.refused(self.server.post_json(f"/images/{image_id}/review", {"verdict": "approved"}), 409,
                     "not_processed")
        self.refused(self.server.post_json(f"/images/{image_id}/plan", {}), 409, "not_processed")

    def test_a_poller_learns_what_was_removed(self):
        image_id = self.server.upload(figure_variant(3)).json["id"]
        seq = self.server.request("GET", "/images").json["seq"]
        self.assertNotIn("removed", self.server.request("GET", "/images").json)
        self.server.request("DELETE", f"/images/{image_id}")
        answer = self.server.request("GET", f"/images?since={seq}").json
        self.assertEqual((answer["removed"], answer["reset"]), ([image_id], False))
        answer = self.server.request("GET", f"/images?since={answer['seq']}").json
        self.assertEqual(answer["removed"], [])


class RecordsInMemory(Review):
    env = {"POSECRAFT_RECORDS": "memory:", "POSECRAFT_QUEUE": "memory:"}


if __name__ == "__main__":
    harness.main(__name__)
