/** A change that is announced and not read yet. */
export class UnreadChange {
  /** Resolves when it is read; `null`: no change is announced. */
  read: Promise<void> | null = null;
  private resolve: () => void = () => {};

  announce(): void {
    this.read ??= new Promise((resolve) => (this.resolve = resolve));
  }

  /** Call it after a read that began after the last announcement. */
  end(): void {
    this.read = null;
    this.resolve();
  }
}
