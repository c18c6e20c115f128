"""A verifier by somebody else: from docs/format.md alone, with the standard library alone.

python verifier.py STORE CHECKPOINT VKEY    checks that the store's first events are those sealed
"""
import base64, hashlib, sqlite3, sys  # noqa: E401, I001

def sha(data): return hashlib.sha256(data).digest()
def long(number): return number.to_bytes(8, "big")

def root(hashes):  # RFC 9162, 2.1.1
    if len(hashes) < 2: return hashes[0] if hashes else sha(b"")
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1" + root(hashes[:split]) + root(hashes[split:]))

p, q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032, 5.1
d = -121665 * pow(121666, -1, p) % p

def add(a, b):
    k = d * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + k, -1, p)
    return x % p, (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, p) % p

def times(n, point):
    sum_ = (0, 1)
    while n:
        if n & 1: sum_ = add(sum_, point)
        point, n = add(point, point), n >> 1
    return sum_

def point(data):
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    x = pow(square, (p + 3) // 8, p)
    if (x * x - square) % p: x = x * pow(2, (p - 1) // 4, p) % p
    assert (x * x - square) % p == 0, "not on the curve"
    return (p - x if x & 1 != data[31] >> 7 else x), y

def holds(public, text, signature):
    n = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % q
    s = int.from_bytes(signature[32:], "little")
    base = point((4 * pow(5, -1, p) % p).to_bytes(32, "little"))
    return s < q and times(s, base) == add(point(signature[:32]), times(n, point(public)))

store, checkpoint, vkey = sys.argv[1:]
text, _, lines = open(checkpoint, encoding="utf-8").read().rpartition("\n\n")
name, number, coded = open(vkey, encoding="utf-8").readline().strip().split("+", 2)
marks = [line.split(" ")[2] for line in lines.splitlines() if line.startswith(f"— {name} ")]
signed = [b for b in map(base64.b64decode, marks) if b[:4].hex() == number]
public = base64.b64decode(coded)[1:]
assert signed and all(holds(public, f"{text}\n".encode(), b[4:]) for b in signed), "signature"
origin, size, sealed = text.split("\n")
rows = sqlite3.connect(store).execute(
    "SELECT originator_id, originator_version, topic, state FROM stored_events "
    "WHERE rowid <= ? ORDER BY rowid", (int(size),)).fetchall()
hashes = [sha(b"\0" + long(i) + b"".join(long(len(part)) + part for part in (
    stream.encode(), long(version), topic.encode(), state)))
    for i, (stream, version, topic, state) in enumerate(rows)]
assert root(hashes) == base64.b64decode(sealed), "the events are not those sealed"
print(f"{origin}: {len(rows)} events as sealed")
