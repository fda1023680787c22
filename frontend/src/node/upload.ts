import { MendrecError } from "../core/errors.ts";
import type { SealItem, UploadDone } from "../vault/types.ts";
import { askChain } from "./askChain.ts";
import { askSignature } from "./askSignature.ts";
import { readMe } from "./readMe.ts";
import { readNode } from "./readNode.ts";
import type { Address, Client, Long } from "./types.ts";
import { vaultJob } from "./vaultJob.ts";

export type Uploading = Long & {
  readonly patient: Address;
  readonly items: readonly SealItem[];
  /** No shares are made: only the patient opens it. */
  readonly private: boolean;
  /** From `newIdempotencyKey`; the same key goes on where a reload broke it off. */
  readonly key: string;
};

/**
 * Seals, sends and anchors: all of the items, or none.
 *
 * Throws `verification.custodians_changed` before anything is sealed; `unavailable.*`: broken off, the same key goes on.
 */
export async function upload(client: Client, asked: Uploading): Promise<UploadDone> {
  const { patient, items, key, private: isPrivate, ...long } = asked;
  const signal = long.signal === undefined ? {} : { signal: long.signal };
  // The custodians may have changed since the page was loaded.
  client.trust.requireSame(await readNode(client.http, signal));
  const trust = client.trust.forSealing();
  const isOwn = patient === client.account;
  const ownRecipient = isOwn ? ((await client.vault.recipient()) ?? (await readMe(client, signal)).recipient) : null;
  return await vaultJob(client, long, (jobId, told) =>
    client.vault.upload(
      jobId,
      {
        trust,
        author: client.account,
        patient,
        ownRecipient,
        items,
        private: isPrivate,
        key,
        csrfToken: csrfToken(client),
      },
      askSignature(client),
      askChain(client),
      told,
    ),
  );
}

/** What the vault's own requests carry. Throws `refused.sign_in_needed`. */
export function csrfToken(client: Client): string {
  const token = client.http.csrfToken();
  if (token === null) {
    throw new MendrecError("refused.sign_in_needed", "Nobody is signed in.", { remedy: "Sign in again." });
  }
  return token;
}
