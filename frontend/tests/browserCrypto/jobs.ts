/** What Python asks of the browser: files lie under `/files/`, results are appended to `/results/`. */
import type { CiphertextRef } from "../../src/core/ciphertextDigest.ts";
import type { PayloadPath } from "../../src/core/payloadStream.ts";

export type Job =
  | { readonly kind: "supported" }
  | {
      readonly kind: "seal";
      readonly file: string;
      readonly result: string;
      readonly recipient: string;
      readonly path: PayloadPath;
    }
  | {
      readonly kind: "open";
      readonly file: string;
      readonly result: string;
      readonly identity: string;
      readonly path: PayloadPath;
      /** Null: as the file is, so that only the encryption itself can refuse it. */
      readonly expected: CiphertextRef | null;
    }
  | {
      readonly kind: "measure";
      readonly sizeBytes: number;
      readonly path: PayloadPath;
      readonly hashed: boolean;
      readonly inMemory: boolean;
    };

export type Done = {
  readonly ref?: CiphertextRef;
  readonly supported?: boolean;
  /** How often progress was reported, and the last figure. */
  readonly reports?: number;
  readonly lastReport?: number;
  readonly sealMbS?: number;
  readonly openMbS?: number;
  /** The code of a refusal. */
  readonly code?: string;
};
