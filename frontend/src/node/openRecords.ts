import { askSignature } from "./askSignature.ts";
import { readAsked } from "./readAsked.ts";
import type { Address, Client, ListedRecord, Long, OpenedRecord, Purpose } from "./types.ts";
import { vaultJob } from "./vaultJob.ts";

/** Opens records, verified whole. Several cost one signature; each leaves a receipt that the patient sees. */
export async function openRecords(
  client: Client,
  asked: { patient: Address; purpose: Purpose; records: readonly ListedRecord[] } & Long,
): Promise<readonly OpenedRecord[]> {
  const { records, patient, purpose, ...long } = asked;
  return await vaultJob(client, long, (jobId, told) =>
    client.vault.open(jobId, readAsked(client, { patient, purpose }), records, askSignature(client), told),
  );
}
