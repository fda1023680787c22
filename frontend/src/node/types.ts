/**
 * What pages see of the node, the wallet and the vault. Actions (`src/node/*.ts`, one a file) take a {@link Client} first
 * and their parameters second; they throw {@link MendrecError} and nothing else.
 */
import type { Descriptor } from "../core/descriptor.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import type { Vault } from "../vault/types.ts";
import type { Wallet } from "../wallet/types.ts";
import type { Http } from "./http.ts";
import type { Trust } from "./trust.ts";

/** `0x` and 40 hex digits, EIP-55. */
export type Address = `0x${string}`;

/** Everything that an action needs, for one signed-in person. Made by `openClient`, kept in the session's context. */
export type Client = {
  readonly http: Http;
  readonly wallet: Wallet;
  readonly vault: Vault;
  readonly trust: Trust;
  readonly account: Address;
};

/** Who somebody is to this page: what the directory says, and what one has called them oneself. */
export type Known = { readonly person: PersonAnswered; readonly name: string | null };

/**
 * A progress report: `done` of `total`, in `unit`; `total` is null while nobody knows. In `seconds`: the node has asked to be
 * left alone for `total` of them; the step that was under way goes on by itself then.
 */
export type Progress = {
  readonly step: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: "bytes" | "records" | "steps" | "seconds";
};

export type Long = { readonly onProgress?: (progress: Progress) => void; readonly signal?: AbortSignal };

/** HL7 v3 PurposeOfUse codes that the contracts know. */
export type Purpose = "TREAT" | "ETREAT" | "CAREMGT" | "PATRQT" | "HPAYMT" | "HOPERAT" | "HRESCH" | "PUBHLTH";

/** One record of somebody's chain: where it is, and what it is about as far as whoever asks may know. */
export type ListedRecord = {
  readonly patient: Address;
  readonly sequence: number;
  readonly leafIndex: number | null;
  readonly categoryCode: string;
  readonly author: Address;
  readonly location: number;
  readonly recordedAt: number;
  readonly final: boolean;
  readonly private: boolean;
  /** SHA-256 of the manifest; null where the list of its batch can't be read now. */
  readonly manifestDigestHex: string | null;
  readonly sizeBytes: number | null;
  /** Null where it may not be seen, or can't be now; `refusal` says why. */
  readonly descriptor: Descriptor | null;
  readonly refusal: { readonly code: string; readonly message: string; readonly remedy: string } | null;
};

/** A record that was opened and verified whole. */
export type OpenedRecord = { readonly record: ListedRecord; readonly descriptor: Descriptor; readonly blob: Blob };

/** One step of checking a record in the browser: what is compared, with what, and how it came out. */
export type VerificationStep = {
  readonly id: string;
  readonly state: "waiting" | "running" | "holds" | "fails" | "skipped";
  /** What was worked out here, and what it has to equal; for people who want to see it. */
  readonly found?: string;
  readonly expected?: string;
  readonly reason?: string;
};
