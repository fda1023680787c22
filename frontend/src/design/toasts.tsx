/** Short words about what was just done. They are read out politely and go away; what must be answered is no toast. */
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastRegion as AriaToastRegion,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
} from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { IconButton } from "./Button.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import "./toasts.css";

export type ToastWords = {
  readonly title: string;
  readonly text?: string;
  readonly kind?: "good" | "info" | "bad";
};

const STAYS_MS = 7_000;
const ICONS: Readonly<Record<NonNullable<ToastWords["kind"]>, IconName>> = { good: "check", info: "info", bad: "stop" };

const queue = new ToastQueue<ToastWords>({ maxVisibleToasts: 3 });

export function showToast(words: ToastWords): void {
  queue.add(words, { timeout: STAYS_MS });
}

/** Mounted once, around nothing. */
export function ToastRegion() {
  const t = useText();
  return (
    <AriaToastRegion queue={queue} className="toasts" aria-label={t.common.notifications}>
      {({ toast }) => (
        <AriaToast toast={toast} className="toast" data-kind={toast.content.kind ?? "good"}>
          <Icon name={ICONS[toast.content.kind ?? "good"]} />
          <ToastContent className="toast-words">
            <Text slot="title">{toast.content.title}</Text>
            {toast.content.text !== undefined && <Text slot="description">{toast.content.text}</Text>}
          </ToastContent>
          <IconButton slot="close" icon="cross" label={t.common.close} />
        </AriaToast>
      )}
    </AriaToastRegion>
  );
}
