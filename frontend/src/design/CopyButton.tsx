/** Puts something into the clipboard, and says so. */
import { useState } from "react";
import { useText } from "../i18n/text.ts";
import { IconButton } from "./Button.tsx";
import { showToast } from "./toasts.tsx";

type Props = {
  readonly text: string;
  /** What is copied: "Copy the whole address". */
  readonly label?: string;
};

const SHOWS_MS = 2_000;

export function CopyButton({ text, label }: Props) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), SHOWS_MS);
        showToast({ title: t.common.copied });
      },
      // A browser that does not let it: the text is in sight and can be marked.
      () => undefined,
    );
  };
  return <IconButton icon={copied ? "check" : "copy"} label={label ?? t.common.copy} onPress={copy} />;
}
