"""Opens what was encrypted with AES-GCM under a key that went by RSA-OAEP with SHA-256: JSON on stdin and stdout."""

import base64
import json
import sys

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

given = json.load(sys.stdin)
with open(given["key"], "rb") as file:
    key = load_pem_private_key(file.read(), password=None)
content_key = key.decrypt(base64.b64decode(given["wrapped"]), OAEP(MGF1(SHA256()), SHA256(), None))
content = base64.b64decode(given["content"])
text = AESGCM(content_key).decrypt(content[:12], content[12:], None)
json.dump({"text": text.decode()}, sys.stdout)
