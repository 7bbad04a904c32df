/** What an error code means, and what to do about it. */
export interface ErrorSpec {
  /** HTTP status of its problem document. */
  readonly status: number;
  readonly title: string;
  /** A sentence that says what to do. */
  readonly remedy: string;
}

/**
 * Every error code of Asignio. A code is never renamed or reused. `docs/errors.md` is made from this table.
 */
export const ERRORS = {
  // The caller's input
  ASIGNIO_REQUEST_INVALID: {
    status: 400,
    title: 'The request is not understood',
    remedy: 'Compare the request with /openapi.json; the detail names the field.',
  },
  ASIGNIO_ID_INVALID: {
    status: 400,
    title: 'An id is malformed',
    remedy: 'Send ids as they were given; see the detail for the allowed form.',
  },
  ASIGNIO_OPTION_INVALID: {
    status: 500,
    title: 'An option is wrong',
    remedy: 'Correct the option that the message names.',
  },
  ASIGNIO_MEDIA_TYPE: {
    status: 415,
    title: 'This content type is not accepted here',
    remedy: 'Send the content type that the detail names.',
  },
  ASIGNIO_TOO_LARGE: { status: 413, title: 'The request is too large', remedy: 'Send less; the detail names the cap.' },
  ASIGNIO_ORIGIN_REFUSED: {
    status: 403,
    title: 'This origin may not do that',
    remedy: 'Call from a page of an origin listed in the option `origins`.',
  },
  ASIGNIO_RATE_LIMITED: { status: 429, title: 'Too many requests', remedy: 'Wait as long as Retry-After says.' },
  ASIGNIO_NOT_FOUND: { status: 404, title: 'There is nothing here', remedy: 'Check the address.' },
  ASIGNIO_INTERNAL: {
    status: 500,
    title: 'Something went wrong on our side',
    remedy: 'Try again; if it stays, give the operator the request id.',
  },
  ASIGNIO_SIGN_IN_REQUIRED: {
    status: 401,
    title: 'Sign in first',
    remedy: 'Sign in to the host application, then try again.',
  },
  ASIGNIO_ASSURANCE_REQUIRED: {
    status: 403,
    title: 'A stronger sign-in is needed',
    remedy: 'Run a verification ceremony of the assurance that the detail names, then try again.',
  },
  ASIGNIO_ASSURANCE_UNAVAILABLE: {
    status: 422,
    title: 'Nobody can reach this assurance here',
    remedy: 'Ask for another one; operators: run `asignio doctor`, which says what the models lack.',
  },

  // Samples
  ASIGNIO_SAMPLE_INVALID: {
    status: 400,
    title: 'The sample is malformed',
    remedy: 'Record it with @asignio/capture, or follow the sample format; the detail names the field.',
  },
  ASIGNIO_SAMPLE_TOO_LARGE: {
    status: 413,
    title: 'The sample is too large',
    remedy: 'Keep within the caps of the sample format.',
  },
  ASIGNIO_QUALITY_TOO_FEW_POINTS: {
    status: 422,
    title: 'Too little was recorded',
    remedy: 'Draw your signature a little slower, in one go.',
  },
  ASIGNIO_QUALITY_TOO_SHORT: {
    status: 422,
    title: 'The drawing is too short',
    remedy: 'Draw a little more: your initials, for about two to three seconds.',
  },
  ASIGNIO_QUALITY_TOO_LONG: {
    status: 422,
    title: 'The drawing took too long',
    remedy: 'Draw it in one go, within ten seconds.',
  },
  ASIGNIO_QUALITY_TOO_SMALL: { status: 422, title: 'The drawing is too small', remedy: 'Use more of the surface.' },
  ASIGNIO_QUALITY_TOO_STRAIGHT: {
    status: 422,
    title: 'The drawing is nearly a straight line',
    remedy: 'Draw something with curves: your initials, say.',
  },
  ASIGNIO_QUALITY_TOO_SIMPLE: {
    status: 422,
    title: 'The drawing is too simple',
    remedy: 'Add a letter or a flourish, so that it is hard to imitate.',
  },
  ASIGNIO_QUALITY_UNLIKE_OTHERS: {
    status: 422,
    title: 'This drawing is unlike the ones before',
    remedy: 'Draw it the way you drew the others, or start over with one that comes easily.',
  },
  ASIGNIO_QUALITY_OTHER_POINTER: {
    status: 422,
    title: 'This drawing was made with another kind of pointer',
    remedy: 'Use the same finger, pen or mouse for all drawings.',
  },
  ASIGNIO_QUALITY_REPEATED: {
    status: 422,
    title: 'This drawing is a copy of an earlier one',
    remedy: 'Draw it afresh each time.',
  },
  ASIGNIO_QUALITY_TOO_FEW_SAMPLES: {
    status: 422,
    title: 'There are too few drawings',
    remedy: 'Draw until the count is full.',
  },
  ASIGNIO_QUALITY_INCONSISTENT: {
    status: 422,
    title: 'The drawings differ too much from each other',
    remedy: 'Start over with a signature that comes easily, and draw it alike each time.',
  },
  ASIGNIO_QUALITY_NO_REFERENCE_FOR_POINTER: {
    status: 422,
    title: 'There is no reference for this kind of pointer',
    remedy: 'Use the kind of pointer you enrolled with, or enrol this one too.',
  },
  ASIGNIO_QUALITY_NO_FACE: { status: 422, title: 'There is no face to be seen', remedy: 'Look into the camera.' },
  ASIGNIO_QUALITY_SEVERAL_FACES: {
    status: 422,
    title: 'There are several faces to be seen',
    remedy: 'Be alone in the picture.',
  },
  ASIGNIO_QUALITY_FACE_TOO_SMALL: { status: 422, title: 'The face is too small', remedy: 'Come closer to the camera.' },
  ASIGNIO_QUALITY_FACE_TOO_DARK: { status: 422, title: 'The face is too dark', remedy: 'Find more light.' },
  ASIGNIO_QUALITY_FACE_TOO_BRIGHT: {
    status: 422,
    title: 'The face is over-exposed',
    remedy: 'Turn away from the strong light.',
  },
  ASIGNIO_QUALITY_FACE_BLURRED: {
    status: 422,
    title: 'The face is blurred',
    remedy: 'Hold the camera still, and wipe its lens.',
  },
  ASIGNIO_QUALITY_FACE_TURNED: {
    status: 422,
    title: 'The face is turned away',
    remedy: 'Look straight into the camera, with the head upright.',
  },
  ASIGNIO_QUALITY_FACE_COVERED: {
    status: 422,
    title: 'Part of the face is covered',
    remedy: 'Take off what covers eyes, nose or mouth.',
  },
  ASIGNIO_QUALITY_FACE_CUT_OFF: {
    status: 422,
    title: 'The face is cut off by the border',
    remedy: 'Move so that the whole face is in the picture.',
  },
  ASIGNIO_QUALITY_EYES_CLOSED: { status: 422, title: 'The eyes are closed', remedy: 'Open your eyes.' },
  ASIGNIO_QUALITY_OTHER_FACE: {
    status: 422,
    title: 'This is not the face of the pictures before',
    remedy: 'Start over, with one person alone before the camera.',
  },
  ASIGNIO_QUALITY_PICTURE_REPEATED: {
    status: 422,
    title: 'This picture is a copy of an earlier one',
    remedy: 'Take each picture anew.',
  },
  ASIGNIO_QUALITY_TOO_FEW_PICTURES: {
    status: 422,
    title: 'There are too few pictures',
    remedy: 'Take pictures until the count is full.',
  },

  // Consent and policy
  ASIGNIO_CONSENT_REQUIRED: {
    status: 403,
    title: 'Consent is needed first',
    remedy: 'Show the notice, and record the signed release for this purpose and modality.',
  },
  ASIGNIO_CONSENT_STALE: {
    status: 403,
    title: 'The notice has changed since consent was given',
    remedy: 'Show the current notice and ask for consent again.',
  },
  ASIGNIO_CONSENT_INVALID: {
    status: 400,
    title: 'The consent cannot be recorded',
    remedy: 'Correct what the detail names: notice version, hash, purposes or signature.',
  },
  ASIGNIO_NOTICE_UNKNOWN: { status: 404, title: 'There is no such notice', remedy: 'Ask for the current notice.' },
  ASIGNIO_PURPOSE_FORBIDDEN: {
    status: 403,
    title: 'This purpose is never permitted',
    remedy: 'Use one of the purposes that the notice lists.',
  },
  ASIGNIO_PERMIT_INVALID: {
    status: 500,
    title: 'A permit is missing, expired or not for this use',
    remedy: 'Ask the policy module for a permit for exactly this subject, modality and purpose.',
  },
  ASIGNIO_RETENTION_INVALID: {
    status: 500,
    title: 'The retention schedule is wrong',
    remedy: 'Correct the rule that the message names.',
  },
  ASIGNIO_RECEIPT_INVALID: {
    status: 400,
    title: 'The receipt or certificate does not verify',
    remedy: 'Use the document as it was issued, and the keys of /jwks.json.',
  },

  // Ceremonies
  ASIGNIO_CEREMONY_UNKNOWN: { status: 404, title: 'There is no such ceremony', remedy: 'Begin a new ceremony.' },
  ASIGNIO_CEREMONY_EXPIRED: { status: 410, title: 'The ceremony has expired', remedy: 'Begin a new ceremony.' },
  ASIGNIO_CEREMONY_USED: { status: 409, title: 'The ceremony has been used', remedy: 'Begin a new ceremony.' },
  ASIGNIO_CEREMONY_ORDER: {
    status: 409,
    title: 'The ceremony is not at this step',
    remedy: 'Send the samples that the ceremony asks for, then complete it.',
  },
  ASIGNIO_PROMPT_TIMING: {
    status: 409,
    title: 'A prompt was not answered in its time',
    remedy: 'Ask for the first prompt again, and follow each one as it is shown.',
  },
  ASIGNIO_TOGETHER_REQUIRED: {
    status: 409,
    title: 'These samples must be made in one sitting',
    remedy: 'Begin the challenge with `beside`, and make the other sample in its last step, while the camera looks.',
  },
  ASIGNIO_QUALITY_PROMPT_MISSED: {
    status: 422,
    title: 'What was asked for could not be seen',
    remedy: 'Do what is asked, one thing after the other, and stay in the picture.',
  },
  ASIGNIO_QUALITY_DRAWING_UNSEEN: {
    status: 422,
    title: 'The camera did not see the person while they drew',
    remedy: 'Draw again, with your face in the picture all the while.',
  },
  ASIGNIO_CEREMONY_SUBJECT: {
    status: 403,
    title: 'The ceremony belongs to another subject',
    remedy: 'Begin a ceremony for the subject who is signed in.',
  },
  ASIGNIO_NOT_VERIFIED: {
    status: 401,
    title: 'We could not confirm that it is you',
    remedy: 'Try again, or use another way in.',
  },
  ASIGNIO_ENROLMENT_REFUSED: {
    status: 422,
    title: 'The drawings cannot be enrolled',
    remedy: 'Follow the findings and start over.',
  },
  ASIGNIO_ATTEMPTS_WAIT: {
    status: 429,
    title: 'Too many attempts',
    remedy: 'Wait as long as Retry-After says, or use another way in.',
  },
  ASIGNIO_ATTEMPTS_DISABLED: {
    status: 429,
    title: 'This way of signing in is switched off for this account',
    remedy: 'Use another way in, then enrol again.',
  },

  // Engine, storage, keys
  ASIGNIO_ENGINE_BUSY: { status: 503, title: 'Busy at the moment', remedy: 'Try again as soon as Retry-After says.' },
  ASIGNIO_ENGINE_TIMEOUT: {
    status: 503,
    title: 'The comparison took too long',
    remedy: 'Try again; nothing was decided.',
  },
  ASIGNIO_ENGINE_FAILED: {
    status: 503,
    title: 'The comparison could not be made',
    remedy: 'Try again; nothing was decided.',
  },
  ASIGNIO_MODEL_MISSING: {
    status: 503,
    title: 'A model is not here',
    remedy: 'Operators: `asignio models pull`, or `asignio models add`, puts it in its place.',
  },
  ASIGNIO_MODEL_INVALID: {
    status: 500,
    title: 'A model is not the one that its manifest names',
    remedy: 'It was not used. Operators: `asignio models verify` says which file; remove it and get it anew.',
  },
  ASIGNIO_MODALITY_UNAVAILABLE: {
    status: 400,
    title: 'This modality is not installed',
    remedy: 'Use one of the modalities that the system lists.',
  },
  ASIGNIO_REFERENCE_UNREADABLE: {
    status: 500,
    title: 'A stored reference cannot be read',
    remedy: 'Check that keys and references belong together; the subject may have to enrol again.',
  },
  ASIGNIO_STORAGE_CONFLICT: {
    status: 409,
    title: 'Somebody else changed this meanwhile',
    remedy: 'Read again and try again.',
  },
  ASIGNIO_STORAGE_UNAVAILABLE: {
    status: 503,
    title: 'The store cannot be reached',
    remedy: 'Try again shortly; operators: run `asignio doctor`.',
  },
  ASIGNIO_STORAGE_CORRUPT: {
    status: 500,
    title: 'The store holds something unreadable',
    remedy: 'Operators: run `asignio doctor`, restore from a backup.',
  },
  ASIGNIO_STORAGE_SCHEMA: {
    status: 500,
    title: 'The store was written by a newer version',
    remedy: 'Install the version that wrote it, or a later one.',
  },
  ASIGNIO_STORAGE_INVALID: {
    status: 500,
    title: 'A record or query breaks the storage contract',
    remedy: 'Correct what the message names.',
  },
  ASIGNIO_KEY_UNAVAILABLE: {
    status: 503,
    title: 'A key cannot be reached',
    remedy: 'Check the key provider; operators: run `asignio doctor`.',
  },
  ASIGNIO_KEY_REFUSED: {
    status: 500,
    title: 'A key does not open what it should',
    remedy: 'Check that the key file belongs to this store.',
  },
  ASIGNIO_KEY_PASSPHRASE: {
    status: 500,
    title: 'The passphrase does not fit',
    remedy:
      'Give the passphrase that it was protected with, from a file, a file descriptor or an environment variable.',
  },
  ASIGNIO_PLUGIN_INVALID: {
    status: 500,
    title: 'A plugin is not what it says',
    remedy: 'Correct its metadata or hand it in where its kind belongs; the message names the field.',
  },
  ASIGNIO_AUDIT_BROKEN: {
    status: 500,
    title: 'The audit chain is broken',
    remedy: 'The message says where; keep the store as it is and investigate.',
  },
  ASIGNIO_CHECKPOINT_UNAVAILABLE: {
    status: 503,
    title: 'The second place of the audit chain cannot be reached',
    remedy:
      'Check the folder, volume or service that checkpoints are written to; they are written as soon as it is back.',
  },
  ASIGNIO_CHECKPOINT_INVALID: {
    status: 500,
    title: 'A checkpoint or its tenant is malformed',
    remedy: 'Hand in checkpoints as the core made them.',
  },

  // What stands in the way of processing although there is consent
  ASIGNIO_PROCESSING_RESTRICTED: {
    status: 403,
    title: 'Your data are kept and not used',
    remedy: 'You asked for that; lift the restriction on the page that shows what is held about you.',
  },
  ASIGNIO_PURPOSE_OBJECTED: {
    status: 403,
    title: 'You have objected to this use',
    remedy: 'Nothing is used for it; take the objection back on the page that shows what is held about you.',
  },
  ASIGNIO_MINOR_BLOCKED: {
    status: 403,
    title: 'A person under 16 cannot do this alone',
    remedy: 'A parent or guardian who is verified must agree first.',
  },

  // Holds and destructions
  ASIGNIO_HOLD_INVALID: {
    status: 400,
    title: 'The hold cannot be placed',
    remedy: 'Name authority, reference, scope and a review date in the future; the detail says what is wrong.',
  },
  ASIGNIO_DESTRUCTION_HELD: {
    status: 403,
    title: 'Your data are kept for a legal reason, and not used',
    remedy: 'They are destroyed as soon as that reason ends; until then use another way in.',
  },
  ASIGNIO_DESTRUCTION_BEGUN: {
    status: 409,
    title: 'The data are being destroyed',
    remedy: 'Nothing stops it any more; try again when it is done.',
  },
  ASIGNIO_CLOCK_SUSPECT: {
    status: 503,
    title: 'The clock cannot be right',
    remedy: 'Set it right; or, if it is, run `asignio sweep --confirm-clock` once. Nothing was destroyed.',
  },

  // What people may ask for
  ASIGNIO_REQUESTER_UNVERIFIED: {
    status: 403,
    title: 'We must be sure first that it is you who asks',
    remedy: 'Enter your password again, or confirm in another way that is not biometric, then ask again.',
  },
  ASIGNIO_CASE_CLOSED: {
    status: 409,
    title: 'This request is closed',
    remedy: 'Read its outcome, or open a new one.',
  },
  ASIGNIO_EXTENSION_REFUSED: {
    status: 409,
    title: 'The deadline cannot be moved',
    remedy: 'Answer the request in time; the detail says why it cannot be extended.',
  },
  ASIGNIO_NOT_CONTESTABLE: {
    status: 409,
    title: 'This decision cannot be contested now',
    remedy: 'Read the request that contests it already, or open a complaint.',
  },
  ASIGNIO_SUMMARY_LIMIT: {
    status: 429,
    title: 'There are two summaries in twelve months',
    remedy: 'Ask again on the date that the detail names; an access report is not limited.',
  },
  ASIGNIO_EXPORT_INVALID: {
    status: 422,
    title: 'The export cannot be read back',
    remedy: 'Use the file as it was given out, unchanged, with the passphrase that it was made with.',
  },
  ASIGNIO_EXPORT_UNTRUSTED: {
    status: 403,
    title: 'The export is of a system, or a person, that is not trusted here',
    remedy: 'Ask the operator to trust the key of the system that made it, or use an export of your own.',
  },
  ASIGNIO_GUARDIAN_UNVERIFIED: {
    status: 403,
    title: 'You are not the verified guardian of this person',
    remedy: 'Have it verified by the operator first, with papers that show it.',
  },
  ASIGNIO_AGE_REQUIRED: {
    status: 403,
    title: 'It must be known first whether you are 16',
    remedy: 'State the age band or the birth date with the release.',
  },

  // Operators and what leaves for others
  ASIGNIO_ROLE_REQUIRED: {
    status: 403,
    title: 'This needs a role that you do not have now',
    remedy: 'Acknowledge the privacy rules, and ask an administrator for the role.',
  },

  ASIGNIO_AGREEMENT_REQUIRED: {
    status: 403,
    title: 'No agreement covers this',
    remedy: 'Record a signed data-processing agreement that covers these data, this purpose and this region.',
  },
  ASIGNIO_TRANSFER_REFUSED: {
    status: 403,
    title: 'The data may not go there',
    remedy: 'Keep them in the allowed regions, or name the transfer mechanism in the agreement.',
  },
  ASIGNIO_SIGNAL_REFUSED: {
    status: 400,
    title: 'This signal may not be shared',
    remedy: 'Share only the names and values of the allow-list; never a score.',
  },
  ASIGNIO_LEGAL_REFUSED: {
    status: 403,
    title: 'The disclosure is not approved',
    remedy: 'State reference, scope and approver; the approver is another person than the one who asks.',
  },
  ASIGNIO_VENDOR_UNAVAILABLE: {
    status: 503,
    title: 'The service that this needs does not answer',
    remedy: 'Try again later, or use another way.',
  },
  ASIGNIO_DATASET_UNREGISTERED: {
    status: 403,
    title: 'This data set is not registered',
    remedy: 'Register it with source, licence and jurisdiction before it is used.',
  },

  // Messages to people, and what is recorded of use and devices
  ASIGNIO_NOTIFICATION_UNAVAILABLE: {
    status: 503,
    title: 'Messages cannot be sent at the moment',
    remedy: 'Nothing is lost: it is tried again. Operators: check what the notification plugin hands messages to.',
  },
  ASIGNIO_NOTIFICATION_REFUSED: {
    status: 500,
    title: 'A message cannot be delivered as it is',
    remedy: 'Correct what the detail names; the same message will be refused again.',
  },
  ASIGNIO_TEMPLATE_INVALID: {
    status: 500,
    title: 'The template of a message is not allowed',
    remedy: 'Correct the template that the detail names: no message may ask for personal data.',
  },
  ASIGNIO_MESSAGE_MANDATORY: {
    status: 409,
    title: 'These messages cannot be switched off',
    remedy: 'Only optional messages can; what must be told to you, such as a notice that changes, is always sent.',
  },
  ASIGNIO_FIELD_UNDECLARED: {
    status: 500,
    title: 'Something would be recorded that is not declared',
    remedy: 'Declare the field with its purpose in the register of usage fields, or do not record it.',
  },

  // Export and import
  ASIGNIO_EXPORT_DAMAGED: {
    status: 400,
    title: 'An export is not as it was written',
    remedy: 'Take another copy of it, or export again. Nothing of it was used.',
  },
  ASIGNIO_EXPORT_EXPIRED: {
    status: 400,
    title: 'Exported keys are too old to be imported',
    remedy: 'Export the keys again, so that none comes back that was destroyed since.',
  },
  ASIGNIO_EXPORT_UNFIT: {
    status: 400,
    title: 'Two exports do not belong together',
    remedy: 'Take records and keys of the same store, the keys of the same time or later.',
  },
  ASIGNIO_STORE_NOT_EMPTY: {
    status: 409,
    title: 'The store to import into holds something',
    remedy: 'Import into a new store.',
  },
  ASIGNIO_IMPORT_UNFINISHED: {
    status: 503,
    title: 'Only a part of an import is in the store',
    remedy: 'Run the same import again, which goes on; or begin with a new store.',
  },

  // Command line
  ASIGNIO_CLI_USAGE: { status: 400, title: 'The command was not understood', remedy: 'Run it with --help.' },
  ASIGNIO_CSV_INVALID: {
    status: 400,
    title: 'A CSV file is malformed',
    remedy: 'Correct the row that the message names.',
  },
  ASIGNIO_FILE_UNREADABLE: {
    status: 400,
    title: 'A file cannot be read',
    remedy: 'Check the path and its permissions.',
  },
} as const satisfies Record<string, ErrorSpec>;

