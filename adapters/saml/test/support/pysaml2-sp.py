"""A service provider on pysaml2, at its own defaults: one command as JSON on stdin, one answer on stdout."""

import json
import sys

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml, samlp
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor

BINDINGS = {"redirect": BINDING_HTTP_REDIRECT, "post": BINDING_HTTP_POST}


def configure(command):
    config = SPConfig()
    config.load(
        {
            "entityid": command["entityId"],
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "key_file": command["key"],
            "cert_file": command["certificate"],
            "metadata": {"inline": [command["idpMetadata"]]} if "idpMetadata" in command else {},
            "service": {
                "sp": {
                    "endpoints": {"assertion_consumer_service": [(command["consumer"], BINDING_HTTP_POST)]},
                    "authn_requests_signed": True,
                    "want_response_signed": True,
                    "want_assertions_signed": True,
                    "allow_unsolicited": command.get("unsolicited", False),
                }
            },
            **({"encryption_keypairs": [encryption]} if (encryption := command.get("encryption")) else {}),
        }
    )
    return config


def begin(command):
    binding = BINDINGS[command["binding"]]
    extra = {}
    if "context" in command:
        extra["requested_authn_context"] = samlp.RequestedAuthnContext(
            authn_context_class_ref=[saml.AuthnContextClassRef(text=command["context"])],
            comparison=command["comparison"],
        )
    client = Saml2Client(config=configure(command))
    request_id, _, info = client.prepare_for_negotiated_authenticate(
        binding=binding,
        relay_state=command.get("relayState", ""),
        sigalg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
        **extra,
    )
    if command["binding"] == "redirect":
        return {"id": request_id, "url": dict(info["headers"])["Location"]}
    return {"id": request_id, "page": info["data"]}


def finish(command):
    client = Saml2Client(config=configure(command))
    outstanding = {one: "/" for one in command["outstanding"]}
    response = client.parse_authn_request_response(command["response"], BINDING_HTTP_POST, outstanding=outstanding)
    [(context, _, _)] = response.authn_info()
    return {
        "nameId": response.name_id.text,
        "format": response.name_id.format,
        "attributes": response.ava,
        "context": context,
        "inResponseTo": response.in_response_to,
    }


def metadata(command):
    return {"metadata": str(entity_descriptor(configure(command)))}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    try:
        answer = {"begin": begin, "finish": finish, "metadata": metadata}[asked["do"]](asked)
    except Exception as error:  # what a peer refuses, it says with an exception
        answer = {"error": type(error).__name__, "says": str(error)[:300]}
    json.dump(answer, sys.stdout)
