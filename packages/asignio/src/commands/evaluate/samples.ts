import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { AsignioError, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { Modality, RawSample } from '@asignio/contracts';
import { decodePgm, decodeSvc2004 } from '@asignio/engine';

/** Bytes of one sample file; the engine has caps of its own. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** Bytes of samples kept, so that a probe of many trials is read once. */
const MAX_CACHE_BYTES = 128 * 1024 * 1024;

type Format = (bytes: Buffer) => RawSample | Promise<RawSample>;

/** From the bytes of a file to a sample, by modality and file name extension. */
const FORMATS: { readonly [M in Modality]?: { readonly [extension: string]: Format } } = {
  signature: {
    '.txt': (bytes) => signature(Buffer.from(JSON.stringify(decodeSvc2004(bytes.toString('latin1'))), 'utf8')),
    '.json': signature,
  },
  face: {
    '.jpg': (bytes) => ({ mediaType: 'image/jpeg', bytes }),
    '.jpeg': (bytes) => ({ mediaType: 'image/jpeg', bytes }),
    '.png': (bytes) => ({ mediaType: 'image/png', bytes }),
    '.webp': (bytes) => ({ mediaType: 'image/webp', bytes }),
    '.pgm': (bytes) => decodePgm(bytes),
  },
};

function signature(bytes: Buffer): RawSample {
  return { mediaType: SIGNATURE_MEDIA_TYPE, bytes };
}

/** The samples of one folder. Nothing outside it is read, whatever a CSV file says, not through a link either. */
export class SampleFolder {
  private readonly root: string;
  private readonly modality: Modality;
  private readonly cache = new Map<string, RawSample>();
  private cachedBytes = 0;

  private constructor(root: string, modality: Modality) {
    this.root = root;
    this.modality = modality;
  }

  /** @throws AsignioError `ASIGNIO_FILE_UNREADABLE`, `ASIGNIO_MODALITY_UNAVAILABLE`. */
  static async open(folder: string, modality: Modality): Promise<SampleFolder> {
    if (FORMATS[modality] === undefined)
      throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `There is no ${modality} modality in this build`);
    const root = await realpath(folder).catch(() => undefined);
    if (root === undefined || !(await stat(root)).isDirectory())
      throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${folder} is not a folder`);
    return new SampleFolder(root, modality);
  }

  /**
   * Finds out before a long run whether every sample is there, inside the folder, and of a known format.
   * @throws AsignioError `ASIGNIO_FILE_UNREADABLE`, `ASIGNIO_SAMPLE_TOO_LARGE`.
   */
  async check(names: Iterable<string>): Promise<void> {
    for (const name of new Set(names)) {
      this.format(name);
      await this.locate(name);
    }
  }

  /**
   * Reads one sample.
   * @throws AsignioError `ASIGNIO_FILE_UNREADABLE` when it is not there, not inside the folder or of an unknown format;
   * `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_SAMPLE_TOO_LARGE` when it cannot be decoded.
   */
  async read(name: string): Promise<RawSample> {
    const cached = this.cache.get(name);
    if (cached !== undefined) return cached;
    const format = this.format(name);
    const sample = await format(await this.readInside(name));
    if (this.cachedBytes + sample.bytes.byteLength <= MAX_CACHE_BYTES) {
      this.cachedBytes += sample.bytes.byteLength;
      this.cache.set(name, sample);
    }
    return sample;
  }

  private format(name: string): Format {
    const format = FORMATS[this.modality]?.[extname(name).toLowerCase()];
    if (format === undefined) throw unreadable(name, `no ${this.modality} sample has this file name extension`);
    return format;
  }

  /** The file behind a name, links followed. */
  private async locate(name: string): Promise<string> {
    if (isAbsolute(name) || name.includes('\0'))
      throw unreadable(name, 'a sample is named relative to the data folder');
    const path = await realpath(join(this.root, name)).catch(() => undefined);
    if (path === undefined) throw unreadable(name, 'there is no such file');
    const inside = relative(this.root, path);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      throw unreadable(name, 'this is outside the data folder');
    const found = await stat(path);
    if (!found.isFile()) throw unreadable(name, 'this is not a file');
    if (found.size > MAX_FILE_BYTES)
      throw new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', `${name}: the file is too large`);
    return path;
  }

  private async readInside(name: string): Promise<Buffer> {
    const path = await this.locate(name);
    return readFile(path).catch(() => {
      throw unreadable(name, 'it cannot be read');
    });
  }
}

function unreadable(name: string, why: string): AsignioError {
  return new AsignioError('ASIGNIO_FILE_UNREADABLE', `${name}: ${why}`);
}
