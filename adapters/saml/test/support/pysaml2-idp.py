"""An identity provider on pysaml2: one command as JSON on stdin, one answer on stdout."""

import base64
import functools
import json
import sys

import saml2.entity
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.sigver import verify_redirect_signature

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


XMLENC11 = "http://www.w3.org/2009/xmlenc11#"
CONTENT = {"aes256-gcm": XMLENC11 + "aes256-gcm", "aes256-cbc": "http://www.w3.org/2001/04/xmlenc#aes256-cbc"}


def encrypting(server, content):
    """What it encrypts with is no option of pysaml2's, whose own default is Triple-DES."""
    part = saml2.entity.pre_encryption_part
    saml2.entity.pre_encryption_part = functools.partial(part, msg_enc=CONTENT[content])
    server.sec.encrypt_assertion = functools.partial(server.sec.encrypt_assertion, key_type="aes-256")


def configure(command):
    config = IdPConfig()
    config.load(
        {
            "entityid": command["entityId"],
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "key_file": command["key"],
            "cert_file": command["certificate"],
            "metadata": {"inline": [command["spMetadata"]]} if "spMetadata" in command else {},
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(command["signOn"], BINDING_HTTP_REDIRECT)]},
                    "policy": {"default": {"attribute_restrictions": None, "lifetime": {"minutes": 5}}},
                }
            },
        }
    )
    return config


def metadata(command):
    return {"metadata": str(entity_descriptor(configure(command)))}


def answer(command):
    server = Server(config=configure(command))
    query = command["query"]
    asked = server.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT)
    # What pysaml2 has for the signature of a query is a function of its own.
    [key, *_] = server.metadata.certs(asked.message.issuer.text, "spsso", "signing")
    if not verify_redirect_signature(query, server.sec.sec_backend, cert=key):
        return {"error": "IncorrectlySigned"}
    encrypted = "encrypt" in command
    if command.get("encrypt") in CONTENT:
        encrypting(server, command["encrypt"])
    where = server.response_args(asked.message, [BINDING_HTTP_POST])
    response = server.create_authn_response(
        command["attributes"],
        name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=command["nameId"]),
        authn={"class_ref": PASSWORD, "authn_auth": command["entityId"]},
        sign_response=command["sign"] in ("response", "both"),
        sign_assertion=command["sign"] in ("assertion", "both"),
        sign_alg=RSA_SHA256,
        digest_alg=SHA256,
        in_response_to=where["in_response_to"],
        destination=where["destination"],
        sp_entity_id=where["sp_entity_id"],
        encrypt_assertion=encrypted,
        encrypt_assertion_self_contained=True,
    )
    return {
        "destination": where["destination"],
        "response": base64.b64encode(str(response).encode()).decode(),
    }


if __name__ == "__main__":
    given = json.load(sys.stdin)
    try:
        said = {"metadata": metadata, "answer": answer}[given["do"]](given)
    except Exception as error:  # what a peer refuses, it says with an exception
        said = {"error": type(error).__name__, "says": str(error)[:300]}
    json.dump(said, sys.stdout)
