import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { CheckpointSink, Clock, KeyProvider, NotificationPlugin, StoragePlugin } from '@asignio/contracts';
import { ENGINE_MODALITIES, SIGNATURE_MODELS } from '@asignio/engine';
import type { EngineModality, FacePack, SignatureModel } from '@asignio/engine';
import type {
  AssuranceProfile,
  AttemptRules,
  AuthenticatorProof,
  GrantRequest,
  ModelEvidence,
  Operator,
  Proof,
  RegionOptions,
  Requester,
  VendorPlugin,
} from '@asignio/core';
import type { Logger, RateLimitOptions } from '@asignio/express';
import type { DocumentRule, MessageTemplate, Notice, RetentionRule, SignalList, StaffRules } from '@asignio/policy';
import type { Request } from 'express';

/** Options of {@link createAsignio}. Only `origins` has no default that would be right everywhere. */
export interface AsignioOptions {
  /** Origins of the pages that may run ceremonies: `['https://app.example']`. */
  readonly origins: readonly string[];
  /** Folder of the embedded store and the key file; made if missing. @default './.asignio' */
  readonly data?: string;
  /** Who is asking people for their data; stands in the notice. */
  readonly controller?: { readonly name: string; readonly contact: string };
  /** The id of the subject whom the host has signed in. @default `req.user?.id` */
  readonly subject?: (req: Request) => string | undefined;
  /** From what a person types at sign-in to the subject's id. @default what was typed */
  readonly resolveSubject?: (req: Request, typed: string) => string | undefined | Promise<string | undefined>;
  /** The host's user of a proof; becomes `req.user`. @default `{ id: proof.subject }` */
  readonly user?: (proof: Proof, req: Request) => unknown;
  /** Who acts for the company in this request, and in which role. @default nobody */
  readonly operator?: (req: Request) => Operator | undefined;
  /** How the host made sure just now who asks for their data. @default nothing: data are neither exported nor erased */
  readonly requester?: (req: Request) => Requester['proof'];
  /** What the host knows of how old the person is. @default nothing */
  readonly age?: (req: Request) => GrantRequest['age'];
  /** Tenant of a request. @default 'default' */
  readonly tenant?: string | ((req: Request) => string);
  /** A store of your own. @default LMDB in `data` */
  readonly storage?: StoragePlugin;
  /** A key provider of your own. @default the one that `ASIGNIO_KEYS` names: a key file in `data`, unless told */
  readonly keys?: KeyProvider;
  /**
   * The second place of the audit chain: signed checkpoints, which show a chain that was cut or rewritten. Give it a place
   * that whoever can change the store cannot change.
   * @default files in `data`/checkpoints
   */
  readonly checkpoints?: CheckpointSink;
  /** Notices of your own, every version and language. @default plain ones in English, Spanish and Arabic */
  readonly notices?: readonly Notice[];
  /** Retention rules. @default three years after the last interaction, at once on request */
  readonly retention?: readonly RetentionRule[];
  /** Other ways to sign in, in words for the subject; shown with what is held about them. */
  readonly alternatives?: readonly string[];
  /** Who may see `/metrics`. @default callers on the same machine */
  readonly metrics?: (req: Request) => boolean;
  /** Where failures are reported; a pino logger is one. It gets no sample, subject or cookie. */
  readonly logger?: Logger;
  /** Vendors' matchers, ID checks, risk engines: each is called under an agreement that is recorded, and not before. */
  readonly vendors?: readonly VendorPlugin[];
  /** Where this runs, and where persons and their data are. Without it nothing leaves for anybody. */
  readonly regions?: RegionOptions;
  /** What may be told to risk engines. @default five coarse signals */
  readonly signals?: SignalList;
  /** How long images of identity documents are kept. @default 30 days, and no longer than their check takes */
  readonly documents?: DocumentRule;
  /** What staff acknowledge before they act. @default five sentences, anew each year */
  readonly staffRules?: StaffRules;
  /** What carries messages to people, such as `notifyWebhook`. @default nothing: they are on the person's page alone */
  readonly notification?: NotificationPlugin;
  /** Templates of your own messages; none may ask for personal data. @default none beside the built-in ones */
  readonly templates?: readonly MessageTemplate[];
  /** How long the place of a sign-in is kept, days, of people who agreed to that. @default 30 */
  readonly locationDays?: number;
  readonly assurance?: readonly AssuranceProfile[];
  /** What tests of your own showed of the models; profiles such as `nist-63b4` ask for it. */
  readonly evidence?: readonly ModelEvidence[];
  /** A physical authenticator (passkey, device) that the host has just verified for the subject of this request. */
  readonly authenticator?: (req: Request) => AuthenticatorProof | undefined;
  readonly attempts?: AttemptRules;
  /**
   * Requests a minute from one address, as when a whole company comes from one; `false` where a proxy counts them.
   * @default { ceremonies: 60, changes: 300, reads: 1200 }
   */
  readonly rateLimit?: RateLimitOptions | false;
  /** Worker threads of the engine. @default one per core */
  readonly workers?: number;
  /** What compares signatures: aligned local features, or these and a trained network. @default the engine's */
  readonly signatureModel?: SignatureModel;
  /** What people enrol and sign in with; nothing of the others is loaded. @default ['signature'] */
  readonly modalities?: readonly EngineModality[];
  /** The networks that compare faces: a pack's name, the path of its manifest, or the manifest. @default 'npm' */
  readonly facePack?: string | FacePack;
  /** Folder of model files. @default `ASIGNIO_MODELS`, or `asignio/models` in the user's cache folder */
  readonly modelsFolder?: string;
  readonly clock?: Clock;
}

