/** More, for whoever wants to see it. */
import type { ReactNode } from "react";
import { Disclosure as AriaDisclosure, Button, DisclosurePanel, Heading } from "react-aria-components";
import { Icon } from "./Icon.tsx";
import "./Disclosure.css";

type Props = {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Open from the start. */
  readonly isOpen?: boolean;
  readonly level?: 2 | 3 | 4;
};

export function Disclosure({ title, children, isOpen = false, level = 3 }: Props) {
  return (
    <AriaDisclosure className="disclosure" defaultExpanded={isOpen}>
      <Heading level={level} className="disclosure-head">
        <Button slot="trigger" className="disclosure-button">
          <Icon name="chevronRight" size={16} />
          {title}
        </Button>
      </Heading>
      <DisclosurePanel className="disclosure-panel">{children}</DisclosurePanel>
    </AriaDisclosure>
  );
}
