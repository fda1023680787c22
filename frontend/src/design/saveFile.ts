/** Gives a person a file. */

/** How long the browser may take to begin reading what it saves. */
const REVOKE_AFTER_MS = 60_000;

/** Hands `content` to the browser's downloads, as bytes of no type: its address must run nothing in this page's origin. */
export function saveFile(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.rel = "noopener";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
