/** Saves what is shown as a file of the person's own. */
import { Button } from "../design/Button.tsx";
import { useText } from "../i18n/text.ts";
import { saveName } from "./saveName.ts";

/** How long the browser may take to begin reading what it saves. */
const REVOKE_AFTER_MS = 60_000;

type Props = {
  readonly blob: Blob;
  readonly fileName: string | null;
  readonly title: string;
  readonly mediaType: string;
  readonly variant?: "primary" | "secondary" | "quiet";
};

export function SaveCopy({ blob, fileName, title, mediaType, variant = "secondary" }: Props) {
  const t = useText().viewers;
  return (
    <Button
      size="s"
      icon="download"
      variant={variant}
      onPress={() => saveBlob(blob, saveName(fileName, title, mediaType))}
    >
      {t.save}
    </Button>
  );
}

/** Hands a blob to the browser's downloads, as bytes of no type: its address must run nothing in this page's origin. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.rel = "noopener";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
