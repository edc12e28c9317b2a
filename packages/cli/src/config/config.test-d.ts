import { defineConfig } from "./index.js";

defineConfig({
  defaults: { bucket: "books", executors: 3, ttl: "2h", prometheus: true },
  environments: {
    prod: {
      profile: "spot",
      sparkConf: { "spark.a": 1 },
      toleration: ["spot=true"],
      localDisk: "empty-dir:10Gi",
    },
  },
  defaultEnvironment: "prod",
});

// @error: Type '"lage"' is not assignable to type
defineConfig({ defaults: { profile: "lage" } });

// @error: 'executers' does not exist in type
defineConfig({ defaults: { executers: 3 } });

// @error: Type '"prd"' is not assignable to type '"prod"'
defineConfig({ environments: { prod: {} }, defaultEnvironment: "prd" });

// @error: Type 'string' is not assignable to type
defineConfig({ defaults: { toleration: "spot" } });
