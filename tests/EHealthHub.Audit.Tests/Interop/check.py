#!/usr/bin/env python3
"""Recomputes the root of an audit log from its entry bundles and compares it with the checkpoint.

Written from FORMAT.md, with the standard library alone and none of the hub's code. It does not verify the checkpoint's
signature (the standard library has no Ed25519): what it says is that the entries are those of this checkpoint.

usage: check.py DIR/audit/LOG      exit code 0: they are; 1: they are not
"""
import base64
import hashlib
import os
import sys


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def bundle_path(log, index):
    path = "%03d" % (index % 1000)
    index //= 1000
    while index > 0:
        path = "x%03d/%s" % (index % 1000, path)
        index //= 1000
    return os.path.join(log, "tile", "entries", path)


def read_bundle(log, index, width):
    """The first `width` entries of a bundle, from the full file or from the partial one."""
    path = bundle_path(log, index)
    if not os.path.exists(path) and width < 256:
        path = os.path.join(path + ".p", str(width))
    with open(path, "rb") as file:
        data = file.read()
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at:at + 2], "big")
        if at + 2 + length > len(data):
            raise ValueError("%s: an entry is cut short" % path)
        entries.append(data[at + 2:at + 2 + length])
        at += 2 + length
    if len(entries) < width:
        raise ValueError("%s: %d entries where %d are due" % (path, len(entries), width))
    return entries[:width]


def root_of(log, size):
    """A stack of complete subtrees, largest first: a new leaf joins equals until none is left."""
    stack = []
    for index in range((size + 255) // 256):
        for entry in read_bundle(log, index, min(256, size - index * 256)):
            count, digest = 1, leaf_hash(entry)
            while stack and stack[-1][0] == count:
                digest = node_hash(stack.pop()[1], digest)
                count *= 2
            stack.append((count, digest))
    if not stack:
        return hashlib.sha256(b"").digest()
    digest = stack.pop()[1]
    while stack:
        digest = node_hash(stack.pop()[1], digest)
    return digest


def main(log):
    with open(os.path.join(log, "checkpoint"), encoding="utf-8") as file:
        origin, size, root = file.read().split("\n")[:3]
    if origin.replace("/", "+") != os.path.basename(os.path.abspath(log)):
        raise ValueError("the checkpoint is of another log")
    computed = root_of(log, int(size))
    if computed != base64.b64decode(root, validate=True):
        raise ValueError("the entries do not have the root of the checkpoint")
    print("%s: %s entries, root %s" % (origin, size, computed.hex()))


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
