import type * as z from "zod/mini";
import {
  type zProfessionalAnswered,
  zProfessionalsAnswered,
  type zStaffAnswered,
  zStaffPageAnswered,
} from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

export type Professional = z.output<typeof zProfessionalAnswered>;
export type StaffMember = z.output<typeof zStaffAnswered>;

const ADDRESSES_MAX_COUNT = 100;

/** One page of clinicians, institutions, verifiers and custodians whose name or address fits `search`. Never patients. */
export async function findProfessionals(
  client: Client,
  { search, limit = 20, signal }: { search: string; limit?: number; signal?: AbortSignal },
): Promise<readonly Professional[]> {
  const q = search.trim();
  const query = { q: q === "" ? null : q.slice(0, 80), limit };
  return (await client.http.get("/v1/professionals", zProfessionalsAnswered, { query, signal })).items;
}

/** The professionals of given addresses; who is none is left out. */
export async function listProfessionals(
  client: Client,
  { addresses, signal }: { addresses: readonly Address[]; signal?: AbortSignal },
): Promise<readonly Professional[]> {
  const wanted = [...new Set(addresses)];
  const found: Professional[] = [];
  for (let at = 0; at < wanted.length; at += ADDRESSES_MAX_COUNT) {
    const address = wanted.slice(at, at + ADDRESSES_MAX_COUNT);
    const page = (cursor: string | null) =>
      client.http.get("/v1/professionals", zProfessionalsAnswered, { query: { address, cursor, limit: 100 }, signal });
    found.push(...(await allPages(page)));
  }
  return found;
}

/** Every professional that the directory lists, by address. */
export async function listAllProfessionals(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly Professional[]> {
  return await allPages((cursor) =>
    client.http.get("/v1/professionals", zProfessionalsAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}

/** The clinicians whose credential names an institution. */
export async function listStaff(
  client: Client,
  { institution, signal }: { institution: Address; signal?: AbortSignal },
): Promise<readonly StaffMember[]> {
  const url = path`/v1/institutions/${institution}/staff`;
  return await allPages((cursor) =>
    client.http.get(url, zStaffPageAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}
