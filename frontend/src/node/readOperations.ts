import type * as z from "zod/mini";
import { zOperationsAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";

export type Operations = z.output<typeof zOperationsAnswered>;

/** How the node is: stores, outbox, relayed acts, index, worker, conditions with their words; for its operator. */
export async function readOperations(client: Client, { signal }: { signal?: AbortSignal } = {}): Promise<Operations> {
  return await client.http.get("/v1/operations", zOperationsAnswered, { signal });
}
