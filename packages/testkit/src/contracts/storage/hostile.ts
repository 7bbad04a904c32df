import type { StoredValue } from '@asignio/contracts';
import { seeded } from './world.ts';

/** Ids that break out of queries, paths, prototypes, delimiters and encodings where they can. */
export const HOSTILE_IDS: readonly string[] = [
  '$where',
  '$ne',
  '{"$gt":""}',
  'a.b',
  '.',
  '..',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'undefined',
  'null',
  'true',
  '0',
  '-1',
  '1e3',
  ' ',
  ' a',
  'a ',
  'A',
  'a',
  'a\0',
  'a\0b',
  '\0',
  '\u0001',
  '\n',
  '\r\n',
  '%00',
  "'; drop table subjects; --",
  '<script>alert(1)</script>',
  'a/b',
  'a\\b',
  'a:b',
  '\u00e9',
  'e\u0301',
  '\u212a',
  'K',
  '\ufeff',
  '\u202e',
  '\uffff',
  '\u{10ffff}',
  '\u{1f600}',
  '\u06af\u0644',
  '\u4e2d\u6587',
  'x'.repeat(256),
  '\u4e2d'.repeat(256),
  '\u{1f600}'.repeat(128),
];

/** What is no id. */
export const NO_IDS: readonly unknown[] = [
  '',
  'x'.repeat(257),
  '\u{1f600}'.repeat(129),
  '\ud800',
  'a\udc00b',
  undefined,
  null,
  7,
  {},
  ['a'],
  { toString: () => 'a' },
];

class Person {
  readonly name = 'Ada';
}

function cyclic(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

/** Nests an array so deep. */
export function nested(depth: number): StoredValue {
  let value: StoredValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** What is no value. */
export function noValues(): readonly (readonly [string, unknown])[] {
  return [
    ['undefined', undefined],
    ['undefined in an object', { a: undefined }],
    ['undefined in an array', [1, undefined]],
    ['a hole in an array', Array.from({ 0: 1, 2: 2, length: 3 })],
    ['NaN', { a: Number.NaN }],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['minus infinity', Number.NEGATIVE_INFINITY],
    ['a bigint', 1n],
    ['a symbol', Symbol('a')],
    ['a symbol key', { [Symbol('a')]: 1 }],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1])],
    ['a regular expression', /a/],
    ['an error', new Error('a')],
    ['a class instance', new Person()],
    ['a float array', new Float64Array(1)],
    ['an array buffer', new ArrayBuffer(1)],
    ['a getter', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['half a surrogate pair', { a: '\ud800' }],
    ['half a surrogate pair in a key', { '\udc00': 1 }],
    ['a cycle', cyclic()],
    ['too deep a nest', nested(100)],
  ];
}

/** An object with one property, even where a literal would set the prototype instead. */
function named(name: string, value: StoredValue): StoredValue {
  return Object.defineProperty({}, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Values that come back as they went, or show a store that encodes carelessly. */
export function hostileValues(): readonly StoredValue[] {
  return [
    null,
    true,
    false,
    0,
    -1,
    0.1,
    5e-324,
    Number.MAX_VALUE,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    2 ** 53,
    2 ** 32,
    -(2 ** 31) - 1,
    '',
    'a\0b',
    '\u{1f600} \ufeff \u202e',
    'x'.repeat(100_000),
    [],
    {},
    [[], [{}], { a: [] }],
    new Uint8Array(0),
    new Uint8Array([0, 255, 128]),
    { bytes: new Uint8Array(1000).fill(7), list: [new Uint8Array([1])] },
    named('__proto__', { polluted: true }),
    named('constructor', { prototype: 1 }),
    named('then', 1),
    named('$where', 'sleep(1000)'),
    { 'a.b': 1, $set: { a: 1 }, '': 'empty name', _id: 1, length: 3, toJSON: 'text' },
    { 0: 'a', 1: 'b' },
    { type: 'Buffer', data: [1, 2, 3] },
    { $binary: { base64: 'AA==', subType: '00' } },
    nested(60),
    Array.from({ length: 5000 }, (_, i) => i),
  ];
}

/** A value made of a seed, up to four deep. */
export function randomValue(seed: number): StoredValue {
  const next = seeded(seed);
  const text = (): string =>
    Array.from({ length: Math.floor(next() * 12) }, () => String.fromCodePoint(Math.floor(next() * 0xd7ff))).join('');
  const value = (depth: number): StoredValue => {
    const choice = Math.floor(next() * (depth > 3 ? 6 : 8));
    if (choice === 0) return null;
    if (choice === 1) return next() < 0.5;
    if (choice === 2) return Math.floor((next() - 0.5) * 2 ** 40);
    if (choice === 3) return (next() - 0.5) * 1e10;
    if (choice === 4) return text();
    if (choice === 5) return Uint8Array.from({ length: Math.floor(next() * 40) }, () => Math.floor(next() * 256));
    const length = Math.floor(next() * 5);
    if (choice === 6) return Array.from({ length }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length }, () => [text(), value(depth + 1)]));
  };
  return value(0);
}
