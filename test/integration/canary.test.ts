import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { expect } from 'chai';
import { ceremonyId, SIGNATURE_MEDIA_TYPE, subjectId, tenantId } from '@asignio/contracts';
import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import { dataFolder } from '../support/demo.js';

const TENANT = tenantId('default');
const ORIGIN = 'https://app.example';
const SUBJECT = subjectId('canary.subject@example.test');
const NAME = 'Canary Bird of the Typed Name';

/** Whether any of the byte strings occurs in a file; read in pieces, so that a heap dump is no matter. */
async function holds(file: string, canaries: readonly Buffer[]): Promise<boolean> {
  const longest = Math.max(...canaries.map(({ length }) => length));
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const window = Buffer.concat([tail, chunk as Buffer]);
    if (canaries.some((canary) => window.includes(canary))) return true;
    tail = window.subarray(-longest);
  }
  return false;
}

/** A stretch of the drawing in each form that a careless copy would have: JSON text and the usual binary ones. */
function canariesOf(sample: SignatureSample): Buffer[] {
  const stretch = sample.x.slice(20, 36);
  const json = JSON.stringify(stretch).slice(1, -1);
  return [
    Buffer.from(json),
    Buffer.from(json, 'utf16le'),
    Buffer.from(Float64Array.from(stretch).buffer),
    Buffer.from(Float32Array.from(stretch).buffer),
    Buffer.from(SUBJECT),
  ];
}

describe('R28: what a person drew', () => {
  it('is in no file of the store, in no file beside it, and on no heap of the main process afterwards', async function () {
    this.timeout(300_000);
    const data = await dataFolder();
    const asignio = await createAsignio({ origins: [ORIGIN], data, workers: 1 });
    const canaries: Buffer[] = [];
    try {
      await ceremonies(asignio, (sample) => canaries.push(...canariesOf(sample)));
      // Proof that the search finds what is there.
      const planted = join(data, 'planted');
      await mkdir(planted);
      await writeFile(join(planted, 'file'), Buffer.concat([Buffer.alloc(3_000_000), canaries[2] as Buffer]));
      expect(await holds(join(planted, 'file'), canaries)).to.equal(true);
      await rm(planted, { recursive: true });

      const strings = canaries.filter((_, index) => index % 5 === 0);
      const heap = writeHeapSnapshot(join(data, 'heap.heapsnapshot'));
      expect(await holds(heap, strings), 'the heap').to.equal(false);
      await rm(heap);
    } finally {
      await asignio.close();
    }
    const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).to.be.at.least(3);
    const typed = [Buffer.from(NAME), Buffer.from(NAME, 'utf16le'), Buffer.from(Buffer.from(NAME).toString('base64'))];
    for (const file of files)
      expect(await holds(join(file.parentPath, file.name), [...canaries, ...typed]), file.name).to.equal(false);
    await rm(data, { recursive: true, force: true });
  });
});

/** Consent, enrolment and one verification, each drawing shown to `seen` and then forgotten. */
async function ceremonies(asignio: Awaited<ReturnType<typeof createAsignio>>, seen: (sample: SignatureSample) => void) {
  const { core } = asignio;
  const signer = createSigner({ seed: 'canary' });
  const notice = await core.subjects.notice(TENANT, 'en');
  await core.subjects.grant({
    tenant: TENANT,
    subject: SUBJECT,
    modality: 'signature',
    purposes: ['authentication'],
    noticeVersion: notice.version,
    noticeSha256: notice.sha256,
    language: 'en',
    signature: { method: 'typed-name', name: NAME },
  });
  for (const kind of ['enrolment', 'verification'] as const) {
    const signedIn = kind === 'enrolment';
    const { view, binding } = await core.ceremonies.begin({
      tenant: TENANT,
      kind,
      modalities: ['signature'],
      subject: SUBJECT,
      signedIn,
      origin: ORIGIN,
    });
    const handle = {
      tenant: TENANT,
      id: ceremonyId(view.id),
      binding,
      origin: ORIGIN,
      ...(signedIn ? { requester: SUBJECT } : {}),
    };
    for (let n = 0; n < (view.samples.signature?.needed ?? 0); n++) {
      const sample = signer.sign();
      seen(sample);
      await core.ceremonies.submit(handle, 'signature', {
        mediaType: SIGNATURE_MEDIA_TYPE,
        bytes: Buffer.from(JSON.stringify(sample)),
      });
    }
    await core.ceremonies.complete(handle).catch(() => undefined);
  }
}
