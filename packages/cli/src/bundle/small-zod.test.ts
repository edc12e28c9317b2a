import { expect, test } from "vitest";
import { withSmallZod } from "./small-zod.js";

test.each([
  ['import { z } from "zod";', 'import * as z from "zod";'],
  ["import {z} from 'zod'", "import * as z from 'zod'"],
  [
    '#!/usr/bin/env node\nimport { z } from "zod";',
    '#!/usr/bin/env node\nimport * as z from "zod";',
  ],
  [
    '// A pipeline.\n/* of mine\n */\nimport {\n  a,\n  b,\n} from "./a.js";\nimport "./b.js";\n\nimport { z } from "zod";\nf(z);\n',
    '// A pipeline.\n/* of mine\n */\nimport {\n  a,\n  b,\n} from "./a.js";\nimport "./b.js";\n\nimport * as z from "zod";\nf(z);\n',
  ],
])("withSmallZod takes the object of zod's parts for its namespace: %j", (before, after) => {
  expect(withSmallZod(before)).toBe(after);
});

test.each([
  'import { z, ZodError } from "zod";',
  'import { z as zod } from "zod";',
  'import { z } from "zod/mini";',
  'import type { z } from "zod";',
  // Lines would move.
  'import {\n  z,\n} from "zod";',
  'import {\n  z\n} from "zod";',
  'const text = `\nimport { z } from "zod";\n`;',
  'const zod = await import("zod");\nimport { z } from "zod";',
  '/*\nimport { z } from "zod";\n*/ f();',
  "f();",
])("withSmallZod leaves everything else alone: %j", (text) => {
  expect(withSmallZod(text)).toBe(text);
});
