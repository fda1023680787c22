/** The manifest and the envelopes of a record, verified; kept in memory by digest, since neither ever changes. */
import type { Envelopes } from "../../core/envelopes.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Manifest } from "../../core/manifest.ts";
import { requireAnchored, verifiedEnvelopes, verifiedManifest } from "../../core/verifying.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { VaultTrust } from "../types.ts";
import { type LocatedRecord, recordPath } from "./located.ts";

export type RecordObjects = { readonly manifest: Manifest; readonly envelopes: Envelopes };

const KEPT_MAX = 4_000;

export class ObjectsCache {
  readonly #manifests = new Map<string, Manifest>();
  readonly #envelopes = new Map<string, Envelopes>();
  readonly #http: NodeHttp;

  constructor(http: NodeHttp) {
    this.#http = http;
  }

  /** The verified manifest of a record whose place was proven: rows 1 to 4 of docs/format.md, "Opening". */
  async manifest(record: LocatedRecord, trust: VaultTrust, signal: AbortSignal): Promise<Manifest> {
    requireAnchored(record.ref, record.entry, record.pathHex);
    const name = nameOf(record, trust);
    const kept = this.#manifests.get(name);
    if (kept !== undefined) {
      return kept;
    }
    const data = await this.#http.bytes(`${pathOf(record)}/manifest`, LIMITS.manifestMaxBytes, signal);
    const on = { chainId: trust.chainId, records: trust.records };
    const manifest = await verifiedManifest(data, record.ref, record.entry, on);
    keep(this.#manifests, name, manifest);
    return manifest;
  }

  /** Manifest and envelopes: rows 1 to 5. */
  async both(record: LocatedRecord, trust: VaultTrust, signal: AbortSignal): Promise<RecordObjects> {
    const manifest = await this.manifest(record, trust, signal);
    const kept = this.#envelopes.get(manifest.envelopes);
    if (kept !== undefined) {
      return { manifest, envelopes: kept };
    }
    const data = await this.#http.bytes(`${pathOf(record)}/envelopes`, LIMITS.envelopesMaxBytes, signal);
    const envelopes = verifiedEnvelopes(data, manifest);
    keep(this.#envelopes, manifest.envelopes, envelopes);
    return { manifest, envelopes };
  }

  clear(): void {
    this.#manifests.clear();
    this.#envelopes.clear();
  }
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
