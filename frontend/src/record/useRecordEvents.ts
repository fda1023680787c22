/** Hears of what happens to a record while it is looked at: new entries, and permissions that change. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { followEvents } from "../node/followEvents.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";

/** Several entries that come together are one reason to list again. */
const TOGETHER_MS = 1_500;
const NEW_ENTRY = "Records.EntryAdded";

/** @param onEntries called once for entries that came together. */
export function useRecordEvents(patient: Address, onEntries: () => void): { readonly isOver: boolean } {
  const client = useClient();
  const queries = useQueryClient();
  const [isOver, setIsOver] = useState(false);
  const tell = useEffectEvent(onEntries);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    setIsOver(false);
    const stop = followEvents(client, {
      patient,
      onEvent: (event) => {
        if (event.kind === NEW_ENTRY) {
          clearTimeout(timer);
          timer = setTimeout(tell, TOGETHER_MS);
        }
        if (event.kind.startsWith("Consent.")) {
          void queries.invalidateQueries({ queryKey: queryKeys.grantsHeld(client.account) });
        }
      },
      onState: (state) => {
        if (typeof state === "string") return;
        setIsOver(true);
        void queries.invalidateQueries({ queryKey: queryKeys.grantsHeld(client.account) });
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, patient, queries]);
  return { isOver };
}
