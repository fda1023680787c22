import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import { zConsentsAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

/** A patient's permission blocks, as far as they may be seen: all to the patient, their own to others. */
export async function listConsents(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<readonly ConsentAnswered[]> {
  return await allPages((cursor) =>
    client.http.get(path`/v1/patients/${patient}/consents`, zConsentsAnswered, {
      query: { cursor, limit: 200 },
      signal,
    }),
  );
}
