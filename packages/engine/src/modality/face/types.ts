/** What is kept of one picture of a face. */
export interface FaceTemplate {
  /** Unit length; comparable with those of the same network alone. */
  readonly vector: Float32Array;
  /** 0..1 */
  readonly quality: number;
  /** First 16 bytes of the SHA-256 of the file that it was made of. */
  readonly digest: Uint8Array;
}

/** What is kept of one sample: its best pictures. */
export interface FaceFeatures {
  readonly templates: readonly FaceTemplate[];
}

/** What somebody is compared with. */
export interface FaceReference {
  /** Those of the enrolment first; they stay. */
  readonly templates: readonly FaceTemplate[];
  readonly anchors: number;
  /** Whether a second sitting is in it. */
  readonly established: boolean;
  /** Mean of the templates' vectors, not of unit length: its product with a vector is the mean of their cosines. */
  readonly mean: Float32Array;
}
