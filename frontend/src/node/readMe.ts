import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { zMeAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";

/** Who is signed in, and what the directory says of them. */
export async function readMe(
  client: Pick<Client, "http">,
  { signal }: { signal?: AbortSignal } = {},
): Promise<PersonAnswered> {
  return (await client.http.get("/v1/me", zMeAnswered, { signal })).person;
}
