import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { zPersonAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

/** What the directory says of somebody; no roles where it says nothing. */
export async function readPerson(
  client: Client,
  { address, signal }: { address: Address; signal?: AbortSignal },
): Promise<PersonAnswered> {
  return await client.http.get(path`/v1/people/${address}`, zPersonAnswered, { signal });
}
