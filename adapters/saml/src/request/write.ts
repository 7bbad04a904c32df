import { BINDING, NS } from '../xml/names.ts';
import { instant, optional, xml } from '../xml/write.ts';
import type { Xml } from '../xml/write.ts';
import type { Comparison } from './authn-request.ts';

/** What an `AuthnRequest` of ours says. */
export interface AuthnRequestParts {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  /** Where the answer goes. */
  readonly consumer: string;
  /** ms since the epoch. */
  readonly now: number;
  readonly forceAuthn: boolean;
  readonly contexts: readonly string[];
  readonly comparison: Comparison;
}

/** An `AuthnRequest` (SAML 2.0 Core, 3.4.1), not signed: the redirect binding signs around it. */
export function authnRequest(parts: AuthnRequestParts): Xml {
  const { contexts, comparison } = parts;
  return xml`<samlp:AuthnRequest
      xmlns:samlp="${NS.protocol}"
      xmlns:saml="${NS.assertion}"
      ID="${parts.id}"
      Version="2.0"
      IssueInstant="${instant(parts.now)}"
      Destination="${parts.destination}"
      ProtocolBinding="${BINDING.post}"
      AssertionConsumerServiceURL="${parts.consumer}"${optional('ForceAuthn', parts.forceAuthn ? 'true' : undefined)}>
      <saml:Issuer>${parts.issuer}</saml:Issuer>
      ${
        contexts.length > 0 &&
        xml`<samlp:RequestedAuthnContext Comparison="${comparison}">
          ${contexts.map((one) => xml`<saml:AuthnContextClassRef>${one}</saml:AuthnContextClassRef>`)}
        </samlp:RequestedAuthnContext>`
      }
    </samlp:AuthnRequest>`;
}
