/** Saves what is shown as a file of the person's own. */
import { Button } from "../design/Button.tsx";
import { saveFile } from "../design/saveFile.ts";
import { useText } from "../i18n/text.ts";
import { saveName } from "./saveName.ts";

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
      onPress={() => saveFile(saveName(fileName, title, mediaType), blob)}
    >
      {t.save}
    </Button>
  );
}
