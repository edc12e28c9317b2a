import { startPrism } from "./support/job-servers.js";
import { testTable } from "./support/test-table.js";

testTable({ runner: "prism", start: startPrism });
