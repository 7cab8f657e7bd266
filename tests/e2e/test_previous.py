"""A store that the version before wrote: every answer about it is as that version gave it."""
import json
import os
import sqlite3
import tempfile
import unittest
from pathlib import Path

from harness import Server, main

DATA = Path(__file__).resolve().parents[1] / "data/records"


def without_texts(value):
    """Without the sentences for people that may be worded anew: they are not stored."""
    if isinstance(value, list):
        return [without_texts(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without_texts(item) for key, item in value.items()
            if key not in ("hint", "requestId") and not (key == "message" and set(value) == {"code", "message"})}


class Previous(unittest.TestCase):
    maxDiff = None

    def test_every_answer_is_the_same(self):
        answers = json.loads((DATA / "previous.json").read_text())
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(os.path.join(folder, "posecraft.db"))
            database.executescript((DATA / "previous.sql").read_text())
            database.close()
            with Server("--workers", "1", data=folder) as server:
                for path, (status, body) in answers.items():
                    with self.subTest(path):
                        answer = server.request("GET", path)
                        self.assertEqual((answer.status, without_texts(answer.json)),
                                         (status, without_texts(body)))


if __name__ == "__main__":
    main(__name__)
