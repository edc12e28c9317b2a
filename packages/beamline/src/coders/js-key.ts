export { jsKey } from "./js.js";