const OPTIONS = Joi.object({
  origins: Joi.array()
    .items(
      Joi.string().custom((value: string) => {
        if (!URL.canParse(value) || new URL(value).origin !== value)
          throw new Error('must be an origin such as https://app.example, without a path');
        return value;
      }),
    )
    .min(1)
    .required(),
  data: Joi.string(),
  controller: Joi.object({ name: Joi.string().required(), contact: Joi.string().required() }),
  subject: Joi.function(),
  resolveSubject: Joi.function(),
  user: Joi.function(),
  operator: Joi.function(),
  age: Joi.function(),
  requester: Joi.function(),
  tenant: Joi.alternatives(Joi.string(), Joi.function()),
  storage: Joi.object().unknown(),
  keys: Joi.object().unknown(),
  checkpoints: Joi.object().unknown(),
  notices: Joi.array(),
  retention: Joi.array(),
  alternatives: Joi.array(),
  metrics: Joi.function(),
  logger: Joi.object().unknown(),
  vendors: Joi.array(),
  regions: Joi.object().unknown(),
  signals: Joi.object().unknown(),
  documents: Joi.object().unknown(),
  staffRules: Joi.object().unknown(),
  notification: Joi.object().unknown(),
  templates: Joi.array(),
  locationDays: Joi.number().integer().min(1).max(366),
  assurance: Joi.array(),
  evidence: Joi.array(),
  authenticator: Joi.function(),
  attempts: Joi.object(),
  rateLimit: Joi.alternatives(Joi.valid(false), Joi.object()),
  workers: Joi.number().integer().min(1).max(256),
  signatureModel: Joi.valid(...SIGNATURE_MODELS),
  modalities: Joi.array()
    .items(Joi.valid(...ENGINE_MODALITIES))
    .unique()
    .min(1),
  facePack: Joi.alternatives(Joi.string(), Joi.object().unknown()),
  modelsFolder: Joi.string(),
  clock: Joi.object().unknown(),
});

/** @throws AsignioError `ASIGNIO_OPTION_INVALID` naming the option. */
export function checkOptions(options: AsignioOptions): void {
  const { error } = OPTIONS.validate(options, { convert: false });
  if (error !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', `createAsignio: ${error.message}`);
}
