/** Names of what was asked of the node and kept for a while. Everything of one person begins with their address. */
import type { Address } from "../node/types.ts";

export const queryKeys = {
  node: () => ["node"] as const,
  categories: () => ["categories"] as const,
  locations: () => ["locations"] as const,
  person: (address: Address) => ["person", address] as const,
  professionals: (search: string) => ["professionals", "search", search] as const,
  professionalsOf: (addresses: readonly Address[]) => ["professionals", "of", ...addresses] as const,
  contacts: (account: Address) => ["contacts", account] as const,
  safe: (account: Address) => ["safe", account] as const,
  consents: (patient: Address) => ["consents", patient] as const,
  grantsHeld: (account: Address) => ["grants-held", account] as const,
  grantsPassedOn: (account: Address) => ["grants-passed-on", account] as const,
  accessRequests: (patient: Address) => ["access-requests", patient] as const,
  ownRequests: (account: Address) => ["own-requests", account] as const,
  receipts: (patient: Address) => ["receipts", patient] as const,
  events: (patient: Address) => ["events", patient] as const,
  acts: (account: Address) => ["acts", account] as const,
  records: (patient: Address, reader: Address) => ["records", patient, reader] as const,
  /** A record that was opened: kept in memory only, like everything here. */
  opened: (patient: Address, sequence: number, leafIndex: number | null) =>
    ["opened", patient, sequence, leafIndex] as const,
  copies: (patient: Address) => ["copies", patient] as const,
  mendings: (patient: Address) => ["mendings", patient] as const,
  job: (jobId: string) => ["job", jobId] as const,
  jobs: (account: Address) => ["jobs", account] as const,
  uploads: (account: Address) => ["uploads", account] as const,
  ownApplications: (account: Address) => ["own-applications", account] as const,
  applications: (institution: Address) => ["applications", institution] as const,
  staff: (institution: Address) => ["staff", institution] as const,
  /** Everybody whom the directory lists. */
  directory: () => ["professionals", "all"] as const,
  operations: () => ["operations"] as const,
};
