#!/usr/bin/python3
"""Writes the C tables of api/openapi.yaml: error codes and routes.

    gen_api.py api/openapi.yaml OUT_DIR

Leaves pc_codes.h, pc_codes.inc (rows of the code table) and pc_routes.inc (method, path, operationId).
"""
import json
import sys
from pathlib import Path

import yaml

NOTE = "/* Generated from api/openapi.yaml by scripts/gen_api.py. Do not edit. */\n"


def codes_of(doc):
    schema = doc["components"]["schemas"]["ErrorCode"]
    names, table = schema["enum"], schema["x-codes"]
    if names != list(table):
        sys.exit("openapi.yaml: ErrorCode enum and x-codes differ: "
                 + ", ".join(sorted(set(names) ^ set(table)) or ["order"]))
    return [(name, *table[name]) for name in names]


def write_codes(codes, out):
    lines = [NOTE, "#ifndef PC_CODES_H\n#define PC_CODES_H\n\nenum pc_code {\n    PC_OK = 0,\n"]
    lines += [f"    PC_E_{name.upper()},\n" for name, *_ in codes]
    lines.append("    PC_CODE_COUNT\n};\n\n#endif\n")
    (out / "pc_codes.h").write_text("".join(lines))
    rows = [f"    [PC_E_{n.upper()}] = {{{json.dumps(n)}, {status}, {int(retry)}, {json.dumps(msg)}, "
            f"{json.dumps(hint)}}},\n" for n, status, retry, msg, hint in codes]
    (out / "pc_codes.inc").write_text(NOTE + "".join(rows))


def write_routes(doc, out):
    rows = []
    for path, ops in doc["paths"].items():
        for method, op in ops.items():
            rows.append(f'PC_ROUTE({method.upper()}, "{path}", {op["operationId"]})\n')
    (out / "pc_routes.inc").write_text(NOTE + "".join(rows))


def main():
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    doc = yaml.safe_load(source.read_text())
    write_codes(codes_of(doc), out)
    write_routes(doc, out)


if __name__ == "__main__":
    main()
