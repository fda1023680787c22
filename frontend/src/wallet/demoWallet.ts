/** The wallets of the demo world: offered on the local development chain only, on this machine only. */
import * as z from "zod/mini";
import { isCode } from "../core/errors.ts";
import type { Http } from "../node/http.ts";
import type { Address } from "../node/types.ts";
import type { Wallet } from "./types.ts";

export const DEVELOPMENT_CHAIN_ID = 31337;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const Offer = z.object({
  chain_id: z.literal(DEVELOPMENT_CHAIN_ID),
  rpc: z.literal("/demo/rpc"),
  people: z.array(
    z.object({
      role: z.string(),
      name: z.string(),
      address: z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
      private_key_hex: z.string().check(z.regex(/^(?:0x)?[0-9a-f]{64}$/)),
    }),
  ),
});

export type DemoPerson = {
  /** `patient`, `clinician`, `institution`, `verifier`, … */
  readonly role: string;
  readonly name: string;
  readonly address: Address;
  connect(): Promise<Wallet>;
};

/** The people that one may be in the demo world; null where there is none. */
export async function findDemoPeople(
  http: Http,
  chainId: number,
  { hostname = globalThis.location.hostname, signal }: { hostname?: string; signal?: AbortSignal } = {},
): Promise<readonly DemoPerson[] | null> {
  if (chainId !== DEVELOPMENT_CHAIN_ID || !LOOPBACK.test(hostname)) {
    return null;
  }
  try {
    const offer = await http.get("/demo/wallets", Offer, { signal });
    return offer.people.map((one) => ({
      role: one.role,
      name: one.name,
      address: one.address as Address,
      connect: async () => {
        // Signing is a chunk of its own: nobody but the demo world needs it.
        const { demoWallet } = await import("./demoSigner.ts");
        return demoWallet(http, { name: one.name, privateKey: `0x${one.private_key_hex.replace(/^0x/, "")}` });
      },
    }));
  } catch (error) {
    if (isCode(error, "not_found") || isCode(error, "http.404") || isCode(error, "verification.node")) {
      return null;
    }
    throw error;
  }
}
