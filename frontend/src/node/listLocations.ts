import type { LocationAnswered } from "../generated/api/types.gen.ts";
import { zLocationsAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";

/** Every place that records may be at: path = base URI + CID. */
export async function listLocations(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly LocationAnswered[]> {
  return (await client.http.get("/v1/locations", zLocationsAnswered, { signal })).items;
}