/** The union of all codes, so that `switch (error.code)` narrows. */
export type ErrorCode = keyof typeof ERRORS;

export interface AsignioErrorOptions {
  /** What happened underneath; never sent to a client. */
  readonly cause?: unknown;
  /** When to try again, ms from now. */
  readonly retryAfterMs?: number;
  /** What the person can do better, sent along with the problem. */
  readonly findings?: readonly { readonly code: string; readonly message: string }[];
}

/**
 * The one error class. `message` is safe to show to a client: it never holds a score, a template, an address or a key.
 * @example
 * ```ts
 * try { await asignio.ceremonies.begin(request); } catch (error) {
 *   if (error instanceof AsignioError && error.code === 'ASIGNIO_CONSENT_REQUIRED') showNotice();
 * }
 * ```
 */
export class AsignioError extends Error {
  override readonly name = 'AsignioError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly findings: AsignioErrorOptions['findings'];

  constructor(code: ErrorCode, detail?: string, options: AsignioErrorOptions = {}) {
    super(detail ?? ERRORS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.findings = options.findings;
  }

  /** HTTP status that fits. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** A sentence that says what to do. */
  get remedy(): string {
    return ERRORS[this.code].remedy;
  }
}

/** RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly findings?: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Makes the problem document of any error. What is not an {@link AsignioError} becomes `ASIGNIO_INTERNAL`, without its
 * message or stack.
 */
export function toProblem(error: unknown): Problem {
  const known = error instanceof AsignioError ? error : new AsignioError('ASIGNIO_INTERNAL');
  const { status, title, remedy } = ERRORS[known.code];
  return {
    type: `urn:asignio:error:${known.code}`,
    title,
    status,
    detail: status >= 500 ? title : known.message,
    code: known.code,
    remedy,
    ...(known.findings === undefined ? {} : { findings: known.findings }),
  };
}
