"""Images as rows of RGB bytes, for tests that compare them: BMP as make_figure writes it, and PNG as `posecraft`
writes it (8 bits, RGB, not interlaced). Needs no library."""
import struct
import zlib


def read_bmp(data):
    """[row of RGB bytes], top row first."""
    start, = struct.unpack_from("<I", data, 10)
    width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
    if bits != 24:
        raise ValueError("24 bits are read here")
    line = (width * 3 + 3) // 4 * 4
    rows = []
    for y in reversed(range(height)):
        row = bytearray(data[start + y * line:start + y * line + width * 3])
        row[0::3], row[2::3] = row[2::3], row[0::3]
        rows.append(row)
    return rows


def write_bmp(rows):
    width, height = len(rows[0]) // 3, len(rows)
    line = (width * 3 + 3) // 4 * 4
    body = bytearray()
    for row in reversed(rows):
        bgr = bytearray(row)
        bgr[0::3], bgr[2::3] = bgr[2::3], bgr[0::3]
        body += bgr + bytes(line - width * 3)
    head = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + len(body), 0, 0, 54, 40, width, height, 1, 24, 0,
                       len(body), 0, 0, 0, 0)
    return head + bytes(body)


def beside(*images, colour=(255, 255, 255)):
    """The images side by side, aligned at the bottom."""
    height = max(len(rows) for rows in images)
    out = [bytearray() for _ in range(height)]
    for rows in images:
        empty = bytes(colour) * (len(rows[0]) // 3)
        for y in range(height):
            above = height - len(rows)
            out[y] += rows[y - above] if y >= above else empty
    return out


def crop(rows, box):
    x, y, w, h = box
    return [bytearray(row[x * 3:(x + w) * 3]) for row in rows[y:y + h]]


def _unfilter(kind, row, above):
    for i, byte in enumerate(row):
        a, b, c = (row[i - 3] if i > 2 else 0), above[i], (above[i - 3] if i > 2 else 0)
        if kind == 1:
            guess = a
        elif kind == 2:
            guess = b
        elif kind == 3:
            guess = (a + b) // 2
        elif kind == 4:
            near = a + b - c
            guess = min((abs(near - a), 0, a), (abs(near - b), 1, b), (abs(near - c), 2, c))[2]
        else:
            guess = 0
        row[i] = (byte + guess) & 255


def read_png(data):
    at, packed, size = 8, b"", None
    while at < len(data):
        length, = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            size = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
    width, height, depth, colour, _, _, interlace = size
    if (depth, colour, interlace) != (8, 2, 0):
        raise ValueError("8-bit RGB is read here")
    raw, rows, above = zlib.decompress(packed), [], bytes(width * 3)
    for y in range(height):
        start = y * (width * 3 + 1)
        row = bytearray(raw[start + 1:start + 1 + width * 3])
        _unfilter(raw[start], row, above)
        rows.append(row)
        above = row
    return rows
