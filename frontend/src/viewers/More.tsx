/** More, made only when it is opened: what is inside may be large, or a whole viewer. */
import { type ReactNode, useState } from "react";
import { Icon } from "../design/Icon.tsx";

type Props = {
  readonly title: ReactNode;
  readonly children: () => ReactNode;
};

export function More({ title, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="viewer-more" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="chevronRight" size={16} />
        <span>{title}</span>
      </summary>
      {isOpen && <div className="viewer-more-inside">{children()}</div>}
    </details>
  );
}
