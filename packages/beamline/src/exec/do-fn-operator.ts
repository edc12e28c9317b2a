import type { AnyDoFn } from "../fn/user-fn.js";
import type { Operator, OperatorContext } from "./operator.js";
import { ProcessOperator } from "./process-operator.js";
import { userCodeError } from "./user-code-error.js";

/** The operator of a DoFn: its life cycle, and `process` through {@link ProcessOperator}. */
export class DoFnOperator extends ProcessOperator implements Operator {
  private readonly make: () => AnyDoFn;
  private instance: AnyDoFn | undefined;

  constructor(context: OperatorContext, make: () => AnyDoFn) {
    super(context);
    this.make = make;
  }

  private get doFn(): AnyDoFn {
    this.instance ??= this.make();
    return this.instance;
  }

  async setup(): Promise<void> {
    await this.guard(() => this.doFn.setup?.());
  }

  override async startBundle(): Promise<void> {
    await super.startBundle();
    const { doFn } = this;
    this.use((element, ctx) => doFn.process(element as never, ctx));
    await this.guard(() => doFn.startBundle?.(this.ctx));
  }

  override async finishBundle(): Promise<void> {
    await super.finishBundle();
    await this.guard(() => this.doFn.finishBundle?.(this.ctx));
  }

  async teardown(): Promise<void> {
    const { instance } = this;
    this.instance = undefined;
    await this.guard(() => instance?.teardown?.());
  }

  private async guard(call: () => void | Promise<void>): Promise<void> {
    try {
      await call();
    } catch (cause) {
      throw userCodeError(this.context.step.name, cause);
    }
  }
}
