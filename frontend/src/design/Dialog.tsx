/** Something that must be answered before going on. It takes the focus and gives it back. */
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { IconButton } from "./Button.tsx";
import "./Dialog.css";

type Props = {
  readonly isOpen: boolean;
  /** By the cross, by Escape, by a press outside. */
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Buttons, the main one first. */
  readonly actions?: ReactNode;
  readonly width?: "m" | "l";
  /** False while something goes on that must not be lost sight of. */
  readonly isDismissable?: boolean;
  readonly role?: "dialog" | "alertdialog";
};

export function Dialog(props: Props) {
  return <Overlay {...props} place="middle" />;
}

/** The same from the side: to look at one thing beside the others; from below on a phone. */
export function Drawer(props: Props) {
  return <Overlay {...props} place="side" />;
}

function Overlay(props: Props & { readonly place: "middle" | "side" }) {
  const {
    isOpen,
    onClose,
    title,
    children,
    actions,
    width = "m",
    isDismissable = true,
    role = "dialog",
    place,
  } = props;
  const t = useText();
  return (
    <ModalOverlay
      className="veil"
      data-place={place}
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={isDismissable}
      isKeyboardDismissDisabled={!isDismissable}
    >
      <Modal className={place === "side" ? "drawer" : "dialog-box"} data-width={width}>
        <AriaDialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title">{title}</Heading>
            {isDismissable && <IconButton icon="cross" label={t.common.close} onPress={onClose} />}
          </div>
          <div className="dialog-body">{children}</div>
          {actions !== undefined && <div className="dialog-foot">{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
