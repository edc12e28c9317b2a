import { GLOBAL_WINDOW, type GlobalWindow } from "../model/window.js";
import { AtomicCoder } from "./atomic-coder.js";

class GlobalWindowCoder extends AtomicCoder<GlobalWindow> {
  readonly urn = "beam:coder:global_window:v1";

  encode(): void {}

  decode(): GlobalWindow {
    return GLOBAL_WINDOW;
  }
}

/** The global window: no bytes at all. */
export const globalWindow: AtomicCoder<GlobalWindow> = new GlobalWindowCoder();
