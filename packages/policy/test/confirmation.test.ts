import { expect } from 'chai';
import { MODALITIES, PURPOSES, RECORD_KINDS } from '@asignio/contracts';
import { confirmationText, confirmationWords } from '@asignio/policy';
import type { ConfirmationFacts } from '@asignio/policy';

const AT = Date.UTC(2026, 10, 25, 4, 20);
const FACTS: ConfirmationFacts = {
  subject: 'ada',
  controller: { name: 'Acme', contact: 'privacy@acme.example' },
  issuedAt: AT,
  enrolments: [
    { modality: 'signature', variant: 'finger', createdAt: AT, samples: 1, established: false, recentProbes: 2 },
    { modality: 'signature', variant: 'glove', createdAt: AT, samples: 5, established: true, recentProbes: 0 },
  ],
  consents: [
    {
      purpose: 'authentication',
      modality: 'signature',
      state: 'withdrawn',
      noticeVersion: '7',
      grantedAt: AT,
      withdrawnAt: AT,
    },
  ],
  retention: { due: AT, rule: 'x', sentence: 'three years after you last signed in' },
  destructions: [{ orderedAt: AT, state: 'held' }],
  recipients: ['Matcher Inc.'],
  records: { reference: 2, consent: 1 },
};

describe('the text of a written confirmation', () => {
  it('R3: names each thing that is held, when it goes, and who was given it', () => {
    const text = confirmationText(FACTS);
    for (const part of [
      'For: ada. Made on 2026-11-25 04:20 UTC.',
      'signature (finger), since 2026-11-25: numbers worked out from one sample; made in one sitting, so still provisional; and the numbers of 2 recent sign-ins',
      '- signature (glove), since 2026-11-25: numbers worked out from 5 samples\n',
      'to the notice 7; taken back on 2026-11-25',
      '- On 2026-11-25 at the latest: three years after you last signed in.',
      '- A destruction that was ordered on 2026-11-25 waits',
      '- Matcher Inc.',
      '- enrolled references, sealed: 2\n- agreements: 1\n',
    ])
      expect(text).to.include(part);
  });

  it('R3: has words for everything that can be held, in each language', () => {
    for (const language of ['en', 'es', 'ar']) {
      const words = confirmationWords(language);
      expect(words.language).to.equal(language);
      expect(Object.keys(words.kinds).sort()).to.deep.equal([...RECORD_KINDS].sort());
      expect(Object.keys(words.purposes).sort()).to.deep.equal([...PURPOSES].sort());
      expect(Object.keys(words.modalities).sort()).to.deep.equal([...MODALITIES].sort());
      const lines = confirmationText(FACTS, language).split('\n');
      expect(lines.length).to.equal(confirmationText(FACTS).split('\n').length);
    }
    expect(confirmationText(FACTS, 'es')).to.match(/^Confirmación/);
    expect(confirmationText(FACTS, 'x'.repeat(10_000))).to.equal(confirmationText(FACTS));
  });
});
