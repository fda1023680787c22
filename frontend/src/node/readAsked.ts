import type { ReadAsked } from "../vault/types.ts";
import type { Address, Client, Purpose } from "./types.ts";

/** What the vault has to know to read somebody's record for whoever is signed in. */
export function readAsked(client: Client, { patient, purpose }: { patient: Address; purpose: Purpose }): ReadAsked {
  return { trust: client.trust.forReading(), patient, reader: client.account, purpose };
}
