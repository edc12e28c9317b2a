import { startPython } from "./support/job-servers.js";
import { testTable } from "./support/test-table.js";

testTable({ runner: "python", start: startPython });
