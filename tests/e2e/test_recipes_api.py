"""Recipes through the API: stored with the records, active in every process, checked, and chosen for images."""
import json
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import BIN, SLOW, ServerTestCase, Server, Worker, clean_env, figure_variant, main

FIVE = ["neck", "sleeve", "zoom", "waist", "length"]


def put(server, version, text):
    return server.request("PUT", "/recipes", json.dumps({"version": version, "text": text}),
                      {"Content-Type": "application/json"})


def check(server, text):
    return server.post_json("/recipes/check", {"text": text})


def labels(recipes):
    return [r["label"] for r in recipes]


class InForce(ServerTestCase):
    args = ("--workers", "0")

    def setUp(self):
        now = self.server.request("GET", "/recipes").json
        if now["source"] != "default":
            self.assertEqual(put(self.server, now["version"], None).status, 200)

    def test_the_five_are_in_force_and_the_others_ready(self):
        now = self.server.request("GET", "/recipes").json
        self.assertEqual((now["source"], labels(now["recipes"])), ("default", FIVE))
        self.assertEqual(len(now["ready"]), 18)
        self.assertFalse(set(FIVE) & set(labels(now["ready"])))
        self.assertNotIn("problem", now)
        for r in now["recipes"] + now["ready"]:
            self.assertEqual(json.loads(r["json"])["label"], r["label"])
            self.assertTrue(r["title"] and len(r["hash"]) == 16)
        again = check(self.server, now["text"]).json
        self.assertTrue(again["ok"])
        self.assertEqual([r["hash"] for r in again["recipes"]], [r["hash"] for r in now["recipes"]])

    def test_a_change_is_kept_as_it_was_written(self):
        seen = self.server.request("GET", "/recipes").json["version"]
        text = '[ "neck",\n  {"based_on": "zoom", "label": "fabric", "title": "Stoff – nah"} ]\n'
        answer = put(self.server, seen, text)
        self.assertEqual(answer.status, 200, answer.body)
        now = self.server.request("GET", "/recipes").json
        self.assertEqual(now, answer.json)
        self.assertEqual((now["source"], now["text"], labels(now["recipes"])), ("page", text, ["neck", "fabric"]))
        self.assertGreater(now["version"], seen)
        self.assertIn("zoom", labels(now["ready"]))
        self.assertEqual(self.server.request("GET", "/limits").json["shots"],
                         [{"label": "neck", "title": "Neck view"}, {"label": "fabric", "title": "Stoff – nah"}])
        back = put(self.server, now["version"], None).json
        self.assertEqual((back["source"], labels(back["recipes"])), ("default", FIVE))
        self.assertGreater(back["version"], now["version"])

    def test_who_saw_an_older_version_is_refused(self):
        seen = self.server.request("GET", "/recipes").json["version"]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda i: put(self.server, seen, f'[{{"based_on":"zoom","label":"z-{i}"}}]'),
                                    range(8)))
        self.assertEqual(sorted(a.status for a in answers), [200] + 7 * [409])
        won = next(a.json for a in answers if a.status == 200)
        lost = next(a.json for a in answers if a.status == 409)
        self.assertEqual(lost["error"]["code"], "changed_meanwhile")
        self.assertEqual(self.server.request("GET", "/recipes").json, won)

    def test_bad_recipes_are_refused_and_change_nothing(self):
        before = self.server.request("GET", "/recipes").json
        for text, says in [('{"recipes": [', "Line 1"), ('["neck", "nekc"]', "recipes[1]"), ("[]", "at least one"),
                           ('[{"based_on": "neck", "label": "../x"}]', "file names")]:
            answer = put(self.server, before["version"], text)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "bad_recipe"), text)
            self.assertIn(says, answer.json["error"]["message"])
        self.assertEqual(self.server.request("GET", "/recipes").json, before)

    def test_requests_of_another_form_are_refused(self):
        for body in ({}, {"text": "[]"}, {"version": "1", "text": "[]"}, {"version": 0}, {"version": 0, "text": 7},
                     {"version": -1, "text": None}, []):
            answer = self.server.request("PUT", "/recipes", json.dumps(body), {"Content-Type": "application/json"})
            self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "bad_json"), body)
        for body in ({}, {"text": None}, "x"):
            self.assertEqual(self.server.post_json("/recipes/check", body).json["error"]["code"], "bad_json")
        self.assertEqual(self.server.request("POST", "/recipes", "{}").status, 405)
        self.assertEqual(self.server.request("PUT", "/recipes", "{}", {"Content-Type": "text/plain"}).status, 415)

    def test_a_text_beyond_the_bound_is_refused(self):
        version = self.server.request("GET", "/recipes").json["version"]
        fits = '["neck"]' + " " * (262144 - 8)
        answer = put(self.server, version, fits)
        self.assertEqual(answer.status, 200, answer.body)
        answer = put(self.server, answer.json["version"], fits + " ")
        self.assertEqual((answer.status, answer.json["error"]["code"]), (413, "body_too_large"))
        self.assertEqual(put(self.server, 0, " " * 1100000).status, 413)

    def test_the_schema_is_served(self):
        answer = self.server.request("GET", "/recipes/schema")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/schema+json"))
        self.assertIn("keep", answer.json["$defs"]["recipe"]["properties"])
        self.assertNotIn("docs/", answer.body.decode())  # manuals that a reader of the page need not have


