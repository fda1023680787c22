/** A map that keeps what was used last, and no more than so much of it: a browser stays open for days. */
export class NewestKept<T> {
  readonly #kept = new Map<string, T>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(name: string): T | undefined {
    const found = this.#kept.get(name);
    if (found !== undefined) {
      this.set(name, found);
    }
    return found;
  }

  set(name: string, value: T): void {
    this.#kept.delete(name);
    this.#kept.set(name, value);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#max && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
  }

  clear(): void {
    this.#kept.clear();
  }
}
