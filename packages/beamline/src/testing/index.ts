export { collect } from "./collect.js";
export { elementsAre } from "./elements-are.js";
