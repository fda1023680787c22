import type { CategoryAnswered } from "../generated/api/types.gen.ts";
import { zCategoriesAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";

/** Every category: its number on the chain, and its code. */
export async function listCategories(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly CategoryAnswered[]> {
  return (await client.http.get("/v1/categories", zCategoriesAnswered, { signal })).items;
}
