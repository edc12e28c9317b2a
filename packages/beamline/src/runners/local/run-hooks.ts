export { type GraphHooks, hooksOf } from "../../graph/graph-hooks.js";
