import { FACE_FRAMES_LIMITS, FACE_FRAMES_MEDIA_TYPE, SIGNATURE_LIMITS, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { ErrorCode, Modality } from '@asignio/contracts';
import type Joi from 'joi';
import type { BodyRule } from '../guard/body.ts';
import type { LimitClass } from '../guard/limits.ts';

/** Bytes of a JSON body. */
export const JSON_LIMIT = 16_384;

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What an answer without a problem looks like. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  readonly mediaType: string;
  /** Of a JSON answer. */
  readonly schema?: Joi.Schema;
}

/** One route: how it is guarded, and what the document says of it. */
export interface Route {
  readonly method: Method;
  /** As Express writes it, below the mount. */
  readonly path: string;
  /** Name of its handler, and its operation id in the document. */
  readonly name: string;
  readonly summary: string;
  readonly limit: LimitClass | 'none';
  /** Whether only an allowed origin may ask. Public documents are for everybody. */
  readonly origin: boolean;
  /** Whether the host must have signed somebody in. */
  readonly signedIn: boolean;
  /** Whether only those whom the host names as operators find anything here. */
  readonly operator?: true;
  readonly params?: Joi.ObjectSchema;
  readonly query?: Joi.ObjectSchema;
  /** A JSON body with its schema (of at most {@link JSON_LIMIT} bytes unless told), or one that the handler reads itself. */
  readonly body?: { readonly json: Joi.ObjectSchema; readonly limit?: number } | { readonly raw: readonly BodyRule[] };
  readonly answers: readonly Answer[];
  /** Problems beyond those that any route may give. */
  readonly problems: readonly ErrorCode[];
}

export const JSON_BODY: BodyRule = { mediaType: 'application/json', limit: JSON_LIMIT };

/** The body of a sample, by modality: capped before it is decoded. */
export const SAMPLE_BODIES: { readonly [M in Modality]?: BodyRule } = {
  signature: { mediaType: SIGNATURE_MEDIA_TYPE, limit: SIGNATURE_LIMITS.bytes },
  face: { mediaType: FACE_FRAMES_MEDIA_TYPE, limit: FACE_FRAMES_LIMITS.bytes },
};

/** A JSON answer. */
export const json = (status: number, description: string, schema: Joi.Schema): Answer => ({
  status,
  description,
  mediaType: 'application/json',
  schema,
});
/** For everybody, from anywhere. */
export const open = { limit: 'reads', origin: false, signedIn: false, problems: [] } as const;
/** As {@link open}, and not counted: what a monitor asks. */
export const probe = { ...open, limit: 'none' } as const;
/** Of those who act for the company; for everybody else there is nothing there. */
export const operators = { limit: 'reads', origin: true, signedIn: false, operator: true } as const;
/** Of the subject whom the host has signed in. */
export const mine = { limit: 'reads', origin: true, signedIn: true } as const;
