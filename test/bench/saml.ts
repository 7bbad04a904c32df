import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from '@asignio/testkit';
import { SignedXml } from 'xml-crypto';
import { startSaml } from '../support/saml.js';
import { Visitor } from '../support/visitor.js';
import { cpuOf, WAYS } from './cpu.js';

/*
 * What the SAML bridge costs beside the biometric part: a sign-in of somebody who is signed in already, from the request to
 * the signed answer, all of it (HTTP, the store, the disclosure on record), in ms of one core; what a
 * request to a page costs that does nothing is taken off. Beside it the two signatures alone, as xml-crypto makes them of a document that is
 * there. What is compared is the ratio; the ms are this machine's.
 */
const PEOPLE = 6;
const ROUNDS = 20;
/** ms of one core that an answer may cost beyond its signatures. */
const GOAL_MS = 5;
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

export const name = 'SAML round trip';

/** Somebody's browser, and the requests that it will come with. */
interface Guest {
  readonly visitor: Visitor;
  readonly requests: readonly string[];
}

/** Prints ms of one core. */
export async function run(): Promise<void> {
  const stage = await startSaml();
  try {
    const guests: Guest[] = [];
    let answer = '';
    for (let n = 0; n < PEOPLE; n++) {
      const signer = createSigner({ seed: `ada${n}` });
      await stage.enrol(`ada${n}`, signer);
      const visitor = new Visitor(stage.company);
      answer = await firstTime(stage.shop, visitor, `ada${n}`, (seed) => signer.sign({ sitting: 0, seed }));
      const requests: string[] = [];
      while (requests.length < 2 * ROUNDS) requests.push(await requestOf(stage.shop));
      guests.push({ visitor, requests });
    }
    const [response, assertion] = unsigned(answer);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const [index, way] of WAYS.entries()) {
      const best = { whole: Number.POSITIVE_INFINITY, idle: Number.POSITIVE_INFINITY, bare: Number.POSITIVE_INFINITY };
      for (let round = 0; round < ROUNDS; round++) {
        const at = index * ROUNDS + round;
        const whole = await cpuOf(guests, way, async ({ visitor, requests }) => {
          const { text } = await visitor.get(requests[at] ?? '');
          if (!text.includes('SAMLResponse')) throw new Error('No answer');
        });
        const idle = await cpuOf(guests, way, async ({ visitor }) => visitor.get('/saml/send.js'));
        const bare = await cpuOf(guests, way, async () => [sign(assertion, key), sign(response, key)].length);
        for (const [what, ms] of Object.entries({ whole, idle, bare }))
          best[what as keyof typeof best] = Math.min(best[what as keyof typeof best], ms);
      }
      const { whole, idle, bare } = best;
      process.stdout.write(
        `${[
          `  ${PEOPLE} people ${way}, ms of one core for each`,
          `  from the request to the signed answer  ${(whole - idle).toFixed(2).padStart(6)} ms`,
          `  two bare signatures of xml-crypto      ${bare.toFixed(2).padStart(6)} ms (RSA of 2048 bits)`,
          `  beyond them                            ${(whole - idle - bare).toFixed(2).padStart(6)} ms (goal ${GOAL_MS})`,
        ].join('\n')}\n`,
      );
    }
  } finally {
    await stage.close();
  }
}

/** Draws, and agrees: what is asked once. @returns the answer, as XML */
async function firstTime(
  shop: string,
  visitor: Visitor,
  person: string,
  draw: (seed: string) => Parameters<Visitor['put']>[1],
): Promise<string> {
  const { headers } = await visitor.get(await requestOf(shop));
  const page = headers.get('location') ?? '';
  for (let attempt = 0; attempt < 5; attempt++) {
    const { ceremony } = await visitor.verify(person, draw(`bench ${attempt}`));
    const { status } = await visitor.form(`${page}/login`, { ceremony });
    if (status === 303) break;
  }
  await visitor.get(page);
  const { text } = await visitor.form(`${page}/consent`, { attribute: 'email' });
  const [, encoded = ''] = /name="SAMLResponse" value="([^"]*)"/.exec(text) ?? [];
  if (encoded === '') throw new Error('Nobody is signed in');
  return Buffer.from(encoded, 'base64').toString();
}

async function requestOf(shop: string): Promise<string> {
  const { headers } = await fetch(shop, { redirect: 'manual' });
  const { pathname, search } = new URL(headers.get('location') ?? '');
  return `${pathname}${search}`;
}

function unsigned(answer: string): readonly [string, string] {
  const bare = answer.replaceAll(/<ds:Signature [\s\S]*?<\/ds:Signature>/g, '');
  return [bare, /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(bare)?.[0] ?? ''];
}

function sign(document: string, key: string): string {
  const signed = new SignedXml({
    privateKey: key,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  signed.addReference({
    xpath: '/*',
    transforms: [ENVELOPED, EXCLUSIVE],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  signed.computeSignature(document);
  return signed.getSignedXml();
}
