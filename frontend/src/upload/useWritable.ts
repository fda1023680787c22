/** To which categories of a record one may add: to all of one's own, to what was granted of another's. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import type { RightName } from "../core/typedData/consent.ts";
import { listGrantsHeld } from "../node/listGrantsHeld.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { useCategories } from "../sharing/useCategories.ts";

export type Writable = {
  /** Null while it is asked for. */
  readonly codes: readonly string[] | null;
  /** Those that one may read, too. */
  readonly readable: readonly string[];
  /** Every category that there is. */
  readonly known: readonly string[];
  readonly error: unknown;
  readonly retry: () => void;
};

export function useWritable(patient: Address): Writable {
  const client = useClient();
  const isOwn = patient === client.account;
  const categories = useCategories();
  const held = useQuery({
    queryKey: queryKeys.grantsHeld(client.account),
    queryFn: ({ signal }) => listGrantsHeld(client, { signal }),
    enabled: !isOwn,
  });
  const known = (categories.data ?? []).map(({ code }) => code);
  const granted = held.data?.filter((one) => one.patient === patient && one.effective.state === "in_force") ?? [];
  const having = (right: RightName) =>
    isOwn
      ? known
      : known.filter((code) =>
          granted.some((one) => one.category_code === code && one.effective.rights.includes(right)),
        );
  const codes = having("UPLOAD");
  const isAsking = categories.data === undefined || (!isOwn && held.data === undefined);
  return {
    codes: isAsking ? null : codes,
    readable: having("READ"),
    known,
    error: categories.error ?? held.error,
    retry: () => {
      void categories.refetch();
      if (!isOwn) void held.refetch();
    },
  };
}
