import type { AccessRequestAnswered } from "../generated/api/types.gen.ts";
import { zAccessRequestsAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

/** The requests for access to a patient's record, whatever became of them, oldest first; for the patient. */
export async function listAccessRequests(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<readonly AccessRequestAnswered[]> {
  return await allPages((cursor) =>
    client.http.get(path`/v1/patients/${patient}/access-requests`, zAccessRequestsAnswered, {
      query: { cursor, limit: 200 },
      signal,
    }),
  );
}
