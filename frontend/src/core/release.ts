/**
 * A reader's signed request for key shares: its shape, its typed data, and what of the answers is usable.
 *
 * One signature serves every custodian: the request names no custodian, and each keeps its own list of used nonces.
 */
import { type Bytes, toHex } from "./bytes.ts";
import type { Act, Envelopes, KeyName } from "./envelopes.ts";
import { isCode, MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { RELEASED, type RecordOutcome, type ReleaseAnswer } from "./releaseAnswer.ts";
import { type RecordBinding, requireShare, type Share, wrongShare } from "./share.ts";
import { type TypedData, typedData } from "./typedData/build.ts";
import type { PurposeName } from "./typedData/consent.ts";
import type { AnchoredOn, RecordRef } from "./verifying.ts";

/** One record of a request. `pathHex` is not signed: it is checked against the root on chain. */
export type RequestedRecord = {
  readonly sequence: number;
  readonly manifestDigestHex: string;
  readonly leafIndex: number | null;
  readonly pathHex: readonly string[];
};

/** What the reader signs: LIST or OPEN, whose records, which, what for, once, until when. */
export type ReleaseRequest = {
  readonly act: Act;
  readonly patient: Address;
  readonly reader: Address;
  readonly records: readonly RequestedRecord[];
  readonly purpose: PurposeName;
  /** 64 hex digits. */
  readonly nonceHex: string;
  /** Unix seconds. */
  readonly deadlineAt: number;
};

const RELEASE_TYPE =
  "ReleaseRequest(string act,address patient,address reader,Record[] records,string purpose,bytes32 nonce," +
  "uint64 deadline)Record(uint64 sequence,bytes32 manifest)";

/**
 * A fresh request with a nonce of its own.
 *
 * @param now Unix seconds; give the head's time where this machine's clock is known to be wrong.
 * @throws MendrecError `input.too_large`: more records than one request may name; `input.release_request`: none.
 */
export function newReleaseRequest(asked: Omit<ReleaseRequest, "nonceHex" | "deadlineAt">, now: number): ReleaseRequest {
  if (asked.records.length === 0) {
    throw new MendrecError("input.release_request", "A request names at least one record.");
  }
  if (asked.records.length > LIMITS.releaseMaxRecords) {
    throw new MendrecError("input.too_large", `A request names at most ${LIMITS.releaseMaxRecords} records.`, {
      remedy: "Ask in several requests.",
    });
  }
  const nonceHex = toHex(crypto.getRandomValues(new Uint8Array(32)));
  return { ...asked, nonceHex, deadlineAt: now + Math.floor(LIMITS.releaseMaxLifetimeS / 2) };
}

/** The JSON form that goes over the wire beside the signature. */
export function releaseRequestJson(request: ReleaseRequest) {
  return {
    act: request.act,
    patient: request.patient,
    reader: request.reader,
    records: request.records.map((record) => ({
      sequence: record.sequence,
      manifestDigest: record.manifestDigestHex,
      leafIndex: record.leafIndex,
      path: [...record.pathHex],
    })),
    purpose: request.purpose,
    nonce: request.nonceHex,
    deadline: request.deadlineAt,
  };
}

/** EIP-712 data of a request. The domain carries chain and Records contract: it is worth nothing on another deployment. */
export function releaseTypedData(request: ReleaseRequest, on: AnchoredOn): TypedData {
  const domain = {
    name: "Mendrec Custodian",
    version: "1",
    chainId: on.chainId,
    verifyingContract: on.records,
  };
  return typedData(domain, RELEASE_TYPE, {
    act: request.act,
    patient: request.patient,
    reader: request.reader,
    records: request.records.map((record) => ({
      sequence: record.sequence,
      manifest: `0x${record.manifestDigestHex}`,
    })),
    purpose: request.purpose,
    nonce: `0x${request.nonceHex}`,
    deadline: request.deadlineAt,
  });
}

/** What {@link goodShares} needs to know of the record that is opened. */
export type SharesAsked = {
  readonly key: KeyName;
  readonly record: RecordRef;
  /** Of the verified manifest. */
  readonly binding: RecordBinding;
  readonly envelopes: Envelopes;
  /** By the custodian that was asked, and not by the one that an answer names. */
  readonly answers: ReadonlyMap<Address, ReleaseAnswer>;
  /** Opens what a custodian sealed to the reader, and parses it; throws `verification.*`. */
  readonly openShare: (sealed: Bytes) => Promise<Share>;
  /** Told of every share that was wrong, also where others were enough; it names the custodian. */
  readonly report?: (wrong: MendrecError) => void;
};

/**
 * Enough shares of one key, from different custodians, each checked (docs/format.md, row 8). One bad custodian does not
 * stop the others.
 *
 * @throws MendrecError why there are not enough: a custodian's refusal in its own words, or the share that was wrong;
 * `refused.private` for a record that only the patient opens.
 */
export async function goodShares(asked: SharesAsked): Promise<Share[]> {
  const { envelopes, record } = asked;
  if (envelopes.custodians.length === 0) {
    throw new MendrecError("refused.private", "This is a private entry; only the patient opens it.");
  }
  const good = new Map<Address, Share>();
  const refusals: MendrecError[] = [];
  const wrongs: MendrecError[] = [];
  for (const [custodian, answer] of asked.answers) {
    for (const outcome of answer.outcomes) {
      if (outcome.sequence !== record.sequence || outcome.manifestDigestHex !== record.manifestDigestHex) {
        continue;
      }
      if (outcome.code !== RELEASED) {
        refusals.push(refusalOf(outcome));
        continue;
      }
      try {
        good.set(custodian, await shareOf(custodian, outcome, asked));
      } catch (error) {
        if (!isShareFault(error)) {
          throw error;
        }
        wrongs.unshift(error);
        asked.report?.(error);
      }
    }
  }
  const [reason] = [...wrongs, ...refusals];
  if (good.size < envelopes.threshold) {
    throw reason ?? notEnough(good.size, envelopes.threshold);
  }
  return [...good.values()].slice(0, envelopes.threshold);
}

async function shareOf(custodian: Address, outcome: RecordOutcome, asked: SharesAsked): Promise<Share> {
  const sealed = outcome.sealedShares[asked.key];
  if (sealed === undefined) {
    throw wrongShare(custodian);
  }
  const share = await asked.openShare(sealed);
  if (share.custodian !== custodian) {
    throw wrongShare(custodian); // whoever sent it is to blame, not whom it names
  }
  requireShare(share, asked.envelopes, asked.key, asked.binding);
  return share;
}

/** The custodian's own code, message and remedy. */
function refusalOf(outcome: RecordOutcome): MendrecError {
  return new MendrecError(outcome.code, outcome.message, { remedy: outcome.remedy });
}

function isShareFault(error: unknown): error is MendrecError {
  return isCode(error, "verification") || isCode(error, "not_found") || isCode(error, "refused");
}

function notEnough(found: number, threshold: number): MendrecError {
  return new MendrecError(
    "verification.cannot_combine",
    `${threshold} custodians are needed and ${found} gave their share.`,
    { remedy: "Ask again when more custodians can be reached.", details: { found, threshold } },
  );
}
