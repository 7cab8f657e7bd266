#!/usr/bin/python3
"""Writes the page that shows api/openapi.yaml at /docs: plain HTML, no script, nothing from elsewhere.

    docs_page.py api/openapi.yaml OUT.html
"""
import sys
from html import escape
from pathlib import Path

import yaml

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; }
h2 { border-bottom: 1px solid; margin-top: 3rem; }
h3 code { font-size: 1.1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
:root { color-scheme: light dark; }
"""


def type_of(schema):
    """A short text for a schema; references become links."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#{name}">{name}</a>'
    if "allOf" in schema:
        return " and ".join(type_of(s) for s in schema["allOf"])
    if schema.get("type") == "array":
        return "list of " + type_of(schema.get("items", {}))
    if "enum" in schema and len(schema["enum"]) < 20:
        return " | ".join(f"<code>{escape(str(v) or '(empty)')}</code>" for v in schema["enum"])
    bounds = [f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "at most"),
                                                        ("default", "default")) if key in schema]
    return escape(" ".join([schema.get("type", "any"), *bounds]))


def table(head, rows):
    if not rows:
        return ""
    cells = "".join(f"<th scope='col'>{h}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def properties(schema):
    rows = []
    for part in schema.get("allOf", [schema]):
        if "$ref" in part:
            rows.append(("", type_of(part), "", "all of it"))
        needed = part.get("required", [])
        rows += [(f"<code>{escape(name)}</code>", type_of(p), "always" if name in needed else "", escape(p.get("description", "")))
                 for name, p in part.get("properties", {}).items()]
    return rows


def contents(parts):
    return [(f"<code>{escape(kind)}</code>", type_of(c.get("schema", {})), escape(c.get("schema", {}).get("description", "")))
            for kind, c in parts.items()]


def operation(doc, method, path, op):
    out = [f"<h3 id='{op['operationId']}'><code>{method.upper()} {escape(path)}</code></h3><p>{escape(op.get('summary', ''))}</p>"]
    out.append(f"<p>{escape(op['description'])}</p>" if "description" in op else "")
    found = [doc["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in op.get("parameters", [])]
    out.append(table(["Parameter", "In", "Type", ""],
                     [(f"<code>{p['name']}</code>", p["in"], type_of(p["schema"]), escape(p.get("description", ""))) for p in found]))
    out.append(table(["Body", "", ""], contents(op.get("requestBody", {}).get("content", {}))))
    answers = [(code, doc["components"]["responses"][r["$ref"].rsplit("/", 1)[1]] if "$ref" in r else r)
               for code, r in op["responses"].items()]
    out.append(table(["Answer", "", ""], [(code, escape(r["description"]), ", ".join(c[1] for c in contents(r.get("content", {}))))
                                          for code, r in answers]))
    return "\n".join(out)


def page(doc):
    out = [f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(doc['info']['title'])} API</title>",
           "<meta name='viewport' content='width=device-width'>", f"<style>{STYLE}</style>",
           f"<h1>{escape(doc['info']['title'])} API {doc['info']['version']}</h1><p>{escape(doc['info']['description'])}</p>",
           "<p>The same as a document: <a href='/openapi.yaml'>/openapi.yaml</a>.</p>"]
    for tag in doc["tags"]:
        out.append(f"<h2>{escape(tag['description'])}</h2>")
        out += [operation(doc, method, path, op) for path, ops in doc["paths"].items() for method, op in ops.items()
                if tag["name"] in op["tags"]]
    out.append("<h2>Bodies</h2>")
    for name, schema in doc["components"]["schemas"].items():
        if name == "ErrorCode":
            continue
        rows = properties(schema)
        out.append(f"<h3 id='{name}'>{name}</h3>" + (table(["Field", "Type", "", ""], rows) if rows else f"<p>{type_of(schema)}</p>"))
    codes = doc["components"]["schemas"]["ErrorCode"]["x-codes"]
    out.append("<h2 id='ErrorCode'>Error codes</h2>")
    out.append(table(["Code", "Status", "Again?", "Message", "What to do"],
                     [(f"<code>{n}</code>", s, "may help" if r else "", escape(m), escape(h)) for n, (s, r, m, h) in codes.items()]))
    return "\n".join(out) + "\n</html>\n"


text = page(yaml.safe_load(Path(sys.argv[1]).read_text()))
Path(sys.argv[2]).write_bytes(text.encode("ascii", "xmlcharrefreplace"))