class Judging(ServerTestCase):
    args = ("--workers", "0")

    def problems(self, text):
        answer = check(self.server, text)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertFalse(answer.json["ok"])
        self.assertNotIn("recipes", answer.json)
        return answer.json["problems"]

    def test_good_ones_are_told(self):
        answer = check(self.server, '["neck", {"based_on": "neck", "label": "mine"}]').json
        self.assertEqual((answer["ok"], answer["problems"], labels(answer["recipes"])), (True, [], ["neck", "mine"]))

    def test_broken_json_has_line_and_column(self):
        found = self.problems('{\n  "recipes": [\n    "neck",,\n  ]\n}')
        self.assertEqual([(p["line"], p.get("place")) for p in found], [(3, None)])
        self.assertGreaterEqual(found[0]["column"], 11)
        for text in ("", "{", '"neck', "[" * 5000, "null"):
            self.assertGreaterEqual(self.problems(text)[0]["line"], 1, text[:9])

    def test_several_mistakes_are_told_at_once(self):
        text = "\n".join(['[', '{"based_on": "neck", "label": "a", "keep": ["nose", "elbow"],', '  "aspct": "1:1"},',
                          '{"label": "b"},', '{"based_on": "a", "label": "c"}', ']'])
        found = self.problems(text)
        self.assertEqual([(p["place"], p["line"], p["column"]) for p in found],
                         [("recipes[0].keep[1]", 2, 53), ("recipes[0].aspct", 3, 3), ("recipes[1].keep", 4, 1)])
        self.assertIn("did you mean 'aspect'", found[1]["message"])

    def test_contradictions_are_told_at_the_recipe(self):
        text = '[\n "neck",\n {"label": "x", "keep": ["crown"], "headless": "under_face", "aspect": "1:1"}\n]'
        found = self.problems(text)
        self.assertEqual([(p["place"], p["line"]) for p in found], [("recipes[1]", 3)])
        self.assertRegex(found[0]["message"], "nothing is left|contradiction")

    def test_a_flood_of_mistakes_is_cut_short(self):
        found = self.problems(json.dumps([{"k%d" % i: 1 for i in range(50)}]))
        self.assertEqual(len(found), 20)
        for text in ("[" + ",".join(["{}"] * 80000) + "]", "[" + "{},".join(["7,"] * 50000) + "1]",
                     '[{"label":"a"},' + ",".join(['{"based_on":"a"}'] * 15000) + "]"):
            self.assertIn(len(self.problems(text)), (1, 20))


