"""An identity provider on pysaml2: one command as JSON on stdin, one answer on stdout."""

import base64
import functools
import json
import sys

import saml2.entity
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID, name_id_from_string
from saml2.server import Server
from saml2.sigver import pre_encryption_part, verify_redirect_signature

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


XMLENC11 = "http://www.w3.org/2009/xmlenc11#"
CONTENT = {"aes256-gcm": XMLENC11 + "aes256-gcm", "aes256-cbc": "http://www.w3.org/2001/04/xmlenc#aes256-cbc"}


def encrypting(server, content):
    """What it encrypts with is no option of-pysaml2's, whose own default is Triple-DES."""
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
            **({"encryption_keypairs": [command["encryption"]]} if "encryption" in command else {}),
            "metadata": {"inline": [command["spMetadata"]]} if "spMetadata" in command else {},
            "service": {
                "idp": {
                    "endpoints": {
                        "single_sign_on_service": [(command["signOn"], BINDING_HTTP_REDIRECT)],
                        **({"single_logout_service": [(command["logout"], BINDING_HTTP_REDIRECT)]} if "logout" in command else {}),
                    },
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


def location(server, message, destination, response=False):
    """A signed message, by redirect."""
    info = server.apply_binding(
        BINDING_HTTP_REDIRECT,
        str(message),
        destination,
        relay_state="of-pysaml2",
        response=response,
        sign=True,
        sigalg=RSA_SHA256,
    )
    return {"location": dict(info["headers"])["Location"]}


def verified(server, query, sp):
    keys = server.metadata.certs(sp, "spsso", "signing")
    return any(verify_redirect_signature(dict(query), server.sec.sec_backend, cert=key) for key in keys)


def sign_out(command):
    """Tells the service provider that somebody signed out here."""
    server = Server(config=configure(command))
    name = NameID(format=NAMEID_FORMAT_PERSISTENT, text=command["nameId"])
    _, request = server.create_logout_request(
        command["destination"],
        command["sp"],
        name_id=name,
        session_indexes=command["sessionIndexes"],
        sign=False,
    )
    if "encryptFor" not in command:
        return location(server, request, command["destination"])
    request.name_id = None
    # Encrypted as it stands in a document of its own, so that it keeps its namespaces.
    text = str(request)
    element = "<saml:EncryptedID xmlns:saml='%s'>%s</saml:EncryptedID>" % (ASSERTION, str(name).split("?>")[-1])
    at = text.index("</", text.index("Issuer>"))
    at = text.index(">", at) + 1
    encrypted = server.sec.encrypt_assertion(
        text[:at] + element + text[at:],
        command["encryptFor"],
        pre_encryption_part(msg_enc=CONTENT["aes256-gcm"]),
        key_type="aes-256",
        node_xpath="//*[local-name()='EncryptedID']/*[local-name()='NameID']",
    )
    return location(server, encrypted, command["destination"])


def signed_out(command):
    """The service provider tells that somebody signed out there."""
    server = Server(config=configure(command))
    query = command["query"]
    if not verified(server, query, command["sp"]):
        return {"error": "IncorrectlySigned"}
    asked = server.parse_logout_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT)
    message = asked.message
    name, encrypted = message.name_id, message.encrypted_id is not None
    if encrypted:
        opened = server.sec.decrypt(str(message), command["encryption"]["key_file"])
        name = name_id_from_string(opened[opened.index(">", opened.index("EncryptedID")) + 1 : opened.rindex("</", 0, opened.rindex("EncryptedID"))])
    response = server.create_logout_response(message, [BINDING_HTTP_REDIRECT], sign=False)
    return {
        "nameId": name.text,
        "encrypted": encrypted,
        "sessionIndexes": [one.text for one in message.session_index],
        **location(server, response, command["answerTo"], response=True),
    }


def answered(command):
    """The service provider answers to a sign-out here."""
    server = Server(config=configure(command))
    query = command["query"]
    if not verified(server, query, command["sp"]):
        return {"error": "IncorrectlySigned"}
    response = server.parse_logout_request_response(query["SAMLResponse"], BINDING_HTTP_REDIRECT)
    return {"status": response.response.status.status_code.value, "inResponseTo": response.response.in_response_to}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    try:
        said = {
            "metadata": metadata,
            "answer": answer,
            "sign-out": sign_out,
            "signed-out": signed_out,
            "answered": answered,
        }[given["do"]](given)
    except Exception as error:  # what a peer refuses, it says with an exception
        said = {"error": type(error).__name__, "says": str(error)[:300]}
    json.dump(said, sys.stdout)
