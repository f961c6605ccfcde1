#!/usr/bin/env python3
"""Checks a patient's report: every entry stands in its log and opens, and none is missing up to what the heads cover.

Written from FORMAT.md, with the standard library alone and none of the hub's code; so AES-256-GCM is here too, slow and
plain. It does not verify the checkpoints' signatures (the standard library has no Ed25519), nor their age, nor whether a
whole log was left out.

usage: check_report.py REPORT      exit code 0: complete; 1: not, and what is wrong
"""
import base64
import hashlib
import json
import sys


def xtime(a):
    return ((a << 1) ^ 0x11B) if a & 0x80 else a << 1


def make_sbox():
    box, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ xtime(p) & 0xFF
        for shift in (1, 2, 4):
            q = (q ^ (q << shift)) & 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q
        for shift in (1, 2, 3, 4):
            x ^= ((q << shift) | (q >> (8 - shift))) & 0xFF
        box[p] = x ^ 0x63
        if p == 1:
            box[0] = 0x63
            return box


SBOX = make_sbox()


def expand(key):
    words, rcon = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= rcon
            rcon = xtime(rcon)
        elif i % 8 == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(word, words[i - 8])])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def encrypt_block(rounds, block):
    state = [a ^ b for a, b in zip(block, rounds[0])]
    for number, key in enumerate(rounds[1:], 1):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < 14:
            mixed = []
            for c in range(0, 16, 4):
                a = state[c:c + 4]
                whole = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[i] ^ whole ^ xtime(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def ghash(h, data):
    y = 0
    for at in range(0, len(data), 16):
        y ^= int.from_bytes(data[at:at + 16], "big")
        product, v = 0, h
        for bit in range(127, -1, -1):
            if (y >> bit) & 1:
                product ^= v
            v = (v >> 1) ^ (0xE1 << 120) if v & 1 else v >> 1
        y = product
    return y


def pad(data):
    return data + bytes(-len(data) % 16)


def open_gcm(key, ciphertext, tag, associated):
    rounds, nonce = expand(key), bytes(12)
    h = int.from_bytes(encrypt_block(rounds, bytes(16)), "big")
    lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    first = int.from_bytes(encrypt_block(rounds, nonce + b"\0\0\0\1"), "big")
    if ghash(h, pad(associated) + pad(ciphertext) + lengths) ^ first != int.from_bytes(tag, "big"):
        raise ValueError("a part does not open")
    plain = b""
    for i in range(0, len(ciphertext), 16):
        stream = encrypt_block(rounds, nonce + (2 + i // 16).to_bytes(4, "big"))
        plain += bytes(a ^ b for a, b in zip(ciphertext[i:i + 16], stream))
    return plain


def open_part(origin, leaf, number, part, secret):
    expanded = hashlib.sha512(b"EHealthHub audit part v2" + secret).digest()
    if part[:32] != expanded[32:]:
        raise ValueError("a part was sealed under another secret")
    associated = b"EHealthHub audit entry v2\n" + origin.encode() + b"\n" + leaf[:21] + number.to_bytes(2, "big")
    return open_gcm(expanded[:32], part[32:-16], part[-16:], associated)


def parts_of(leaf):
    """The sealed account, and the sealed parts of the patients."""
    if leaf[0] != 2:
        raise ValueError("a leaf is not of version 2")
    count, at = int.from_bytes(leaf[17:19], "big"), 21 + 48 + int.from_bytes(leaf[19:21], "big")
    account, patients = leaf[21:at], []
    for _ in range(count):
        end = at + 2 + 48 + int.from_bytes(leaf[at:at + 2], "big")
        patients.append(leaf[at + 2:end])
        at = end
    return account, patients


def number_at(data, at):
    value, shift = 0, 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at


def text_at(data, at):
    number, at = number_at(data, at)
    raw, form = data[at:at + number // 4], number % 4
    at += number // 4
    if form == 1:
        digits = raw.hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])), at
    return (raw.hex() if form == 2 else raw.decode()), at


def heads_of(account):
    """Size, count and root that an account of kind 11 states."""
    if account[0] != 11:
        raise ValueError("the entry does not state heads")
    fields, at = number_at(account, 9)
    for bit in range(11):
        if (fields >> bit) & 1:
            if bit in (7, 9):
                _, at = number_at(account, at)
            else:
                _, at = text_at(account, at)
    size, at = number_at(account, at)
    count, at = number_at(account, at)
    return size, count, account[at:at + 32]


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def root_from(index, size, digest, proof):
    """RFC 9162, 2.1.3.2."""
    node, last = index, size - 1
    for sibling in proof:
        if node & 1 or node == last:
            digest = hashlib.sha256(b"\1" + sibling + digest).digest()
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = hashlib.sha256(b"\1" + digest + sibling).digest()
        node, last = node >> 1, last >> 1
    return digest if last == 0 and 0 <= index < size else None


def b64(text):
    return base64.b64decode(text, validate=True)


def stands(element, leaf, size, root):
    return root_from(element.get("index", element.get("position")), size, leaf_hash(leaf), [b64(h) for h in element["proof"]]) == root


def check_log(patient, log):
    origin, size, root = log["checkpoint"].split("\n")[:3]
    size, root, name = int(size), b64(root), b64(log["name"])
    if origin != log["origin"]:
        raise ValueError("the checkpoint is of another log")
    if size == 0:
        return 0, 0
    if "heads" not in log:
        raise ValueError("a log that has ended is not checked here")
    heads = log["heads"]
    leaf = b64(heads["leaf"])
    if not stands(heads, leaf, size, root):
        raise ValueError("the heads do not stand in the log")
    covered, count, heads_root = heads_of(open_part(origin, leaf, 0, parts_of(leaf)[0], b64(heads["account"])))

    due, newest = None, (0, -1)
    for element in log["leaves"]:
        leaf, index = b64(element["leaf"]), element["index"]
        if not stands(element, leaf, size, root):
            raise ValueError("entry %d does not stand in the log" % index)
        account, patients = parts_of(leaf)
        open_part(origin, leaf, 0, account, b64(element["account"]))
        part = open_part(origin, leaf, 2 + element["part"], patients[element["part"]], b64(element["patient"]))
        sequence, previous, known = (int.from_bytes(part[i:i + 8], "big", signed=True) for i in (0, 8, 16))
        if text_at(part, 40)[0] != patient or part[24:40] != name:
            raise ValueError("entry %d is another patient's" % index)
        if due is not None and due != (sequence, index):
            raise ValueError("an entry is missing before entry %d" % index)
        if known > heads["index"]:
            raise ValueError("entry %d knows of newer heads" % index)
        if index < covered and newest == (0, -1):
            newest = (sequence, index)
        due = (sequence - 1, previous)
    if due not in (None, (0, -1)):
        raise ValueError("the patient's first entries are missing")

    records = log["records"]
    for element in records:
        if not stands(element, b64(element["record"]), count, heads_root):
            raise ValueError("a record does not stand in the heads")
    names = [b64(element["record"])[:16] for element in records]
    if names == [name]:
        record = b64(records[0]["record"])
        head = (int.from_bytes(record[16:24], "big"), int.from_bytes(record[24:32], "big"))
    else:
        head, positions = (0, -1), [element["position"] for element in records]
        absent = (
            (len(names) == 2 and positions[1] == positions[0] + 1 and names[0] < name < names[1])
            or (len(names) == 1 and ((positions[0] == 0 and name < names[0]) or (positions[0] == count - 1 and names[0] < name)))
            or (not names and count == 0))
        if not absent:
            raise ValueError("the records do not show that the patient has no entry")
    if head != newest:
        raise ValueError("the patient's last entry is missing: the heads say number %d" % head[0])
    return len(log["leaves"]), covered


def main(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    if report["format"] != "EHealthHub patient report v1":
        raise ValueError("not a patient's report")
    for log in report["logs"]:
        count, covered = check_log(report["patient"], log)
        print("%s: %d entries, complete up to entry %d" % (log["origin"], count, covered))


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (ValueError, KeyError, IndexError, OSError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
