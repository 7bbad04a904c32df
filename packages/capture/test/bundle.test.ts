import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';

const file = (name: string): Promise<Buffer> => readFile(new URL(`../dist/browser/${name}`, import.meta.url));

describe('the bundles', () => {
  it('keep the signing surface under 12 kB gzipped', async () => {
    expect(gzipSync(await file('sign.js')).length).to.be.below(12_000);
  });

  it('stand alone, and hold nothing that a strict policy would block', async () => {
    for (const name of ['asignio.js', 'sign.js', 'face-worker.js']) {
      const text = (await file(name)).toString();
      expect(text, name).to.not.match(/(?<!["'`.])\bimport\s*[("'{*]/);
      expect(text, name).to.not.match(/innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
      expect(text, name).to.not.match(/setAttribute\(["']style/);
    }
  });

  it('leave a page’s own elements alone', async () => {
    const css = (await file('asignio.css')).toString().replace(/\/\*.*?\*\//gs, '');
    for (const [, selector = ''] of css.matchAll(/(?:^|[}{])\s*([^{}@]+)\{/g))
      for (const one of selector.split(',')) expect(one.trim()).to.match(/^(?::root$|\.asignio-)/);
  });
});
