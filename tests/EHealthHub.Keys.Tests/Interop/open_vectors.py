"""Opens the known-answer vectors of Keys/Sealing/FORMAT.md with nothing of the hub: python3 open_vectors.py FORMAT.md
Exit code 0: every vector opened and every damaged copy was refused; 1: not so; 3: this machine has no AES-GCM for Python."""
import ctypes, ctypes.util, hashlib, hmac, struct, sys


class Refused(Exception):
    pass


def gcm_open_openssl(key, nonce, ciphertext, tag, aad):
    c = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(c, name).restype = ctypes.c_void_p
    ctx = ctypes.c_void_p(c.EVP_CIPHER_CTX_new())
    out, n = ctypes.create_string_buffer(len(ciphertext) + 16), ctypes.c_int(0)
    c.EVP_DecryptInit_ex(ctx, ctypes.c_void_p(c.EVP_aes_256_gcm()), None, key, nonce)
    c.EVP_DecryptUpdate(ctx, None, ctypes.byref(n), aad, len(aad))
    c.EVP_DecryptUpdate(ctx, out, ctypes.byref(n), ciphertext, len(ciphertext))
    c.EVP_CIPHER_CTX_ctrl(ctx, 0x11, 16, ctypes.c_char_p(tag))
    good = c.EVP_DecryptFinal_ex(ctx, ctypes.byref(out, len(ciphertext)), ctypes.byref(n)) == 1
    c.EVP_CIPHER_CTX_free(ctx)
    if not good:
        raise Refused("tag")
    return out.raw[:len(ciphertext)]


def gcm_open(key, nonce, ciphertext, tag, aad):
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        return gcm_open_openssl(key, nonce, ciphertext, tag, aad)
    try:
        return AESGCM(key).decrypt(nonce, ciphertext + tag, aad)
    except InvalidTag:
        raise Refused("tag")


def open_envelope(data_key, epoch, envelope, associated):
    if len(envelope) < 87 or envelope[:2] != b"\x01\x01" or struct.unpack(">I", envelope[2:6])[0] != epoch:
        raise Refused("header")
    header, salt, commitment = envelope[:7], envelope[7:39], envelope[39:71]
    fixed = b"EHealthHub sealing" + b"\0" + envelope[:2] + salt + struct.pack(">I", 608)
    derived = b"".join(hmac.new(data_key, struct.pack(">I", i) + fixed, hashlib.sha256).digest() for i in (1, 2, 3))[:76]
    if not hmac.compare_digest(derived[44:], commitment):
        raise Refused("commitment")
    aad = struct.pack(">I", 7) + header + struct.pack(">I", len(associated)) + associated
    return gcm_open(derived[:32], derived[32:44], envelope[71:-16], envelope[-16:], aad)


def main(path):
    block = open(path, encoding="utf-8").read().split("```vectors\n")[1].split("```")[0]
    opened = 0
    for text in filter(None, block.strip().split("\n\n")):
        f = {k.strip(): v.strip() for k, v in (line.split("=", 1) for line in text.splitlines())}
        key, envelope, associated = (bytes.fromhex(f[n]) for n in ("key", "envelope", "associated"))
        if open_envelope(key, int(f["epoch"]), envelope, associated) != bytes.fromhex(f["plaintext"]):
            return 1
        for at in (0, 6, 7, 39, len(envelope) - 17, len(envelope) - 1):
            try:
                open_envelope(key, int(f["epoch"]), envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1:], associated)
                return 1
            except Refused:
                pass
        opened += 1
    print(opened, "vectors opened")
    return 0 if opened else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except OSError as e:
        print(e)
        sys.exit(3)
