import { cancelled } from "../core/errors.ts";
import { askChain } from "./askChain.ts";
import { readAsked } from "./readAsked.ts";
import type { Address, Client, ListedRecord, Purpose, VerificationStep } from "./types.ts";
import { vaultJob } from "./vaultJob.ts";

/**
 * Checks one record in this browser against the chain, which is asked through the wallet, step by step.
 *
 * Throws what the step that failed says; `onStep` was told of it before.
 */
export async function verifyRecord(
  client: Client,
  asked: {
    patient: Address;
    purpose: Purpose;
    record: ListedRecord;
    onStep: (step: VerificationStep) => void;
    signal?: AbortSignal;
  },
): Promise<void> {
  const { patient, purpose, record, onStep, signal } = asked;
  const told = (step: VerificationStep) => {
    if (signal?.aborted) {
      throw cancelled();
    }
    onStep(step);
  };
  await vaultJob(client, signal === undefined ? {} : { signal }, (jobId) =>
    client.vault.verify(jobId, readAsked(client, { patient, purpose }), record, askChain(client), told),
  );
}