class Shared(unittest.TestCase):
    def cut_by_worker(self, server, wanted):
        """Uploads an image that is cut to these shots. The worker reads changed recipes within seconds, so images that
        it cut by the ones before are removed again."""
        end = time.monotonic() + 60 * SLOW
        for variant in range(701, 1000):
            self.assertLess(time.monotonic(), end)
            image_id = server.upload(figure_variant(variant)).json["id"]
            if labels(server.wait_for(image_id)["shots"]) == wanted:
                return
            self.assertEqual(server.request("DELETE", f"/images/{image_id}").status, 204)
            time.sleep(0.5)

    def test_a_change_reaches_workers_elsewhere_and_stays(self):
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            with Server("--workers", "0", data=data) as server, Worker(data):
                first = server.upload(figure_variant(700)).json["id"]
                self.assertEqual(labels(server.wait_for(first)["shots"]), FIVE)
                put(server, 0, '["neck", "shoes"]')
                self.cut_by_worker(server, ["neck", "shoes"])
                self.assertEqual(labels(server.wait_for(first)["shots"]), FIVE)  # not by itself
                dry = server.post_json("/recut", {"dryRun": True}).json
                self.assertEqual((dry["looked"], dry["changed"], dry["queued"]), (2, 1, 0))
                self.assertEqual(server.post_json("/recut", {}).json["queued"], 1)
                self.assertEqual(labels(server.wait_for(first)["shots"]), ["neck", "shoes"])
            mine = Path(data, "mine.json")
            mine.write_text('["zoom"]')
            with Server("--workers", "0", "--recipes", str(mine), data=data) as server:
                now = server.request("GET", "/recipes").json
                self.assertEqual((now["source"], labels(now["recipes"])), ("page", ["neck", "shoes"]))
                run = subprocess.run([BIN, "recut", "--dry-run", "--data", data, "--recipes", str(mine)],
                                     env=clean_env(), capture_output=True, text=True, timeout=120)
                self.assertIn("0 would change", run.stdout)
                self.assertIn("stored with the records", run.stderr)
                back = put(server, now["version"], None).json
                self.assertEqual((back["source"], labels(back["recipes"])), ("setting", ["zoom"]))

    def test_two_servers_agree(self):
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            with Server("--workers", "0", data=data) as one, Server("--workers", "0", data=data) as two:
                put(one, 0, '["neck"]')
                end = time.monotonic() + 30 * SLOW
                while labels(two.request("GET", "/recipes").json["recipes"]) != ["neck"]:
                    self.assertLess(time.monotonic(), end)
                    time.sleep(0.1)
                self.assertEqual(put(two, 0, '["zoom"]').status, 409)

    def test_what_a_newer_build_kept_leaves_the_last_ones_in_force(self):
        import sqlite3
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            with Server("--workers", "0", data=data) as server:
                put(server, 0, '["zoom"]')
                db = sqlite3.connect(Path(data, "posecraft.db"))
                table = next(t for (t,) in db.execute("select name from sqlite_master where type='table'")
                             if "kept" in t)
                with db:
                    changed = db.execute(f"update {table} set text = ?, version = version + 1 where name = 'recipes'",
                                         ('[{"label": "x", "keep": ["tail"]}]',)).rowcount
                db.close()
                self.assertEqual(changed, 1)
                time.sleep(2.2)
                now = server.request("GET", "/recipes").json
                self.assertEqual((labels(now["recipes"]), now["version"]), (["zoom"], 2))
                self.assertIn("unknown landmark 'tail'", now["problem"])
                time.sleep(2.2)
                server.request("GET", "/recipes")
                self.assertEqual(Path(data, "log.jsonl").read_text().count("stored recipes are not valid"), 1)
                fixed = put(server, 2, '["neck"]').json
                self.assertEqual((labels(fixed["recipes"]), fixed.get("problem")), (["neck"], None))


