/** Type strings of Records' signed acts (`contracts/src/libraries/RecordsActs.sol`). */

/** Why a path was moved. The values are the contract's. */
export const MEND_REASONS = { DAMAGED: 1, MISSING: 2, UNREACHABLE: 3, RELOCATED: 4 } as const;
export type MendReasonName = keyof typeof MEND_REASONS;

const LIFE = "uint256 nonce,string signatureValidUntil";

export const ADD_RECORD_TYPE = `AddRecord(address author,address patient,string category,uint16 location,bytes32 digest,uint64 sequence,bytes32 previousLink,${LIFE})`;
export const ADD_BATCHES_TYPE =
  `AddBatches(address author,address patient,Batch[] batches,uint64 sequence,bytes32 previousLink,${LIFE})` +
  "Batch(string category,uint16 location,uint24 count,bytes32 root,bytes32 listDigest)";
export const MEND_PATHS_TYPE =
  `MendPaths(address mender,EntryKey[] entries,uint16 toLocation,string reason,${LIFE})` +
  "EntryKey(address patient,uint64 sequence)";
