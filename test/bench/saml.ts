import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from '@asignio/testkit';
import { SignedXml } from 'xml-crypto';
import { startSaml } from '../support/saml.js';
import { Visitor } from '../support/visitor.js';

/*
 * What the SAML bridge costs beside the biometric part: a sign-in of somebody who is signed in already, from the request to
 * the signed answer, all of it (HTTP, the store, the disclosure on record), in ms of one core; what a
 * request to a page costs that does nothing is taken off. Beside it the two signatures alone, as xml-crypto makes them of a document that is
 * there. What is compared is the ratio; the ms are this machine's.
 */
const ROUNDS = 200;
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

export const name = 'SAML round trip';

/** Prints ms of one core. */
export async function run(): Promise<void> {
  const stage = await startSaml();
  try {
    const signer = createSigner({ seed: 'ada' });
    await stage.enrol('ada', signer);
    const visitor = new Visitor(stage.company);
    const answer = await firstTime(stage.shop, visitor, (seed) => signer.sign({ sitting: 0, seed }));
    const requests = [];
    for (let n = 0; n < ROUNDS; n++) requests.push(await requestOf(stage.shop));
    const whole = await cpu(requests, async (url) => {
      const { text } = await visitor.get(url);
      if (!text.includes('SAMLResponse')) throw new Error('No answer');
    });
    const idle = await cpu(requests, () => visitor.get('/saml/send.js'));
    const [response, assertion] = unsigned(answer);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const bare = await cpu(requests, async () => [sign(assertion, key), sign(response, key)].length);
    process.stdout.write(
      `${[
        `  from the request to the signed answer  ${(whole - idle).toFixed(2).padStart(6)} ms of one core`,
        `  two bare signatures of xml-crypto      ${bare.toFixed(2).padStart(6)} ms   (RSA of 2048 bits)`,
        `  beyond them                            ${(whole - idle - bare).toFixed(2).padStart(6)} ms`,
      ].join('\n')}\n`,
    );
  } finally {
    await stage.close();
  }
}

/** Draws, and agrees: what is asked once. @returns the answer, as XML */
async function firstTime(
  shop: string,
  visitor: Visitor,
  draw: (seed: string) => Parameters<Visitor['put']>[1],
): Promise<string> {
  const { headers } = await visitor.get(await requestOf(shop));
  const page = headers.get('location') ?? '';
  for (let attempt = 0; attempt < 5; attempt++) {
    const { ceremony } = await visitor.verify('ada', draw(`bench ${attempt}`));
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

/** ms of processor time a round. */
async function cpu<T>(rounds: readonly T[], work: (round: T) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (const round of rounds) await work(round);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / rounds.length;
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
