import type { AnyDoFn } from "../fn/user-fn.js";
import { toMilliseconds } from "../model/duration.js";
import { BundleOutputContext } from "./bundle-context.js";
import type { Operator, OperatorContext } from "./operator.js";
import { type Process, ProcessOperator } from "./process-operator.js";
import { userCodeError } from "./user-code-error.js";

/** The operator of a DoFn: its life cycle, and `process` through {@link ProcessOperator}. */
export class DoFnOperator extends ProcessOperator implements Operator {
  private readonly make: () => AnyDoFn;
  private readonly bundleContext: BundleOutputContext;
  private instance: AnyDoFn | undefined;

  constructor(context: OperatorContext, make: () => AnyDoFn) {
    super(context);
    this.make = make;
    this.bundleContext = new BundleOutputContext(context);
  }

  protected get doFn(): AnyDoFn {
    if (this.instance === undefined) {
      const doFn = this.make();
      const { name } = this.context.step;
      this.ctx.skew = toMilliseconds(doFn.allowedTimestampSkew ?? 0, `allow a skew in "${name}"`);
      this.ctx.finalizes = doFn.finalizesBundles === true;
      this.bundleContext.finalizes = this.ctx.finalizes;
      this.instance = doFn;
    }
    return this.instance;
  }

  async setup(): Promise<void> {
    await this.guard(() => this.doFn.setup?.());
  }

  override async startBundle(): Promise<void> {
    await super.startBundle();
    this.use(this.processOf(this.doFn));
    await this.guard(() => this.doFn.startBundle?.(this.bundleContext));
  }

  override async finishBundle(): Promise<void> {
    await super.finishBundle();
    await this.guard(() => this.doFn.finishBundle?.(this.bundleContext));
  }

  async teardown(): Promise<void> {
    const { instance } = this;
    this.instance = undefined;
    await this.guard(() => instance?.teardown?.());
  }

  protected processOf(doFn: AnyDoFn): Process {
    const { ctx } = this;
    return (element) => doFn.process(element as never, ctx);
  }

  private async guard(call: () => void | Promise<void>): Promise<void> {
    try {
      await call();
    } catch (cause) {
      throw userCodeError(this.context.step.name, cause);
    }
  }
}
