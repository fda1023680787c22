import { isCode } from "../core/errors.ts";
import { SIGN_IN_NEEDED } from "./errors.ts";
import type { Http } from "./http.ts";

/** Ends the session at the node; no error where there is none. Lock the vault as well. */
export async function signOut(http: Http, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  try {
    await http.delete("/v1/sessions/current", { signal });
  } catch (error) {
    if (!isCode(error, SIGN_IN_NEEDED)) {
      throw error;
    }
  }
  http.setCsrfToken(null);
}
