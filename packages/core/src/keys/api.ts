import type { EpochMs, KeyVersion, TenantId } from '@asignio/contracts';

/** How far a rotation is. */
export interface RotationProgress {
  /** Data keys that were looked at. */
  readonly done: number;
  readonly total: number;
  /** `true` while nothing is left to wrap, and it waits for what other processes have under way. */
  readonly waiting: boolean;
}

/** What to rotate, and how. */
export interface RotationRequest {
  /** All of them unless told. */
  readonly tenant?: TenantId;
  /** How long after the newer key was made the older ones still open, ms: longer than any request lasts. 60 s unless told. */
  readonly graceMs?: number;
  /** Retires the older keys although some data keys do not open under any. */
  readonly force?: boolean;
  readonly onProgress?: (progress: RotationProgress) => void;
}

/** What became of one tenant. */
export interface TenantRotation {
  readonly tenant: TenantId;
  /** The newest key before; `null` where there was none. */
  readonly from: string | null;
  readonly to: string;
  /** Data keys that were wrapped anew. */
  readonly wrapped: number;
  /** Data keys that do not open: damaged, or put in from elsewhere. */
  readonly unreadable: number;
  /** Whether the older keys are gone. `false` where the provider cannot, or some data keys do not open. */
  readonly retired: boolean;
}

export interface RotationReport {
  readonly tenants: readonly TenantRotation[];
  /** `true` when a rotation that had stopped half way was finished. */
  readonly resumed: boolean;
}

/** A tenant's keys, and what they wrap. */
export interface KeyStatus {
  readonly tenant: TenantId;
  /** Those that open, oldest first; the last one wraps. `null` where the provider cannot tell. */
  readonly versions: readonly KeyVersion[] | null;
  /** Data keys by the id of the key that wraps them. */
  readonly dataKeys: { readonly [keyId: string]: number };
  /** A rotation that is under way or stopped half way. */
  readonly rotation: { readonly startedAt: EpochMs; readonly to: string | null; readonly wrapped: number } | null;
  /** The key that signs receipts and certificates, and how many earlier ones still verify. */
  readonly signing: { readonly kid: string; readonly earlier: number };
}

/** What an operator does with keys, while processes go on. */
export interface KeyCare {
  /**
   * Makes a newer key, wraps every data key anew, then retires the older ones. Stopped half way, the next call goes on.
   * @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` when another process is at it; `ASIGNIO_KEY_UNAVAILABLE` when the provider
   * cannot be reached, or has no versions.
   */
  rotate(request?: RotationRequest): Promise<RotationReport>;
  status(tenant?: TenantId): Promise<readonly KeyStatus[]>;
  /** Signs with a fresh key from now on; what earlier ones signed still verifies. @returns the key's id. */
  rotateSigning(tenant: TenantId): Promise<string>;
}
