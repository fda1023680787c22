/** What reading shares between calls: the way to the node, what was verified, and what was seen since the vault opened. */
import type { Identity } from "../../core/age.ts";
import type { Address } from "../../core/ids.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import type { ListedRecord } from "../../node/types.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { ReadAsked } from "../types.ts";
import { locate } from "./chain.ts";
import type { Seen } from "./list.ts";
import { type LocatedRecord, placeOf } from "./located.ts";
import { NewestKept } from "./newestKept.ts";
import { ObjectsCache } from "./objects.ts";
import type { ToldRecord } from "./told.ts";

/** Of all patients that were looked at: the longest record twice over. What is forgotten is proven, or asked for, once more. */
export const KEPT_MAX = 20_000;

/** Whose identities the vault holds. Both throw `refused.vault_locked`. */
export type Keys = {
  identity(reader: Address): Identity;
  older(reader: Address): readonly Identity[];
};

export class Reading {
  readonly http: NodeHttp;
  readonly objects: ObjectsCache;
  readonly #keys: Keys;
  readonly #located = new NewestKept<LocatedRecord>(KEPT_MAX);
  readonly #seen = new NewestKept<Seen>(KEPT_MAX);

  constructor(http: NodeHttp, keys: Keys) {
    this.http = http;
    this.objects = new ObjectsCache(http);
    this.#keys = keys;
  }

  /** The identity that is held for somebody. Throws `refused.vault_locked`. */
  identity(reader: Address): Identity {
    return this.#keys.identity(reader);
  }

  /** With which a patient's own envelopes may open: the one that is held first, then those of before. */
  own(reader: Address): readonly Identity[] {
    return [this.#keys.identity(reader), ...this.#keys.older(reader)];
  }

  /** Keeps the places that were proven by a whole list. */
  remember(asked: ReadAsked, told: readonly ToldRecord[]): void {
    for (const { located } of told) {
      if (located !== null) {
        this.#located.set(`${asked.patient} ${placeOf(located.ref)}`, located);
      }
    }
  }

  /** Where a record is, proven. Throws `verification.*`, `refused`, `not_found`. */
  async place(asked: ReadAsked, record: ListedRecord, signal: AbortSignal): Promise<LocatedRecord> {
    const name = `${record.patient} ${placeOf(record)}`;
    let found = this.#located.get(name);
    if (found === undefined || found.ref.manifestDigestHex !== record.manifestDigestHex) {
      found = await locate(this.http, asked.trust, record.patient, record, signal);
      this.#located.set(name, found);
    }
    if (record.manifestDigestHex !== null && record.manifestDigestHex !== found.ref.manifestDigestHex) {
      throw lyingNode("The node tells of another record at this place than before.");
    }
    return found;
  }

  /** What this reader saw of a record before, for this purpose; null where it was not seen. */
  seen(asked: ReadAsked, manifestDigestHex: string): Seen | null {
    return this.#seen.get(seenName(asked, manifestDigestHex)) ?? null;
  }

  keepSeen(asked: ReadAsked, manifestDigestHex: string, seen: Seen): void {
    this.#seen.set(seenName(asked, manifestDigestHex), seen);
  }

  /** Forgets everything: the vault is locked. */
  clear(): void {
    this.#located.clear();
    this.#seen.clear();
    this.objects.clear();
  }
}

function seenName(asked: ReadAsked, manifestDigestHex: string): string {
  const purpose = asked.reader === asked.patient ? "" : asked.purpose;
  return `${asked.reader} ${asked.patient} ${purpose} ${manifestDigestHex}`;
}
