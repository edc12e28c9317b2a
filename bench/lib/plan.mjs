/**
 * A benchmark as data. A job looks at what this machine has and was asked for, and answers with a
 * plan: who runs what, who is measured against whom, and what must be reached. Nothing in a job
 * runs or measures anything itself.
 *
 * @typedef {object} Job
 * @property {string} name as given on the command line
 * @property {boolean} [onRequest] runs only where it is named: it needs what few machines have
 * @property {readonly import("./python-environments.mjs").EnvironmentName[]} [environments] what
 *   its peers run in
 * @property {(context: Context) => Promise<Plan>} plan
 */

/**
 * @typedef {object} Context
 * @property {string} root the repository
 * @property {string} cache an existing folder of this user's for inputs
 * @property {string | undefined} size of the input, such as `140mb`; each job has a default
 * @property {readonly number[]} workers the worker counts that Beamline runs with
 * @property {ReadonlySet<string>} peers who else runs: `loop`, `two-threads`, `python`, ...
 * @property {string | undefined} python an interpreter with Beam Python, where there is one
 * @property {string | undefined} pyspark an interpreter with PySpark, where there is one
 * @property {number} slowRounds rounds of contenders that take half a minute each
 * @property {number | undefined} elements of the jobs that make their own; each has a default
 * @property {string | undefined} book a text for the cold start, in place of the usual one
 */

/**
 * @typedef {object} Plan
 * @property {string} title
 * @property {Readonly<Record<string, string | number>>} parameters figures compare only with
 *   figures of the same parameters
 * @property {string} reference id of the contender that the ratios are to
 * @property {readonly Contender[]} contenders in the order in which each round runs them
 * @property {readonly Target[]} targets
 * @property {number} [elements] what each contender with a `startup` works through, for a rate
 * @property {import("./outputs.mjs").Comparison} [comparison] what makes outputs equal. Default:
 *   `"lines"`
 */

/**
 * @typedef {object} Contender
 * @property {string} id
 * @property {string} label
 * @property {boolean} [ours] true for Beamline's own, which the regression check guards
 * @property {(output: string, address: string) => readonly string[]} command program and
 *   arguments; what it writes goes to files whose paths begin with `output`, or into that folder
 * @property {Service} [service] what it works with, and where `address` comes from
 * @property {boolean} [fresh] each run has a service of its own that has just been started, and not
 *   the one that all share; its start is not timed
 * @property {number} [warmUps] runs before the first round that are not counted
 * @property {number} [rounds] at most so many rounds
 * @property {boolean} [unchecked] its output is not the job's result
 * @property {string} [sameAs] id of the contender that writes the same. Default: the reference
 * @property {boolean} [mayFail] the job goes on without it, and is none the worse
 * @property {string} [startup] id of a contender that is the same process without the work
 */

/**
 * A process that stays up while contenders send it work. What it takes while one of them runs is
 * that contender's.
 *
 * @typedef {object} Service
 * @property {string} id says which contenders share it
 * @property {readonly string[]} command runs until it gets SIGTERM; prints one line, its address,
 *   once it is up
 */

/**
 * A figure to reach. A ratio is of wall times, to one contender or to the fastest of several that
 * got through; a rate is elements per second of processor time,
 * start-up taken off, which is what one core does.
 *
 * @typedef {{ of: string, text: string } & (
 *   | { measure: "ratio", to: string | readonly string[], atMost: number }
 *   | { measure: "ratio", to: string | readonly string[], atLeast: number }
 *   | { measure: "wallSeconds" | "peakRssBytes", atMost: number }
 *   | { measure: "rate", atLeast: number }
 * )} Target
 */

/**
 * The command line of Beamline in this checkout.
 *
 * @param {Context} context
 * @param {string} pipeline a path below the repository
 * @param {readonly string[]} flags
 */
export function beamlineRun({ root }, pipeline, flags) {
  return [process.execPath, `${root}/packages/cli/bin/beamline.js`, "run", pipeline, ...flags];
}
