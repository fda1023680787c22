/** Keeps a viewer that fails, or can't be loaded, from taking the page with it. */
import { Component, type ReactNode } from "react";
import { CannotShow, type Trouble, troubleOf } from "./CannotShow.tsx";

type Props = {
  /** Another one begins anew. */
  readonly of: unknown;
  readonly retry: (again: () => void) => ReactNode;
  readonly children: ReactNode;
};

type State = { readonly of: unknown; readonly trouble: Trouble | null };

export class ViewerBoundary extends Component<Props, State> {
  override state: State = { of: this.props.of, trouble: null };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    // A browser says so of a module that it could not fetch.
    const notLoaded = error instanceof TypeError && /import|module|fetch/i.test(error.message);
    return { trouble: notLoaded ? "notLoaded" : troubleOf(error) };
  }

  static getDerivedStateFromProps(props: Props, state: State): State | null {
    return props.of === state.of ? null : { of: props.of, trouble: null };
  }

  override render(): ReactNode {
    const { trouble } = this.state;
    if (trouble === null) return this.props.children;
    const again = trouble === "notLoaded" ? this.props.retry(() => this.setState({ trouble: null })) : undefined;
    return <CannotShow trouble={trouble} {...(again === undefined ? {} : { action: again })} />;
  }
}
