/**
 * Asking custodians for their shares: one signed request to each. The page's content security policy lets it speak to its
 * own origin only, so a custodian elsewhere is asked by way of the node, if the node passes that on. It can: the request is
 * signed, and the answer is sealed to the reader.
 */
import * as z from "zod/mini";
import type { Act } from "../../core/envelopes.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { newReleaseRequest, releaseRequestJson, releaseTypedData } from "../../core/release.ts";
import { parseReleaseAnswer, RELEASED, type ReleaseAnswer } from "../../core/releaseAnswer.ts";
import { zNodeAnswered } from "../../generated/api/zod.gen.ts";
import { asMendrecError } from "../errorTransfer.ts";
import { requireNotStopped } from "../jobs.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { AskSignature, ReadAsked } from "../types.ts";
import type { LocatedRecord } from "./located.ts";

export type Answers = ReadonlyMap<Address, ReleaseAnswer>;

const OWN_PATH = "/v1/release";
/** For one custodian: the node gives up on one elsewhere before that. */
const ASK_MAX_MS = 20_000;
/** How long the others are waited for once as many have released everything as are needed. */
const GRACE_MS = 3_000;

/**
 * Has one request signed and asks every custodian; those that refuse or can't be reached are passed over.
 *
 * Throws what the wallet throws; where no custodian answered, the last one's own error: `refused.release.*`,
 * `unavailable.custodian`.
 */
export async function askCustodians(
  http: NodeHttp,
  act: Act,
  records: readonly LocatedRecord[],
  asked: ReadAsked,
  sign: AskSignature,
  signal: AbortSignal,
): Promise<Answers> {
  const { patient, reader, purpose, trust } = asked;
  const request = newReleaseRequest(
    {
      act,
      patient,
      reader,
      purpose,
      records: records.map(({ ref, pathHex }) => ({
        sequence: ref.sequence,
        manifestDigestHex: ref.manifestDigestHex,
        leafIndex: ref.leafIndex,
        pathHex,
      })),
    },
    Math.floor(Date.now() / 1000),
  );
  const here = await custodianHere(http, signal);
  const signature = await sign(releaseTypedData(request, { chainId: trust.chainId, records: trust.records }));
  requireNotStopped(signal);
  const body = { request: releaseRequestJson(request), signature: signature.toLowerCase() };
  const answers = new Map<Address, ReleaseAnswer>();
  const failures: MendrecError[] = [];
  const enough = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.all(
    trust.custodians.map(async ({ address, url }) => {
      try {
        const path = address === here || isOwn(url) ? OWN_PATH : `/v1/custodians/${address}/release`;
        answers.set(address, await ask(http, address, path, body, AbortSignal.any([signal, enough.signal])));
      } catch (thrown) {
        failures.push(asMendrecError(thrown));
      }
      if ([...answers.values()].filter((one) => releasesAll(one, records)).length >= trust.threshold) {
        timer ??= setTimeout(() => enough.abort(), GRACE_MS);
      }
    }),
  );
  clearTimeout(timer);
  requireNotStopped(signal);
  if (answers.size === 0) {
    throw withClock(http, worst(failures));
  }
  return answers;
}

function releasesAll({ outcomes }: ReleaseAnswer, records: readonly LocatedRecord[]): boolean {
  return outcomes.length === records.length && outcomes.every((one) => one.code === RELEASED);
}

async function ask(http: NodeHttp, custodian: Address, path: string, body: unknown, signal: AbortSignal) {
  let told: unknown;
  try {
    told = await http.json("POST", path, z.unknown(), {
      body,
      anonymous: true,
      signal,
      timeoutMs: ASK_MAX_MS,
    });
  } catch (thrown) {
    if (path !== OWN_PATH && isCode(thrown, "not_found")) {
      throw new MendrecError("unavailable.custodian", `The custodian ${custodian} can't be reached from this page.`, {
        remedy: "Use the page of the institution that runs it, or the command line.",
        details: { custodian },
      });
    }
    throw thrown;
  }
  const answer = parseReleaseAnswer(told);
  if (answer.custodian !== custodian) {
    throw new MendrecError("verification.release_answer", "Another custodian answered than the one that was asked.", {
      remedy: "Ask the custodian's operator; what it sent was not used.",
      details: { custodian },
    });
  }
  return answer;
}

/** The custodian that this node says it is. Believed: whoever it asks there, only the right one's share is taken. */
async function custodianHere(http: NodeHttp, signal: AbortSignal): Promise<string | null> {
  const node = await http.json("GET", "/v1/node", zNodeAnswered, { signal });
  return node.custodians.find((one) => one.this_node)?.address ?? null;
}

function isOwn(url: string): boolean {
  try {
    const found = new URL(url);
    return found.origin === globalThis.location?.origin && found.pathname.replace(/\/$/, "") === "";
  } catch {
    return false;
  }
}

/** A refusal says more than that somebody was not there. */
function worst(failures: readonly MendrecError[]): MendrecError {
  return (
    failures.find((one) => isCode(one, "refused")) ??
    failures.find((one) => isCode(one, "verification")) ??
    failures[0] ??
    new MendrecError("unavailable.custodian", "The node names no custodian.", {
      remedy: "Tell the institution that runs the node.",
    })
  );
}

/** A request that counts as stale is nearly always a wrong clock: tell by how much. */
function withClock(http: NodeHttp, error: MendrecError): MendrecError {
  const { clockAheadS } = http;
  if (error.code !== "refused.release.stale" || clockAheadS === null) {
    return error;
  }
  return new MendrecError(error.code, error.message, {
    remedy: error.remedy,
    requestId: error.requestId,
    details: { ...error.details, clock_ahead_s: clockAheadS },
    cause: error,
  });
}