class Chosen(ServerTestCase):
    """Images that name their own recipes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = [cls.server.upload(figure_variant(720 + i)).json["id"] for i in range(3)]
        for i in cls.ids:
            assert cls.server.wait_for(i)["status"] == "processed"

    def recut(self, **body):
        return self.server.post_json("/recut", body)

    def test_chosen_recipes_hold_until_they_are_taken_back(self):
        a, b, _ = self.ids
        dry = self.recut(ids=[a, b, 999], recipes=["shoes", "neck"], dryRun=True).json
        self.assertEqual((dry["looked"], dry["changed"], dry["skipped"], dry["queued"], dry["next"]),
                         (3, 2, 1, 0, None))
        done = self.recut(ids=[a, b], recipes=["shoes", "neck"]).json
        self.assertEqual((done["changed"], done["queued"]), (2, 2))
        for i in (a, b):
            image = self.server.wait_for(i)
            self.assertEqual(labels(image["shots"]), ["shoes", "neck"])
            self.assertEqual(image["edits"]["recipes"], ["shoes", "neck"])
        # What is chosen counts as up to date, for all and by name.
        self.assertEqual(self.recut(dryRun=True).json["changed"], 0)
        self.assertEqual(self.recut(ids=[a], dryRun=True).json["unchanged"], 1)
        # A change in force does not touch what was chosen.
        now = self.server.request("GET", "/recipes").json
        now = put(self.server, now["version"], '["zoom"]').json
        self.assertEqual(self.recut(dryRun=True).json["changed"], 1)
        now = put(self.server, now["version"], None).json
        back = self.recut(ids=[a, b], recipes=None).json
        self.assertEqual(back["queued"], 2)
        for i in (a, b):
            image = self.server.wait_for(i)
            self.assertEqual(labels(image["shots"]), FIVE)
            self.assertNotIn("recipes", image.get("edits", {}))

    def test_a_choice_without_a_difference_is_noted_and_cuts_nothing(self):
        c = self.ids[2]
        before = self.server.request("GET", f"/images/{c}").json
        answer = self.recut(ids=[c], recipes=FIVE).json
        self.assertEqual((answer["changed"], answer["unchanged"], answer["queued"]), (0, 1, 0))
        after = self.server.request("GET", f"/images/{c}").json
        self.assertEqual((after["status"], after["edits"]["recipes"]), ("processed", FIVE))
        self.assertEqual([s["url"] for s in after["shots"]], [s["url"] for s in before["shots"]])
        self.recut(ids=[c], recipes=None)

    def test_labels_that_nobody_knows_are_named(self):
        answer = self.recut(ids=[self.ids[0]], recipes=["neck", "nekc", "shoe"])
        self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "bad_request"))
        self.assertIn("'nekc', 'shoe'", answer.json["error"]["message"])

    def test_requests_of_another_form_are_refused(self):
        for body in ({"ids": []}, {"ids": list(range(1, 252))}, {"ids": [0]}, {"ids": 1}, {"recipes": ["neck"]},
                     {"ids": [1], "recipes": []}, {"ids": [1], "recipes": "neck"}, {"ids": [1], "recipes": [1]},
                     {"ids": [1], "recipes": ["neck"] * 33}, {"ids": [1], "batch": "b"}, {"ids": [1], "after": 1}):
            answer = self.recut(**body)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "bad_json"), body)

    def test_a_pending_image_is_skipped(self):
        broken = self.server.request("POST", "/process", figure_variant(750)[:3000], {"Content-Type": "image/bmp"}).json["id"]
        self.assertEqual(self.server.wait_for(broken)["status"], "failed")
        answer = self.recut(ids=[broken], recipes=["neck"]).json
        self.assertEqual((answer["skipped"], answer["queued"]), (1, 0))


if __name__ == "__main__":
    main(__name__)
