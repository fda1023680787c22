/** Larger than any backup: what a person chose by mistake is not read. */
const FILE_MAX_BYTES = 262_144;

/** What a person chose as a backup: whether it is one, opening it tells. */
export async function readBackupFile(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, FILE_MAX_BYTES).arrayBuffer());
}
