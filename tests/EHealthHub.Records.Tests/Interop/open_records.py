"""Opens the known answers of Records/FORMAT.md with nothing of the hub: python3 open_records.py vectors.txt FOLDER_OF_DICTIONARIES
Frames are inflated by compression.zstd, zstandard or the zstd program; where none is there, by hand if they are not compressed, and else taken from the vectors."""
import hashlib, hmac, os, shutil, struct, subprocess, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

fields = lambda *parts: b"".join(struct.pack(">H", len(p)) + p for p in parts)
long = lambda b: struct.pack(">I", len(b)) + b


def kdf(key, label, context, size):
    fixed = label + b"\0" + context + struct.pack(">I", size * 8)
    return b"".join(hmac.new(key, struct.pack(">I", i + 1) + fixed, hashlib.sha256).digest() for i in range(-(-size // 32)))[:size]


def prf(root, label, *parts):
    key = kdf(root, b"EHealthHub prf " + label, b"", 32)
    return hmac.new(key, bytes([len(parts)]) + b"".join(map(long, parts)), hashlib.sha256).digest()


def inflate(packed, dictionary, known, folder):
    if not any(packed):
        return b""
    at = 1 + (not packed[0] & 32) + {0: bool(packed[0] & 32), 1: 2, 2: 4, 3: 8}[packed[0] >> 6]
    last, raw, pure = 0, b"", True
    while not last:
        head = int.from_bytes(packed[at:at + 3], "little")
        last, kind, size = head & 1, head >> 1 & 3, head >> 3
        raw, pure, at = raw + packed[at + 3:at + 3 + size], pure and kind == 0, at + 3 + (1 if kind == 1 else size)
    assert not any(packed[at:]), "padding"
    frame, path = b"\x28\xb5\x2f\xfd" + packed[:at], os.path.join(folder, {1: "bodies.1.zdict", 2: "facts.2.zdict"}[dictionary])
    if pure:
        return raw
    try:
        from compression import zstd
        return zstd.decompress(frame, zstd.ZstdDict(open(path, "rb").read()))
    except ImportError:
        pass
    try:
        import zstandard
        return zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(open(path, "rb").read())).decompress(frame)
    except ImportError:
        pass
    if shutil.which("zstd") is None:
        return known
    return subprocess.run(["zstd", "-dcq", "-D", path], input=frame, stdout=subprocess.PIPE, check=True).stdout


def restore_facts(content, v):
    if content[0] == 0:
        return content[1:]
    content = content[1:]

    def number(at):
        value, shift = 0, 0
        while True:
            value, at, shift = value | (content[at] & 127) << shift, at + 1, shift + 7
            if content[at - 1] < 128:
                return value, at

    varint = lambda n: bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)
    text = lambda s: varint(len(s.encode()) << 2) + s.encode()
    at = 2
    for _ in range(2):
        n, at = number(at)
        at += {0: n >> 2, 3: 16}.get(n & 3, 0)
    known = varint(int(v["version"])) + varint(int(v["time"]) << 1) + text(v["submitter"])
    if content[1] & 2:
        known += b"\x03" + bytes.fromhex(v["patient"].replace("-", ""))
    return b"\0\0" + content[:at] + known + content[at:]


def main(path, folder):
    blocks = [dict(map(str.strip, l.split("=", 1)) for l in b.splitlines()) for b in open(path, encoding="utf-8").read().strip().split("\n\n")]
    x, of = bytes.fromhex, lambda kind: [b for b in blocks if b["kind_of"] == kind]
    c = of("common")[0]
    key, hub, root = x(c["data_key"]), x(c["hub"]), x(c["national_root"])
    national = lambda *p: prf(root, b"national 1", *(list(p) + [b""] * (4 - len(p))))[:16]
    e = lambda s: s.encode()
    a, b, i = of("handle")
    compartment = national(b"compartment", bytes([int(a["kind"])]), e(a["name"]))
    assert compartment == x(a["compartment"]) and national(b"resource", e(b["type"]), e(b["id"])) == x(b["resource"])
    assert national(b"identifier", e(i["type"]), e(i["system"]), e(i["value"])) == x(i["identifier"])
    t = of("token")[0]
    assert int.from_bytes(prf(key, b"compartment index 1", e(t["type"]), e(t["parameter"]), e(t["value"]))[:4], "big") >> 1 == int(t["token"])
    opened = 0
    for v in of("version"):
        body, facts = x(v["body_envelope"]), x(v["facts_message"])
        common = [b"EHealthHub record 1", None, hub, compartment, struct.pack(">I", int(v["version"])), bytes([int(v["deleted"])]), struct.pack(">q", int(v["time"])), struct.pack(">I", int(c["epoch"])), None, e(v["submitter"])]
        common[1], common[8] = b"\1", body[6:7]
        aad = fields(*common, national(b"resource", e(v["type"]), e(v["id"])), x(v["previous"]))
        derived = kdf(key, b"EHealthHub sealing", body[:2] + body[7:39], 76)
        assert hmac.compare_digest(derived[44:], body[39:71]) and aad == x(v["body_associated"])
        packed = AESGCM(derived[:32]).decrypt(derived[32:44], body[71:], long(body[:7]) + long(aad))
        begin = '{"resourceType":"%s","id":"%s","meta":{"versionId":"%s","lastUpdated":"2026-11-24T09:30:00.000000Z"' % (v["type"], v["id"], v["version"])
        beside = b"\2" + x(v["beside"]) if v["beside"] else b""
        inner = inflate(packed, body[6], beside + e(v["json"][len(begin):]).replace(e(v["patient"]), b"\1"), folder)
        assert inner.startswith(beside), "beside"
        inner = inner[len(beside):]
        assert (e(begin) + inner.replace(b"\1", e(v["patient"])) if inner else b"") == e(v["json"]), "body"
        digest = hashlib.sha256(body).digest()
        common[1], common[8] = b"\2", facts[:1]
        aad = fields(*common, bytes([int(v["generation"])]), digest)
        derived = kdf(key, b"EHealthHub attached", body[:2] + digest, 32)
        packed = AESGCM(derived).decrypt(facts[1:13], facts[13:], long(facts[:1]) + long(aad))
        content = inflate(packed, facts[0], None, folder)
        assert packed == x(v["facts_packed"]) and (content is None or restore_facts(content, v) == x(v["facts"])), "facts"
        opened += 1
    n, chunks = of("content")[0], []
    content_key = kdf(key, b"EHealthHub content", b"\1\1" + x(n["salt"]), 32)
    for u in of("chunk"):
        chunk = x(u["chunk"])
        aad = fields(b"EHealthHub record 1", b"\3", hub, compartment, x(n["id"]), struct.pack(">I", int(u["number"])), bytes([int(u["last"])]))
        derived = kdf(content_key, b"EHealthHub sealing", chunk[:2] + chunk[7:39], 76)
        assert hmac.compare_digest(derived[44:], chunk[39:71]) and aad == x(u["associated"])
        plain = AESGCM(derived[:32]).decrypt(derived[32:44], chunk[71:], long(chunk[:7]) + long(aad))
        assert plain.rstrip(b"\0") == x(n["plain"]), "chunk"
        chunks.append(chunk)
    told = x(n["descriptor"])
    assert told == x(n["id"]) + x("00000001") + struct.pack(">q", len(x(n["plain"]))) + x(n["salt"]) + hashlib.sha256(chunks[0]).digest(), "descriptor"
    m = of("manifest")[0]
    q, n = lambda s: struct.pack(">q", int(s)), lambda s: struct.pack(">I", int(s))
    hashes = [x(m["hashes"])[:32], x(m["hashes"])[32:]]
    total = sum(int.from_bytes(prf(key, b"compartment manifest 1", b"version", n(m["slot"]) + n(k + 1), h), "big") for k, h in enumerate(hashes)) % 2 ** 256
    assert total.to_bytes(32, "big") == x(m["sum"])
    row = q(m["key"]) + q(m["number"]) + compartment + n(m["kind"]) + n(m["next_slot"]) + q(m["counter"])
    assert prf(key, b"compartment manifest 1", b"row", row, x(m["name"]), x(m["sum"])) == x(m["mac"])
    k, sha = of("commit")[0], lambda b: hashlib.sha256(b).digest()
    assert prf(x(c["commit_root"]), b"commit 1", q(k["sequence"]) + q(k["intent"]) + b"\1" + x(k["request"]), e(k["origin"]), sha(x(k["hashes"])), sha(x(k["result"]))) == x(k["mac"])
    print(opened, "versions and", len(chunks), "chunks opened")


if __name__ == "__main__":
    main(*sys.argv[1:3])
