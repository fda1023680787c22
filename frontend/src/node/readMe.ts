import { MendrecError } from "../core/errors.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { zMeAnswered } from "../generated/api/zod.gen.ts";
import { SIGN_IN_NEEDED } from "./errors.ts";
import type { Client } from "./types.ts";

/**
 * Who is signed in, and what the directory says of them.
 *
 * Throws `refused.sign_in_needed` where it is somebody else by now: another tab of this browser signed in.
 */
export async function readMe(
  client: Pick<Client, "http" | "account">,
  { signal }: { signal?: AbortSignal } = {},
): Promise<PersonAnswered> {
  const { person } = await client.http.get("/v1/me", zMeAnswered, { signal });
  if (person.address !== client.account) {
    throw new MendrecError(SIGN_IN_NEEDED, "Somebody else is signed in in this browser.", { remedy: "Sign in again." });
  }
  return person;
}
