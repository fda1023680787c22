import type { ListAsked } from "../vault/types.ts";
import { askSignature } from "./askSignature.ts";
import { readAsked } from "./readAsked.ts";
import type { Address, Client, ListedRecord, Long, Purpose } from "./types.ts";
import { vaultJob } from "./vaultJob.ts";

/**
 * A patient's records with what they are about, as far as one may see it; proven against the chain's links.
 *
 * The patient needs no signature; everybody else gives one for every 256 records.
 *
 * @param asked `titlesOf`: see {@link ListAsked}.
 */
export async function listRecords(
  client: Client,
  { patient, purpose, titlesOf, ...long }: { patient: Address; purpose: Purpose } & Pick<ListAsked, "titlesOf"> & Long,
): Promise<readonly ListedRecord[]> {
  return await vaultJob(client, long, (jobId, told) =>
    client.vault.list(jobId, { ...readAsked(client, { patient, purpose }), titlesOf }, askSignature(client), told),
  );
}
