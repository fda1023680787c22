/**
 * The manifest and the envelopes of a record, verified; kept in memory by digest, since neither ever changes. They come
 * one by one, or from what was sent of many records at once: the checks are the same.
 */
import type { Bytes } from "../../core/bytes.ts";
import type { Envelopes } from "../../core/envelopes.ts";
import { MendrecError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Manifest } from "../../core/manifest.ts";
import {
  requireAnchored,
  requireEnvelopesOfManifest,
  verifiedEnvelopes,
  verifiedManifest,
} from "../../core/verifying.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { VaultTrust } from "../types.ts";
import { type LocatedRecord, placeOf, recordPath } from "./located.ts";
import type { Sent, SentObjects } from "./sealedPages.ts";

export type RecordObjects = { readonly manifest: Manifest; readonly envelopes: Envelopes };

const KEPT_MAX = 4_000;
const NOTHING_SENT: Sent = new Map();

export class ObjectsCache {
  readonly #manifests = new Map<string, Manifest>();
  readonly #envelopes = new Map<string, Envelopes>();
  readonly #http: NodeHttp;

  constructor(http: NodeHttp) {
    this.#http = http;
  }

  /** Whether both objects of a record are here, so that nothing has to be fetched. */
  has(record: LocatedRecord, trust: VaultTrust): boolean {
    const manifest = this.#manifests.get(nameOf(record, trust));
    return manifest !== undefined && this.#envelopes.has(manifest.envelopes);
  }

  /**
   * The verified manifest of a record whose place was proven: rows 1 to 4 of docs/format.md, "Opening".
   *
   * @param sent what came of many records at once; what is not in it is fetched.
   */
  async manifest(
    record: LocatedRecord,
    trust: VaultTrust,
    signal: AbortSignal,
    sent = NOTHING_SENT,
  ): Promise<Manifest> {
    requireAnchored(record.ref, record.entry, record.pathHex);
    const name = nameOf(record, trust);
    const kept = this.#manifests.get(name);
    if (kept !== undefined) {
      return kept;
    }
    const data =
      sentOf(sent, record)?.manifest ??
      (await this.#http.bytes(`${pathOf(record)}/manifest`, LIMITS.manifestMaxBytes, signal));
    const on = { chainId: trust.chainId, records: trust.records };
    const manifest = await verifiedManifest(data, record.ref, record.entry, on);
    keep(this.#manifests, name, manifest);
    return manifest;
  }

  /** Manifest and envelopes: rows 1 to 5. Throws `refused.not_yours` where the envelopes are not for this person. */
  async both(
    record: LocatedRecord,
    trust: VaultTrust,
    signal: AbortSignal,
    sent = NOTHING_SENT,
  ): Promise<RecordObjects> {
    const manifest = await this.manifest(record, trust, signal, sent);
    const kept = this.#envelopes.get(manifest.envelopes);
    if (kept !== undefined) {
      // They were verified with the manifest that brought them: another that names them may be of another record.
      requireEnvelopesOfManifest(kept, manifest);
      return { manifest, envelopes: kept };
    }
    const data =
      envelopesOf(sentOf(sent, record)) ??
      (await this.#http.bytes(`${pathOf(record)}/envelopes`, LIMITS.envelopesMaxBytes, signal));
    const envelopes = verifiedEnvelopes(data, manifest);
    keep(this.#envelopes, manifest.envelopes, envelopes);
    return { manifest, envelopes };
  }

  clear(): void {
    this.#manifests.clear();
    this.#envelopes.clear();
  }
}

/** What was sent of a record, unverified; null where it has to be fetched. Throws why it was not sent. */
function sentOf(sent: Sent, { ref }: LocatedRecord): Exclude<SentObjects, { error: MendrecError }> | null {
  const found = sent.get(placeOf(ref));
  if (found !== undefined && "error" in found) {
    throw found.error;
  }
  return found ?? null;
}

function envelopesOf(sent: ReturnType<typeof sentOf>): Bytes | null {
  if (sent !== null && sent.envelopes === null) {
    // In the words that the node has for it where it is asked for them alone.
    throw new MendrecError("refused.not_yours", "This is not yours to see, or there is no such thing.", {
      remedy: "Ask the patient for access; sign in as somebody who has it.",
    });
  }
  return sent?.envelopes ?? null;
}

/** What was verified holds for the entry that it was verified against: chain, contract, patient, author, category. */
function nameOf({ ref, entry }: LocatedRecord, trust: VaultTrust): string {
  const of = [trust.chainId, trust.records, ref.patient, entry.author, entry.category, ref.manifestDigestHex];
  return of.join(" ");
}

function pathOf({ ref }: LocatedRecord): string {
  return recordPath(ref.patient, ref.sequence, ref.leafIndex);
}

function keep<T>(kept: Map<string, T>, name: string, value: T): void {
  const [oldest] = kept.keys();
  if (kept.size >= KEPT_MAX && oldest !== undefined) {
    kept.delete(oldest);
  }
  kept.set(name, value);
}
