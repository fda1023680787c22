import { isCode } from "../core/errors.ts";
import { OTHER_PERSON, SIGN_IN_NEEDED } from "./errors.ts";
import type { Http } from "./http.ts";

/** Ends the session at the node; no error where there is none. Lock the vault as well. */
export async function signOut(http: Http, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  try {
    await http.delete("/v1/sessions/current", { signal });
  } catch (error) {
    // Another person's session is theirs to end.
    if (!isCode(error, SIGN_IN_NEEDED) && !isCode(error, OTHER_PERSON)) {
      throw error;
    }
  }
  http.setPerson(null);
  http.setCsrfToken(null);
}
