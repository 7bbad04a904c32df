import { consentId } from '@asignio/contracts';
import type { Modality, Purpose } from '@asignio/contracts';
import type { GrantRequest } from '@asignio/core';
import { presentConsent, presentHeld, presentNotice, presentWithdrawal } from '../http/present.ts';
import { signedIn } from '../visit.ts';
import type { Handler, Visit } from '../visit.ts';

interface GrantBody {
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly modality: Modality;
  readonly purposes: readonly Purpose[];
  readonly signature: GrantRequest['signature'];
}

export const readNotice: Handler = async ({ core }, { tenant, query, res }) => {
  res.json(presentNotice(await core.subjects.notice(tenant, query['language'])));
};

export const readHeld: Handler = async ({ core, settings }, visit) => {
  const held = await core.subjects.held(visit.tenant, signedIn(visit), visit.query['language']);
  visit.res.json(presentHeld(held, settings.alternatives));
};

export const readConsents: Handler = async ({ core }, visit) => {
  const consents = await core.subjects.consents(visit.tenant, signedIn(visit));
  visit.res.json({ consents: consents.map(presentConsent) });
};

export const grantConsents: Handler = async ({ core, settings }, visit) => {
  const body = visit.body as GrantBody;
  const age = settings.age(visit.req);
  const { consents, receipts } = await core.subjects.grant({
    tenant: visit.tenant,
    subject: signedIn(visit),
    modality: body.modality,
    purposes: body.purposes,
    noticeVersion: body.noticeVersion,
    noticeSha256: body.noticeSha256,
    language: body.language,
    signature: body.signature,
    ...(age === undefined ? {} : { age }),
  });
  visit.res.status(201).json({ consents: consents.map(presentConsent), receipts });
};

/** Hands out a text as a file. */
function attach({ res }: Visit, name: string, mediaType: string, text: string): void {
  res.set('Content-Disposition', `attachment; filename="${name}"`).type(mediaType).send(Buffer.from(text));
}

/** What a receipt is served as, by its format. */
const RECEIPTS = {
  jws: { ending: 'jws', mediaType: 'application/jose' },
  'json-ld': { ending: 'jsonld', mediaType: 'application/ld+json' },
} as const;

export const readReceipt: Handler = async ({ core }, visit) => {
  const id = consentId(visit.params['id']);
  const format = (visit.query['format'] ?? 'jws') as keyof typeof RECEIPTS;
  const receipt = await core.subjects.receipt(visit.tenant, signedIn(visit), id, { format });
  const { ending, mediaType } = RECEIPTS[format];
  attach(visit, `receipt-${id}.${ending}`, mediaType, receipt);
};

/** R3: what is held, in writing. */
export const readConfirmation: Handler = async ({ core }, visit) => {
  const { language, format } = visit.query;
  const { issuedAt, text, jws } = await core.subjects.confirmation(visit.tenant, signedIn(visit), language);
  const name = `confirmation-${new Date(issuedAt).toISOString().slice(0, 10)}`;
  if (format === 'jws') attach(visit, `${name}.jws`, 'application/jose', jws);
  else attach(visit, `${name}.txt`, 'text/plain; charset=utf-8', text);
};

export const withdrawConsent: Handler = async ({ core }, visit) => {
  const id = consentId(visit.params['id']);
  visit.res.json(presentWithdrawal(await core.subjects.withdraw(visit.tenant, signedIn(visit), id)));
};
